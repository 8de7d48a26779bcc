#!/bin/sh
# A private PostgreSQL for the tests, in a folder of its own, reachable on 127.0.0.1 only.
#
#   .ci/postgresql.sh start DIR    installs the Debian package when missing, starts, prints the URL
#   .ci/postgresql.sh stop DIR     stops it and removes DIR
#
# Durability is left on: the tests measure and rely on what users have.
set -eu

usage() {
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

[ $# -eq 2 ] || usage
command=$1
case $2 in
/*) directory=$2 ;;
*) directory=$PWD/$2 ;;
esac

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

find_programs() {
    for candidate in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
        if [ -x "$candidate/initdb" ]; then
            programs=$candidate
        fi
    done
    if [ -z "${programs:-}" ] && command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
        programs=$(dirname "$(command -v initdb)")
    fi
    [ -n "${programs:-}" ]
}

install_package() {
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "PostgreSQL's initdb and pg_ctl are not here: install its server package" >&2
        exit 1
    fi
    # The package would start a server on the default port; we want our own only.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/tests.conf
    apt-get update -q >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql >&2
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    find_programs || { install_package && find_programs; }
    mkdir -p "$directory"
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$directory"
    fi
    as_postgres "$programs/initdb" --pgdata "$directory/data" --username deskladder \
        --auth trust --encoding UTF8 --locale C >"$directory/initdb.log" 2>&1 ||
        { cat "$directory/initdb.log" >&2; exit 1; }
    port=$(free_port)
    as_postgres "$programs/pg_ctl" --pgdata "$directory/data" --log "$directory/server.log" \
        --options "-h 127.0.0.1 -p $port -c unix_socket_directories=" --wait start >/dev/null ||
        { cat "$directory/server.log" >&2; exit 1; }
    echo "postgresql://deskladder@127.0.0.1:$port/postgres"
}

stop() {
    find_programs
    as_postgres "$programs/pg_ctl" --pgdata "$directory/data" --mode immediate stop >/dev/null
    rm -rf "$directory"
}

cd / # the postgres user may not be allowed to stand where we are
case $command in
start | stop) "$command" ;;
*) usage ;;
esac
