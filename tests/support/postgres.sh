# Sourced. A PostgreSQL server of our own, on a socket in a folder, with its defaults: every commit is on disk (fsync and
# synchronous_commit on).

postgres_programs() { compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1; }

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# start_postgres FOLDER: makes and starts it; postgres_url then takes the name of a database.
start_postgres() {
    local programs
    programs=$(postgres_programs)
    postgres_folder=$1
    mkdir -p "$1"
    [ "$(id -u)" != 0 ] || chown postgres "$1"
    as_postgres "$programs/initdb" -D "$1/data" -U gantry -A trust -E UTF8 --locale=C.UTF-8 --no-instructions >"$1/initdb.log" 2>&1 &&
        as_postgres "$programs/pg_ctl" -D "$1/data" -l "$1/server.log" -w -o "-k $1 -c listen_addresses= -c shared_buffers=128MB" start >/dev/null
}

stop_postgres() {
    [ -z "${postgres_folder:-}" ] || as_postgres "$(postgres_programs)/pg_ctl" -D "$postgres_folder/data" -m immediate stop >/dev/null
    postgres_folder=
}

postgres_url() { echo "postgresql:///$1?host=$postgres_folder&user=gantry"; }
