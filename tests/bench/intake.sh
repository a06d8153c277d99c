#!/usr/bin/env bash
# Orders per second from socket to acknowledgment, beside the least that the same rows cost in the same run: on SQLite plain SQL
# in batches of the same size and, with one connection, an append and fdatasync per order; on PostgreSQL (two committers,
# synchronous_commit on) one COPY per table in one transaction. Medians of RUNS (5); latency is the senders'. Each order has one
# delivery, made while the next ones come in; its files go to memory, so that what the disk does is intake's.
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
. tests/support/postgres.sh
runs=${RUNS:-5}
chmod 755 "$work"
archive=$(mktemp -d -p /dev/shm) || exit 70
finish() { stop_engine; stop_postgres; rm -rf "$archive"; }

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
field() { sed -n "s/.*\"$1\": *\([0-9.]*\).*/\1/p"; }
column() { awk -v n="$1" '{ print $n }' "$2" | median; }
share() { awk -v a="$1" -v b="$2" '{ print 100 * $a / $b }' "$3" | median; }

# send_orders CONNECTIONS ORDERS: sets report and memory.
send_orders() {
    rm -rf "$work/data" "$archive"
    mkdir -p "$work/data" "$archive"
    ln -s "$archive" "$work/data/archive"
    start_engine conf "$work/data" "$work/log" || exit 1
    report=$("$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 --connections "$1" --repeat "$2" --json </dev/null) ||
        { say "orders were refused: $report"; exit 1; }
    memory=$(awk '/^VmRSS/ { print $2 / 1024 }' "/proc/$engine_pid/status")
    stop_engine || say "the engine stopped with code $?"
}

# sqlite_run CONNECTIONS ORDERS TABLE: appends "engine sql append appended-in-place p50 p99 batch MB" to TABLE.
sqlite_run() {
    local database=$work/data/gantry.db plain=$build/tests/bench/plain_sql batch
    send_orders "$1" "$2"
    batch=$("$plain" batch "$database")
    echo "$(field messages_per_second <<<"$report") $("$plain" rows "$database" "$work/plain.db" "$batch")" \
        "$("$plain" append "$database" "$work/plain.log") $("$plain" overwrite "$database" "$work/plain.log")" \
        "$(field p50 <<<"$report") $(field p99 <<<"$report") $batch $memory" >>"$3"
}

on_sqlite() {
    local table=$work/sqlite-$1 run
    for ((run = 0; run < runs; run++)); do sqlite_run "$1" "$2" "$table"; done
    printf '%-10s %11d %8d %9.0f %11.0f %9.0f %11.0f %6.0f %% ' sqlite "$1" "$2" "$(column 1 "$table")" "$(column 2 "$table")" \
        "$(column 3 "$table")" "$(column 4 "$table")" "$(share 1 2 "$table")"
    printf '%7.0f %% %7.2f %7.2f %6.0f %7.0f\n' "$(share 1 3 "$table")" "$(column 5 "$table")" "$(column 6 "$table")" \
        "$(column 7 "$table")" "$(column 8 "$table")"
}

sql() { PGOPTIONS="-c client_min_messages=warning" "$programs/psql" -q -v ON_ERROR_STOP=1 -d "$(postgres_url "$1")" "${@:2}"; }

# copy_rate ORDERS: orders per second when their rows are copied into an empty database of the same schema, indexes included.
copy_rate() {
    "$programs/pg_dump" -d "$(postgres_url orders)" --schema-only >"$work/schema.sql"
    "$programs/pg_dump" -d "$(postgres_url orders)" --data-only >"$work/rows.sql"
    sql postgres -c 'DROP DATABASE IF EXISTS plain' -c 'CREATE DATABASE plain'
    sql plain -f "$work/schema.sql" >/dev/null
    local began=$EPOCHREALTIME
    sql plain -1 -f "$work/rows.sql" >/dev/null
    awk -v orders="$1" -v began="$began" -v ended="$EPOCHREALTIME" 'BEGIN { print orders / (ended - began) }'
}

# postgresql_run CONNECTIONS ORDERS TABLE: appends "engine copy p50 p99 MB" to TABLE.
postgresql_run() {
    sql postgres -c 'DROP DATABASE IF EXISTS orders' -c 'CREATE DATABASE orders'
    GANTRY_STORE=$(postgres_url orders)
    export GANTRY_STORE
    send_orders "$1" "$2"
    unset GANTRY_STORE
    echo "$(field messages_per_second <<<"$report") $(copy_rate "$2") $(field p50 <<<"$report") $(field p99 <<<"$report") $memory" >>"$3"
}

on_postgresql() {
    local table=$work/postgresql-$1 run
    for ((run = 0; run < runs; run++)); do postgresql_run "$1" "$2" "$table"; done
    printf '%-10s %11d %8d %9.0f %11.0f %9s %11s %6.0f %% %9s %7.2f %7.2f %6s %7.0f\n' postgresql "$1" "$2" "$(column 1 "$table")" \
        "$(column 2 "$table")" - - "$(share 1 2 "$table")" - "$(column 3 "$table")" "$(column 4 "$table")" - "$(column 5 "$table")"
}

echo "database   connections   orders  orders/s  plain SQL/s  append/s  overwrite/s   of SQL  of append  p50 ms  p99 ms  batch  RSS MB"
on_sqlite 64 "${ORDERS_64:-20000}"
on_sqlite 1 "${ORDERS_1:-2000}"
programs=$(postgres_programs)
[ -n "$programs" ] || { say "PostgreSQL is not installed: not measured"; exit 0; }
start_postgres "$work/postgresql" || { tail "$work"/postgresql/*.log >&2; say "PostgreSQL did not start"; exit 1; }
on_postgresql 64 "${ORDERS_64:-20000}"
on_postgresql 1 "${ORDERS_1:-2000}"
