#!/usr/bin/env bash
# Orders per second from socket to acknowledgment, beside the same rows written by plain SQL on the same disk, and with one
# connection beside an append and fdatasync per order. Medians of RUNS (5); latency is the senders'.
#   GANTRY_BENCH_DIRECTORY  where to write (default: a new directory under the system's)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
say() { echo "bench intake: $*" >&2; }
. tests/support/demonstration.sh
build=${GANTRY_BENCH_BUILD:-build/release}
engine=$build/gantry
runs=${RUNS:-5}
port_mllp=16575 port_http=16580 port_dicom=16511
export GANTRY_MLLP_PORT=$port_mllp GANTRY_HTTP_PORT=$port_http GANTRY_DICOM_PORT=$port_dicom
work=$(mktemp -d -p "${GANTRY_BENCH_DIRECTORY:-${TMPDIR:-/tmp}}") || exit 70
trap 'stop_engine; rm -rf "$work"' EXIT

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
field() { sed -n "s/.*\"$1\": *\([0-9.]*\).*/\1/p"; }
column() { awk -v n="$1" '{ print $n }' "$2" | median; }

# one_run CONNECTIONS ORDERS TABLE: appends "engine sql append appended-in-place p50 p99 batch MB" to TABLE.
one_run() {
    local data=$work/data report memory
    rm -rf "$data"
    start_engine conf "$data" "$work/log" || exit 1
    report=$("$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 --connections "$1" --repeat "$2" --json </dev/null) ||
        { say "orders were refused: $report"; exit 1; }
    memory=$(awk '/^VmRSS/ { print $2 / 1024 }' "/proc/$engine_pid/status")
    stop_engine || say "the engine stopped with code $?"
    read -r batch <<<"$("$build/tests/bench/plain_sql" batch "$data/gantry.db")"
    echo "$(field messages_per_second <<<"$report") $("$build/tests/bench/plain_sql" rows "$data/gantry.db" "$work/plain.db" "$batch")" \
        "$("$build/tests/bench/plain_sql" append "$data/gantry.db" "$work/plain.log")" \
        "$("$build/tests/bench/plain_sql" overwrite "$data/gantry.db" "$work/plain.log")" \
        "$(field p50 <<<"$report") $(field p99 <<<"$report") $batch $memory" >>"$3"
}

# measure CONNECTIONS ORDERS
measure() {
    local table=$work/$1 run
    for ((run = 0; run < runs; run++)); do one_run "$1" "$2" "$table"; done
    printf '%11d %8d %9.0f %11.0f %9.0f %11.0f %6.0f %% ' "$1" "$2" "$(column 1 "$table")" "$(column 2 "$table")" \
        "$(column 3 "$table")" "$(column 4 "$table")" "$(awk '{ print 100 * $1 / $2 }' "$table" | median)"
    printf '%7.0f %% %7.2f %7.2f %6.0f %7.0f\n' "$(awk '{ print 100 * $1 / $3 }' "$table" | median)" \
        "$(column 5 "$table")" "$(column 6 "$table")" "$(column 7 "$table")" "$(column 8 "$table")"
}

echo "connections   orders  orders/s  plain SQL/s  append/s  overwrite/s   of SQL  of append  p50 ms  p99 ms  batch  RSS MB"
measure 64 "${ORDERS_64:-20000}"
measure 1 "${ORDERS_1:-2000}"
