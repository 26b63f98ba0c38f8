#!/bin/sh
# Every test, from a bare Debian 12: installs what it needs by name, builds with sanitizers and for
# release, runs everything against a PostgreSQL and a RabbitMQ of its own, and leaves nothing running.
# The last line is `N passed, N failed`; ends with 0 only when nothing failed.
set -u

program=test.sh
cd "$(dirname "$0")" || exit 1
. scripts/common.sh

TEST_PACKAGES="libgtest-dev libgmock-dev libbenchmark-dev clang-format python3 perl openssl curl mold spin
    procps ca-certificates chromium"
# Node may come from elsewhere than the distribution.
command -v npm >/dev/null || TEST_PACKAGES="$TEST_PACKAGES nodejs npm"
export CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-2}"
test_timeout_s=900

work=$(mktemp -d /tmp/ohmstead-test.XXXXXX)
chmod 755 "$work"
failed_steps=0
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

main() {
    step "packages" packages
    step "npm ci" npm_packages
    step "console" console
    step "build dev (ASan, UBSan)" build dev
    step "services" start_services
    step "tests" run_ctest dev -LE 'e2e|bench|soak'
    step "build release" build release --target ohmstead schema_oracle
    step "end to end" run_ctest release --no-tests=error -L e2e -LE slow
    step "smoke benches" run_ctest release -L bench
    step "stop services" stop_services
    echo
    python3 scripts/test_summary.py --failed-steps "$failed_steps" "$work"/results-*.xml
}

# A failed step does not hide what the others say, but those that need it fail as well.
step() {
    title=$1
    shift
    echo "== $title"
    began=$(date +%s)
    result=ok
    "$@" || {
        result=FAILED
        failed_steps=$((failed_steps + 1))
    }
    echo "== $title: $result, $(($(date +%s) - began)) s"
}

packages() {
    (need_packages $BUILD_PACKAGES $POSTGRES_PACKAGES $RABBITMQ_PACKAGES $TEST_PACKAGES)
}

npm_packages() {
    for lock in $(find . -name package-lock.json -not -path '*/node_modules/*' -not -path './build/*'); do
        (cd "${lock%/*}" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || return 1
    done
}

# Elsewhere the program goes without it; here it is tested.
console() {
    build_console && [ -f "$CONSOLE_PACK" ]
}

build() {
    cmake --preset "$1" >"$work/configure-$1.log" 2>&1 || {
        cat "$work/configure-$1.log"
        return 1
    }
    cmake --build --preset "$@" >"$work/build-$1.log" 2>&1 || {
        tail -n 60 "$work/build-$1.log"
        return 1
    }
}

start_services() {
    OHM_TEST_PG_PORT=$(sh tests/lab/postgres.sh start "$work/postgres") || return 1
    OHM_TEST_RABBITMQ_PORT=$(sh tests/lab/rabbitmq.sh start "$work/rabbitmq") || return 1
    export OHM_TEST_PG_PORT OHM_TEST_RABBITMQ_PORT
    # Without a service its tests would be skipped; now they fail.
    export OHM_TEST_REQUIRE_SERVICES=1
    echo "PostgreSQL on $OHM_TEST_PG_PORT, RabbitMQ on $OHM_TEST_RABBITMQ_PORT"
}

stop_services() {
    stopped=0
    [ ! -d "$work/rabbitmq" ] || sh tests/lab/rabbitmq.sh stop "$work/rabbitmq" || stopped=1
    [ ! -f "$work/postgres/data/postmaster.pid" ] ||
        sh tests/lab/postgres.sh stop "$work/postgres" || stopped=1
    return $stopped
}

run_ctest() {
    preset=$1
    shift
    [ -f "build/$preset/CTestTestfile.cmake" ] || return 1
    results=$(mktemp "$work/results-XXXXXX.xml")
    TMPDIR=$work/tmp ctest --test-dir "build/$preset" -j "$CMAKE_BUILD_PARALLEL_LEVEL" \
        --timeout $test_timeout_s --output-on-failure --output-junit "$results" \
        --test-output-size-passed 400000 --test-output-size-failed 400000 \
        --test-output-truncation head "$@"
}

clean_up() {
    status=$?
    trap - EXIT
    stop_services >/dev/null 2>&1
    rm -rf "$work"
    exit $status
}

mkdir -p "$work/tmp"
chmod 1777 "$work/tmp"
main
