#!/usr/bin/env bash
# What an engine holds in memory after ORDERS (1,000,000) orders, and how long it takes to be ready again with that database:
# stopped in order, and killed. The limit: a database that is empty.
#   ORDERS                  how many
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
orders=${ORDERS:-1000000}

configuration_without_archive "$work/conf"

memory() { awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$engine_pid/status"; }
peak() { awk '/^VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$engine_pid/status"; }

# start DATA: milliseconds from the start of the program to /readyz.
start() {
    local began=$EPOCHREALTIME
    "$engine" serve --conf "$work/conf" --data "$work/$1" >"$work/log" 2>&1 &
    engine_pid=$!
    until [ "$(http_status /readyz)" = 200 ]; do
        kill -0 "$engine_pid" 2>/dev/null || { tail "$work/log" >&2; exit 1; }
    done
    ready=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.0f", 1000 * (b - a) }')
}

start empty
printf '%-34s %8s %8s %8s\n' "" "RSS MB" "peak MB" "ready ms"
printf '%-34s %8s %8s %8s\n' "an empty database" "$(memory)" "$(peak)" "$ready"
stop_engine
start filled
report=$("$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 --connections 64 --repeat "$orders" --json </dev/null) ||
    { say "orders were refused: $report"; exit 1; }
printf '%-34s %8s %8s %8s   %s orders/s\n' "after $orders orders" "$(memory)" "$(peak)" - \
    "$(sed -n 's/.*"messages_per_second": *\([0-9]*\).*/\1/p' <<<"$report")"
kill -KILL "$engine_pid"; wait "$engine_pid" 2>/dev/null
start filled
printf '%-34s %8s %8s %8s\n' "with them, after kill -9" "$(memory)" "$(peak)" "$ready"
stop_engine
start filled
printf '%-34s %8s %8s %8s\n' "with them, stopped before" "$(memory)" "$(peak)" "$ready"
say "the database: $(du -sm "$work/filled" | cut -f1) MB"
