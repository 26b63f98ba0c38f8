#!/bin/sh
# A private RabbitMQ node on loopback, with its own epmd, cookie, data and logs below <dir>.
#   rabbitmq.sh start <dir> [port]   prints the AMQP port; the same <dir> and port may start again
#   rabbitmq.sh stop <dir>           ends exactly what start began
#   rabbitmq.sh kill <dir>           the node only, with SIGKILL, as a power cut would
#   rabbitmq.sh ctl <dir> ...        rabbitmqctl against that node
set -eu

BIN=/usr/lib/rabbitmq/bin

free_port() {
    perl -MIO::Socket::INET -e '
        print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport, "\n";'
}

write_environment() {
    port=${1:-$(free_port)}
    mkdir -p "$dir/home" "$dir/log" "$dir/mnesia"
    rm -f "$dir/home/.erlang.cookie"
    cookie=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s' "$cookie" >"$dir/home/.erlang.cookie"
    chmod 400 "$dir/home/.erlang.cookie"
    : >"$dir/env.conf"
    printf '[].\n' >"$dir/plugins"
    cat >"$dir/rabbitmq.conf" <<CONF
listeners.tcp.local = 127.0.0.1:$port
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 50MB
loopback_users = none
log.console = false
CONF
    cat >"$dir/environment" <<ENV
export HOME='$dir/home'
export RABBITMQ_CONF_ENV_FILE='$dir/env.conf'
export RABBITMQ_NODENAME='ohm-$port@localhost'
export RABBITMQ_NODE_PORT='$port'
export RABBITMQ_NODE_IP_ADDRESS='127.0.0.1'
export RABBITMQ_DIST_PORT='$(free_port)'
export RABBITMQ_CONFIG_FILE='$dir/rabbitmq.conf'
export RABBITMQ_ADVANCED_CONFIG_FILE='$dir/advanced.config'
export RABBITMQ_ENABLED_PLUGINS_FILE='$dir/plugins'
export RABBITMQ_MNESIA_BASE='$dir/mnesia'
export RABBITMQ_LOG_BASE='$dir/log'
export RABBITMQ_PID_FILE='$dir/node.pid'
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}'
export ERL_EPMD_PORT='$(free_port)'
export ERL_EPMD_ADDRESS='127.0.0.1'
export ERL_CRASH_DUMP='$dir/log/erl_crash.dump'
LAB_PORT='$port'
ENV
}

accepts() {
    perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or exit 1;
        $SIG{ALRM} = sub { exit 1 };
        alarm 2;
        syswrite $s, "AMQP\0\0\x09\x01";
        my $first;
        exit(sysread($s, $first, 1) && $first eq "\x01" ? 0 : 1);' "$1"
}

# Between the choice of a port and its use somebody else may have taken it: then with others.
start() {
    mkdir -p "$dir"
    attempts=3
    [ -f "$dir/environment" ] && attempts=1
    while ! start_once "$@"; do
        attempts=$((attempts - 1))
        stop
        [ $attempts -gt 0 ] || break
        rm -f "$dir/environment"
    done
    if [ $attempts -eq 0 ]; then
        cat "$dir/log/console" >&2
        echo "rabbitmq.sh: the node did not start" >&2
        exit 1
    fi
    echo "$LAB_PORT"
}

start_once() {
    [ -f "$dir/environment" ] || write_environment "$@"
    . "$dir/environment"
    if ! { [ -f "$dir/epmd.pid" ] && kill -0 "$(cat "$dir/epmd.pid")" 2>/dev/null; }; then
        setsid epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 >"$dir/log/epmd" 2>&1 </dev/null &
        echo $! >"$dir/epmd.pid"
    fi
    # With this, erl itself is the process: no shell stands between, and its pid can be trusted.
    RUNNING_UNDER_SYSTEMD=true setsid "$BIN/rabbitmq-server" >"$dir/log/console" 2>&1 </dev/null &
    echo $! >"$dir/lab.pid"
    tries=0
    until accepts "$LAB_PORT"; do
        tries=$((tries + 1))
        [ $tries -le 300 ] && kill -0 "$(cat "$dir/lab.pid")" 2>/dev/null || return 1
        sleep 0.1
    done
}

# Ends one process by its pid file: politely, then not.
end() {
    [ -f "$1" ] || return 0
    pid=$(cat "$1")
    rm -f "$1"
    kill "-$2" "$pid" 2>/dev/null || return 0
    tries=0
    while kill -0 "$pid" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -gt 50 ] && kill -KILL "$pid" 2>/dev/null
        [ $tries -gt 100 ] && return 1
        sleep 0.1
    done
    return 0
}

stop() {
    end "$dir/lab.pid" TERM
    end "$dir/epmd.pid" TERM
}

command=${1:?start, stop, kill or ctl}
dir=${2:?a directory}
shift 2
case $dir in /*) ;; *) dir=$(pwd)/$dir ;; esac
case $command in
    start) start "$@" ;;
    stop) stop ;;
    kill) end "$dir/lab.pid" KILL ;;
    ctl)
        . "$dir/environment"
        exec "$BIN/rabbitmqctl" "$@"
        ;;
    *) echo "rabbitmq.sh: start, stop, kill or ctl" >&2; exit 64 ;;
esac
