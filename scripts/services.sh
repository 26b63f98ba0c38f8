# The PostgreSQL and RabbitMQ of run.sh, where they are local and nobody else runs them. Their files lie
# in OHM_DATA_DIR/postgres and OHM_DATA_DIR/rabbitmq; they run as their packages' users when run.sh is
# root. Needs common.sh and supervise.sh.

setting() { "$BINARY" config get "$1"; }

data_dir=$(setting OHM_DATA_DIR)
mkdir -p "$data_dir"
data_dir=$(cd "$data_dir" && pwd)

# ---- for both ----

is_local() {
    case $1 in '' | localhost | 127.* | ::1) return 0 ;; *) return 1 ;; esac
}

answers() { timeout 2 bash -c ': </dev/tcp/"$0"/"$1"' "$1" "$2" 2>/dev/null; }

free_port() {
    perl -MIO::Socket::INET -e \
        'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

new_password() { od -An -N20 -tx1 /dev/urandom | tr -d ' \n'; }

# The folder of a service that user $2 can reach. Where a parent of OHM_DATA_DIR is closed to that user
# (root's home is), it lies in /var/lib/ohmstead, and a link says so.
service_dir() {
    dir=$data_dir/$1
    if [ "$(id -u)" -eq 0 ] && [ ! -e "$dir" ] && ! as_user "$2" test -x "$data_dir"; then
        elsewhere=/var/lib/ohmstead/$(echo "$data_dir" | cksum | cut -d' ' -f1)/$1
        mkdir -p "$elsewhere"
        ln -s "$elsewhere" "$dir"
    fi
    mkdir -p "$dir"
    [ "$(id -u)" -ne 0 ] || chown "$2" "$dir/."
    chmod 700 "$dir/."
    (cd "$dir" && pwd -P)
}

# What setpriv needs to become that user; nothing where we are it already.
user_options() {
    [ "$(id -u)" -ne 0 ] || echo "--reuid=$1 --regid=$(id -g "$1") --init-groups"
}
as_user() {
    options=$(user_options "$1")
    shift
    setpriv $options "$@"
}

# ---- PostgreSQL ----

prepare_postgres() {
    db_host=$(setting DB_HOST)
    db_port=$(setting DB_PORT)
    is_local "$db_host" || return 0
    use_generated_password
    if answers "$db_host" "$db_port"; then
        say "using the PostgreSQL that answers at $db_host:$db_port"
        ensure_access_to_others
        return 0
    fi
    need_packages $POSTGRES_PACKAGES
    postgres_user=$(id -un)
    [ "$(id -u)" -ne 0 ] || postgres_user=postgres
    postgres_dir=$(service_dir postgres "$postgres_user")
    log_postgres=$postgres_dir/postgres.log
    signal_postgres=INT
    patience_postgres=60
    if [ -f "$postgres_dir/data/PG_VERSION" ]; then
        postgres_bin=/usr/lib/postgresql/$(cat "$postgres_dir/data/PG_VERSION")/bin
        [ -x "$postgres_bin/postgres" ] || die "$postgres_dir/data is of PostgreSQL $(cat "$postgres_dir/data/PG_VERSION"), which is not installed; install it, or move the data with pg_upgrade"
    else
        postgres_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
        say "making a PostgreSQL cluster in $postgres_dir"
        (cd "$postgres_dir" && as_user "$postgres_user" "$postgres_bin/initdb" -D "$postgres_dir/data" \
            -E UTF8 --locale=C.UTF-8 -A scram-sha-256 --auth-local=peer) >"$postgres_dir/initdb.log" 2>&1 ||
            die "initdb failed; see $postgres_dir/initdb.log"
    fi
    # The socket is for run.sh alone; a socket's path has at most 107 bytes.
    postgres_socket=$postgres_dir
    [ ${#postgres_dir} -le 80 ] || postgres_socket=/tmp
    children="$children postgres"
}

start_postgres() {
    cd "$postgres_dir" || exit 1
    exec_guarded INT $(user_options "$postgres_user") "$postgres_bin/postgres" \
        -D "$postgres_dir/data" -p "$db_port" -k "$postgres_socket" -c listen_addresses=localhost \
        -c max_connections=200 >>"$log_postgres" 2>&1
}

ready_postgres() {
    "$postgres_bin/pg_isready" -q -h "$postgres_socket" -p "$db_port" || return 1
    make_role "$postgres_user" "$postgres_bin/psql" -h "$postgres_socket" -p "$db_port"
}

# DB_PASSWORD as set, else one that is made once and kept.
use_generated_password() {
    [ -z "$(setting DB_PASSWORD)" ] || return 0
    password_file=$data_dir/db-password
    [ -s "$password_file" ] || (umask 077 && new_password >"$password_file")
    DB_PASSWORD_FILE=$password_file
    unset DB_PASSWORD
    export DB_PASSWORD_FILE
}

# The role with its password, and its database: `make_role USER PSQL...` as that superuser.
make_role() {
    superuser=$1
    shift
    role=$(setting DB_USER)
    database=$(setting DB_NAME)
    quoted_password=$(setting DB_PASSWORD | sed "s/\\\\/\\\\\\\\/g; s/'/''/g")
    (
        cd /
        as_user "$superuser" "$@" -d postgres -X -q -v ON_ERROR_STOP=1 -v role="$role" \
            -v database="$database" <<SQL >/dev/null
\\set password '$quoted_password'
select format('create role %I login', :'role')
 where not exists (select from pg_roles where rolname = :'role') \\gexec
select format('alter role %I password %L', :'role', :'password') \\gexec
select format('create database %I owner %I encoding ''UTF8'' template template0', :'database', :'role')
 where not exists (select from pg_database where datname = :'database') \\gexec
SQL
    )
}

# A server that others run: only what is missing is made, and only where this user may.
ensure_access_to_others() {
    command -v psql >/dev/null || return 0
    can_connect && return 0
    if [ "$(id -u)" -eq 0 ] && [ -f "${password_file:-/none}" ] && ! others_have_role; then
        if make_role postgres psql -h /var/run/postgresql -p "$db_port" 2>/dev/null && can_connect; then
            say "made role $(setting DB_USER) and database $(setting DB_NAME) there"
            return 0
        fi
    fi
    die "PostgreSQL at $db_host:$db_port does not let $(setting DB_USER) into $(setting DB_NAME); set DB_USER, DB_PASSWORD and DB_NAME in .env, or DB_PORT to a free port for a server of our own"
}
can_connect() {
    PGPASSWORD=$(setting DB_PASSWORD) PGCONNECT_TIMEOUT=5 psql -X -w -h "$db_host" -p "$db_port" \
        -U "$(setting DB_USER)" -d "$(setting DB_NAME)" -c 'select 1' >/dev/null 2>&1
}
others_have_role() {
    (cd / && as_user postgres psql -X -w -h /var/run/postgresql -p "$db_port" -d postgres -tAc \
        'select rolname from pg_roles' 2>/dev/null) | grep -qxF "$(setting DB_USER)"
}

# ---- RabbitMQ ----

prepare_rabbitmq() {
    rabbitmq_host=$(setting RABBITMQ_HOST)
    rabbitmq_port=$(setting RABBITMQ_PORT)
    is_local "$rabbitmq_host" || return 0
    if answers "${rabbitmq_host:-127.0.0.1}" "$rabbitmq_port"; then
        say "using the RabbitMQ that answers at ${rabbitmq_host:-127.0.0.1}:$rabbitmq_port"
        return 0
    fi
    need_packages $RABBITMQ_PACKAGES
    rabbitmq_owner=$(id -un)
    [ "$(id -u)" -ne 0 ] || rabbitmq_owner=rabbitmq
    rabbitmq_dir=$(service_dir rabbitmq "$rabbitmq_owner")
    log_rabbitmq=$rabbitmq_dir/log
    patience_rabbitmq=30
    write_rabbitmq_files
    children="$children epmd rabbitmq"
}

password_is_known() { [ "$(setting RABBITMQ_PASS)" = guest ]; }

# Further workers come over the network. With the password that everybody knows, only private networks
# are listened on.
rabbitmq_addresses() {
    if ! password_is_known; then
        echo 0.0.0.0
        return
    fi
    echo 127.0.0.1
    hostname -I 2>/dev/null | tr ' ' '\n' |
        grep -E '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)' || :
}

write_rabbitmq_files() {
    mkdir -p "$rabbitmq_dir/home" "$rabbitmq_dir/log" "$rabbitmq_dir/mnesia"
    [ -s "$rabbitmq_dir/home/.erlang.cookie" ] || new_password >"$rabbitmq_dir/home/.erlang.cookie"
    chmod 400 "$rabbitmq_dir/home/.erlang.cookie"
    : >"$rabbitmq_dir/env.conf"
    echo '[].' >"$rabbitmq_dir/plugins"
    {
        rabbitmq_addresses | awk -v port="$rabbitmq_port" \
            '{ print "listeners.tcp." NR " = " $1 ":" port }'
        if password_is_known; then echo 'loopback_users = none'; else echo 'loopback_users.guest = true'; fi
        echo 'log.console = false'
    } >"$rabbitmq_dir/rabbitmq.conf"
    if password_is_known && [ "$(rabbitmq_addresses | wc -l)" -gt 1 ]; then
        say "RabbitMQ takes user guest with password guest from the private network; set RABBITMQ_USER and RABBITMQ_PASS in .env, here and on the workers, where that is not yours alone"
    fi
    rabbitmq_epmd_port=$(free_port)
    rabbitmq_dist_port=$(free_port)
    [ "$(id -u)" -ne 0 ] || chown -R "$rabbitmq_owner" "$rabbitmq_dir"
}

rabbitmq_environment() {
    export HOME="$rabbitmq_dir/home"
    export RABBITMQ_CONF_ENV_FILE="$rabbitmq_dir/env.conf"
    export RABBITMQ_NODENAME=ohmstead@localhost
    export RABBITMQ_CONFIG_FILE="$rabbitmq_dir/rabbitmq.conf"
    export RABBITMQ_ADVANCED_CONFIG_FILE="$rabbitmq_dir/advanced.config"
    export RABBITMQ_ENABLED_PLUGINS_FILE="$rabbitmq_dir/plugins"
    export RABBITMQ_MNESIA_BASE="$rabbitmq_dir/mnesia"
    export RABBITMQ_LOG_BASE="$rabbitmq_dir/log"
    export RABBITMQ_PID_FILE="$rabbitmq_dir/node.pid"
    export RABBITMQ_DIST_PORT="$rabbitmq_dist_port"
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
    export ERL_EPMD_PORT="$rabbitmq_epmd_port" ERL_EPMD_ADDRESS=127.0.0.1
    # With this, erl itself is the process: no shell stands between, and its pid can be trusted.
    export RUNNING_UNDER_SYSTEMD=true
    # Settings of ours that RabbitMQ would take for its own.
    unset RABBITMQ_HOST RABBITMQ_PORT RABBITMQ_USER RABBITMQ_PASS RABBITMQ_PASS_FILE
    cd "$rabbitmq_dir" || exit 1
}

start_epmd() {
    rabbitmq_environment
    exec_guarded TERM $(user_options "$rabbitmq_owner") \
        epmd -port "$rabbitmq_epmd_port" -address 127.0.0.1 >>"$rabbitmq_dir/log/epmd" 2>&1 </dev/null
}

start_rabbitmq() {
    rabbitmq_environment
    exec_guarded TERM $(user_options "$rabbitmq_owner") /usr/lib/rabbitmq/bin/rabbitmq-server \
        >>"$rabbitmq_dir/log/console" 2>&1 </dev/null
}

# It accepts connections before it speaks AMQP.
ready_rabbitmq() {
    perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or exit 1;
        $SIG{ALRM} = sub { exit 1 };
        alarm 2;
        syswrite $s, "AMQP\0\0\x09\x01";
        my $first;
        exit(sysread($s, $first, 1) && $first eq "\x01" ? 0 : 1);' "$rabbitmq_port" || return 1
    ensure_rabbitmq_user
}

# A new node knows guest with password guest. Anything else is the control program's work, which takes
# seconds, so a mark says what was done.
ensure_rabbitmq_user() {
    name=$(setting RABBITMQ_USER)
    password=$(setting RABBITMQ_PASS)
    mark=$rabbitmq_dir/user
    wanted=$(printf '%s\n%s' "$name" "$password" | sha256sum)
    [ -s "$mark" ] || printf 'guest\nguest' | sha256sum >"$mark"
    [ "$(cat "$mark")" != "$wanted" ] || return 0
    rabbitmqctl_here delete_user "$name" >/dev/null 2>&1 || :
    printf '%s' "$password" | rabbitmqctl_here add_user "$name" >/dev/null || return 1
    rabbitmqctl_here set_permissions -p / "$name" '.*' '.*' '.*' >/dev/null || return 1
    [ "$name" = guest ] || rabbitmqctl_here delete_user guest >/dev/null 2>&1 || :
    echo "$wanted" >"$mark"
}
rabbitmqctl_here() {
    (rabbitmq_environment && as_user "$rabbitmq_owner" timeout 60 /usr/lib/rabbitmq/bin/rabbitmqctl "$@")
}
