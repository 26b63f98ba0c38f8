#!/bin/sh
# A PostgreSQL of its own for tests: `postgres.sh start DIR [PORT]` prints its port (the same DIR and
# PORT may start again), `postgres.sh stop DIR` ends it at once, as a power cut would. Data, log and
# socket lie in DIR; it listens on 127.0.0.1 and syncs as in production.
# User `ohm`, password `ohm`, database `ohm`. POSTGRES_BIN names another version's programs,
# POSTGRES_OPTIONS more of its options ("-c name=value …").
set -eu

bin=${POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
usage() { echo "usage: $0 start DIR [PORT] | stop DIR" >&2; exit 2; }
[ $# -eq 2 ] || [ $# -eq 3 ] || usage
dir=$2
wanted_port=${3:-}

# initdb refuses root.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd "$dir" && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

start() {
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    [ "$(id -u)" -ne 0 ] || chown postgres "$dir"
    if [ ! -d "$dir/data" ]; then
        (umask 077 && echo ohm >"$dir/password")
        [ "$(id -u)" -ne 0 ] || chown postgres "$dir/password"
        as_owner "$bin/initdb" -D "$dir/data" -U ohm --pwfile="$dir/password" -A scram-sha-256 \
            -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
    fi
    # A port found free may be taken before the server binds it, hence several attempts.
    for _ in 1 2 3 4 5; do
        port=${wanted_port:-$(free_port)}
        if as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 30 -o \
            "-p $port -k '$dir' -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=on ${POSTGRES_OPTIONS:-}" \
            start >/dev/null 2>&1; then
            PGPASSWORD=ohm "$bin/psql" -h 127.0.0.1 -p "$port" -U ohm -d postgres -qtAc \
                "select 1 from pg_database where datname = 'ohm'" | grep -q 1 ||
                PGPASSWORD=ohm "$bin/createdb" -h 127.0.0.1 -p "$port" -U ohm ohm
            echo "$port"
            return
        fi
    done
    echo "postgres does not start; see $dir/server.log" >&2
    exit 1
}

# Below the range from which the kernel gives ports to clients.
free_port() {
    while :; do
        candidate=$((10000 + $(od -An -N2 -tu2 /dev/urandom) % 20000))
        "$bin/pg_isready" -q -h 127.0.0.1 -p "$candidate" -t 1 && continue
        echo "$candidate"
        return
    done
}

stop() {
    dir=$(cd "$dir" && pwd)
    as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
}

case $1 in
    start) start ;;
    stop) stop ;;
    *) usage ;;
esac
