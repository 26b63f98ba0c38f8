#!/bin/sh
# supervise_test.sh ROOT: what scripts/supervise.sh does with programs that die, and that are ended.
set -eu

root=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/ohmstead-supervise.XXXXXX")
export work
supervisor=
clean_up() {
    status=$?
    trap - EXIT
    [ -z "$supervisor" ] || kill -KILL "$supervisor" 2>/dev/null || :
    rm -rf "$work"
    exit $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM

fail() {
    echo "supervise_test.sh: $*" >&2
    cat "$work/log" >&2
    exit 1
}

# Until "$@" holds, half a minute at most.
until_holds() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || fail "this did not come true: $*"
        sleep 0.1
    done
}
logged() { grep -q -- "$1" "$work/log"; }
pid_of() { sed -n "s/^$1 is //p" "$work/log" | tail -n 1; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }

# Each program tells its pid, and tells when it is asked to end.
cat >"$work/program.sh" <<'EOS'
trap 'echo "$1 ends"; exit 0' TERM
echo "$1 is $$"
while :; do sleep 0.1; done
EOS
cat >"$work/run.sh" <<'EOS'
set -eu
program=run
. scripts/common.sh
. scripts/supervise.sh
children="first second"
start_first() { exec_guarded TERM sh "$work/program.sh" first; }
start_second() { exec_guarded TERM sh "$work/program.sh" second; }
supervise
EOS

start() {
    (cd "$root" && exec sh "$work/run.sh") >"$work/log" 2>&1 &
    supervisor=$!
    until_holds logged '^second is'
}

start
first=$(pid_of first)
kill -KILL "$first"
until_holds logged 'first ended with status 137; starting it again in 1 s'
another_first() { [ "$(pid_of first)" != "$first" ]; }
until_holds another_first
kill -KILL "$(pid_of first)"
until_holds logged 'starting it again in 2 s'
twice() { [ "$(grep -c '^first is' "$work/log")" -eq 3 ]; }
until_holds twice

kill -TERM "$supervisor"
wait "$supervisor" || fail "it ends with $?"
ends=$(grep ' ends$' "$work/log" | tr '\n' ',')
[ "$ends" = 'second ends,first ends,' ] || fail "they ended in this order: $ends"

# Killed, it cannot end them; the kernel does.
start
first=$(pid_of first)
kill -KILL "$supervisor"
until_holds is_gone "$first"
until_holds is_gone "$(pid_of second)"
echo "restarts, order and death hold"
