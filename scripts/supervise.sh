# Starts the programs named in `children`, in that order, restarts what died, and on SIGINT or SIGTERM
# ends them in the opposite order. Program NAME is what the function start_NAME execs; signal_NAME and
# patience_NAME (seconds) say how it is asked to end and how long it may take.

children=
stopping=

BACKOFF_MAX=30   # seconds between two starts
RAN_WELL=60      # seconds of life after which the back-off begins anew
PATIENCE=15      # seconds to end in

supervise() {
    trap 'stopping=yes' INT TERM HUP
    for name in $children; do
        [ -n "$stopping" ] || launch "$name"
        [ -n "$stopping" ] || wait_until_ready "$name"
    done
    while [ -z "$stopping" ]; do
        rest
        for name in $children; do [ -n "$stopping" ] || look_after "$name"; done
    done
    trap '' INT TERM HUP
    stop_all
}

launch() {
    (trap - INT TERM HUP && "start_$1") &
    eval "pid_$1=$! since_$1=$(date +%s)"
}

# For start_NAME: becomes the program "$@", which may be preceded by options of setpriv. It gets a
# session of its own, so that Ctrl-C reaches this shell only, and signal $1 when this shell dies.
exec_guarded() { exec setsid setpriv --pdeathsig "$@"; }

# A second, cut short by a signal. Waiting also lets the shell notice children that ended.
rest() {
    sleep 1 &
    wait $! || :
}

is_alive() { eval "kill -0 \"\$pid_$1\" 2>/dev/null"; }

# ready_NAME, where there is such a function, says whether others may be started.
wait_until_ready() {
    command -v "ready_$1" >/dev/null || return 0
    tries=60
    until "ready_$1"; do
        [ -z "$stopping" ] || return 0
        tries=$((tries - 1))
        if [ $tries -eq 0 ] || ! is_alive "$1"; then
            say "$1 does not start; see its log: $(eval "echo \${log_$1:-}")"
            stop_all
            exit 1
        fi
        rest
    done
    say "$1 is up"
}

look_after() {
    is_alive "$1" && return 0
    now=$(date +%s)
    eval "again=\${again_$1:-}"
    if [ -z "$again" ]; then
        eval "pid=\$pid_$1 since=\$since_$1 delay=\${delay_$1:-1}"
        status=0
        wait "$pid" || status=$?
        [ $((now - since)) -lt $RAN_WELL ] || delay=1
        say "$1 ended with status $status; starting it again in $delay s"
        eval "again_$1=$((now + delay))"
        delay=$((delay * 2))
        [ $delay -le $BACKOFF_MAX ] || delay=$BACKOFF_MAX
        eval "delay_$1=$delay"
    elif [ "$now" -ge "$again" ]; then
        eval "again_$1="
        launch "$1"
    fi
}

stop_all() {
    backwards=
    for name in $children; do backwards="$name $backwards"; done
    for name in $backwards; do stop "$name"; done
}

stop() {
    eval "pid=\${pid_$1:-} signal=\${signal_$1:-TERM} patience=\${patience_$1:-$PATIENCE}"
    [ -n "$pid" ] && is_alive "$1" || return 0
    say "stopping $1"
    kill "-$signal" "$pid" 2>/dev/null || :
    while is_alive "$1"; do
        [ $patience -gt 0 ] || {
            say "$1 does not end; killing it"
            kill -KILL "$pid" 2>/dev/null || :
        }
        patience=$((patience - 1))
        rest
    done
    wait "$pid" 2>/dev/null || :
}
