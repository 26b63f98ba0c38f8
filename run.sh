#!/bin/sh
# Builds Ohmstead and starts it. Settings are ohmstead's own: .env, environment, see docs/OPERATIONS.md.
set -eu

program=run.sh
cd "$(dirname "$0")"
. scripts/common.sh

usage() {
    cat <<'TEXT'
sh run.sh                      everything in one process, on SQLite; needs no service
sh run.sh -s api -s worker     the first server: api and worker on PostgreSQL and RabbitMQ, which are
                               installed and started here where DB_HOST and RABBITMQ_HOST are local and
                               nothing answers there
sh run.sh -s worker            a further server; RABBITMQ_HOST in .env names the first one
                               (cp .env.backend .env)
sh run.sh -s api               api with its services, no worker here
sh run.sh --demo               the same beside your own data, with twelve simulated stations that have
                               charged for thirty days; in ./data-demo, removed by rm -r
sh run.sh --help               this text; the settings: build/release/ohmstead help
TEXT
}

main() {
    parts= demo=
    while [ $# -gt 0 ]; do
        case $1 in
            -s) add_part "${2:-}"; shift 2 ;;
            -s*) add_part "${1#-s}"; shift ;;
            -h | --help) usage; exit 0 ;;
            --demo) demo=yes; shift ;;
            *) usage >&2; say "there is no option $1"; exit 2 ;;
        esac
    done
    [ -z "$demo" ] || [ -z "$parts" ] || { say "--demo is one process; it goes without -s"; exit 2; }
    build_release
    [ -z "$demo" ] || run_demo
    "$BINARY" config check >/dev/null || exit 2
    [ -n "$parts" ] || exec "$BINARY" all
    run_parts
}

add_part() {
    case " $parts " in
        *" $1 "*) say "-s $1 stands twice; several workers on one host are started one by one, each with its own WS_SERVER_PORT and OHM_WORKER_HTTP_PORT"; exit 2 ;;
    esac
    case $1 in
        api | worker) parts="$parts $1" ;;
        *) usage >&2; say "-s takes api or worker"; exit 2 ;;
    esac
}

# Simulated stations connect as real ones would; their history is told by them, as OCPP queues it.
run_demo() {
    export OHM_DATA_DIR="${OHM_DEMO_DIR:-./data-demo}"
    unset OHM_DEMO_DIR  # this script's own: the program refuses what is no setting
    export OHM_BIND_ADDRESS="${OHM_BIND_ADDRESS:-127.0.0.1}"
    . scripts/supervise.sh
    "$BINARY" config check >/dev/null || exit 2
    mkdir -p "$OHM_DATA_DIR"
    key_file=$OHM_DATA_DIR/admin.key
    [ -s "$key_file" ] ||
        (umask 077 && echo "ohk_$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')" >"$key_file")
    export OHM_ADMIN_KEY="${OHM_ADMIN_KEY:-$(cat "$key_file")}"
    children="all sim"
    supervise
    exit 0
}

start_all() { exec_guarded TERM "$BINARY" all; }
ready_all() { "$BINARY" workers list --url "$(demo_url)" >/dev/null 2>&1; }
start_sim() {
    say "the console: $(demo_url)/console/#link=$("$BINARY" link -o name --url "$(demo_url)")"
    say "the link signs one browser in, within ten minutes; for another:"
    say "    $BINARY link --data-dir $OHM_DATA_DIR --url $(demo_url)"
    say "its stations are simulated; Ctrl-C ends everything"
    exec_guarded TERM "$BINARY" sim --stations 12 --prefix DEMO --mix demo --token DEMO --tokens 6 \
        --profile 1 --url "ws://127.0.0.1:$("$BINARY" config get WS_SERVER_PORT)" --rest "$(demo_url)"
}
demo_url() { echo "http://127.0.0.1:$("$BINARY" config get HTTP_SERVER_PORT)"; }

run_parts() {
    . scripts/supervise.sh
    . scripts/services.sh
    case " $parts " in
        *" api "*)
            prepare_postgres
            prepare_rabbitmq
            children="$children api"
            ;;
    esac
    case " $parts " in *" worker "*) children="$children worker" ;; esac
    patience_worker=$(($("$BINARY" config get OHM_DRAIN_SECONDS) + 15))
    supervise
}

start_api() { exec_guarded TERM "$BINARY" api; }
start_worker() { exec_guarded TERM "$BINARY" worker; }

main "$@"
