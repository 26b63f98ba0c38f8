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
sh run.sh --help               this text; the settings: build/release/ohmstead help
TEXT
}

main() {
    parts=
    while [ $# -gt 0 ]; do
        case $1 in
            -s) add_part "${2:-}"; shift 2 ;;
            -s*) add_part "${1#-s}"; shift ;;
            -h | --help) usage; exit 0 ;;
            --demo) say "--demo does not exist yet; sh run.sh starts an empty system"; exit 2 ;;
            *) usage >&2; say "there is no option $1"; exit 2 ;;
        esac
    done
    build_release
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
