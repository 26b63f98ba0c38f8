#!/bin/sh
# commands_test.sh BINARY PAGE...: runs the `sh` blocks of the pages that say `<!-- run: yes -->`, in a
# folder of its own, where build/release/ohmstead is BINARY. For `needs: all` one is started, on free ports.
# Every block must say whether it is run.
set -eu

binary=$1
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/ohmstead-docs.XXXXXX")
server=
clean_up() {
    status=$?
    trap - EXIT
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    wait
    rm -rf "$work"
    exit $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM

fail() {
    echo "commands_test.sh: $*" >&2
    exit 1
}

# Writes each block to $work/blocks/NNN.sh, with its mark as the first line.
extract() {
    mkdir -p "$work/blocks"
    awk -v out="$work/blocks" '
        /^<!-- run: / { mark = $0 }
        /^```sh$/ {
            if (mark == "") { print FILENAME ":" FNR ": this block does not say `<!-- run: ... -->`"; bad = 1 }
            file = sprintf("%s/%03d.sh", out, ++count)
            print "# " FILENAME ":" FNR " " mark > file
            inside = 1
            next
        }
        /^```$/ && inside { inside = 0; mark = ""; close(file) }
        inside { print > file }
        END { exit bad }' "$@" >&2
}

start_server() {
    export OHM_ADMIN_KEY="ohk_key_of_the_documents_test"
    KEY=$OHM_ADMIN_KEY
    export KEY
    (cd "$work" && exec "$binary" all --http-server-port 0 --ws-server-port 0 --ohm-tls-port 0 \
        --ohm-bind-address 127.0.0.1 --ohm-worker-http-port 0) >"$work/server.log" 2>&1 &
    server=$!
    : >>"$work/server.log"
    tries=0
    until port=$(sed -n 's|.*rest="*http://localhost:\([0-9]*\).*|\1|p' "$work/server.log") && [ -n "$port" ]; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] && kill -0 "$server" 2>/dev/null || {
            cat "$work/server.log" >&2
            fail "ohmstead all does not get ready"
        }
        sleep 0.1
    done
}

extract "$@" || fail "a block has no mark"
mkdir -p "$work/build/release"
ln -s "$binary" "$work/build/release/ohmstead"
grep -lq 'run: yes, needs: all' "$work"/blocks/*.sh && start_server
count=0
for block in "$work"/blocks/*.sh; do
    head -n 1 "$block" | grep -q 'run: yes' || continue
    sed "s|localhost:8000|127.0.0.1:${port:-8000}|g" "$block" >"$work/block.sh"
    (cd "$work" && timeout 60 sh -eu block.sh) >"$work/output" 2>&1 || {
        cat "$block" "$work/output" >&2
        fail "the block fails"
    }
    count=$((count + 1))
done
[ $count -gt 0 ] || fail "no block was run"
echo "$count blocks ran"
