#!/usr/bin/env bash
# Ten million messages (MESSAGES) on SQLite. How long it takes to find those of one accession number, and other things: as one
# command on the running engine, from the start of the program to its end, and as one request over HTTP; medians and the slowest of
# 50. Then intake into that store beside an empty one, in turn, with numbers in no order: each order's keys fall anywhere among those
# that are there. Medians of RUNS (3) of ORDERS (20,000) orders.
#   MESSAGES, RUNS, ORDERS
#   GANTRY_BENCH_DIRECTORY  where to write (default: a new directory under the system's); about 1.5 kB for each message
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
messages=${MESSAGES:-10000000}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

configuration_without_archive "$work/conf"
start_engine "$work/conf" "$work/full" "$work/log" || exit 1
"$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 >/dev/null </dev/null || { say "the order was refused"; exit 1; }
stop_engine
cp -r "$work/full" "$work/empty"
"$build/tests/bench/search_fill" "$work/full/gantry.db" "$messages" >"$work/numbers" || exit 1
start_engine "$work/conf" "$work/full" "$work/log" || exit 1
echo "$(("$messages" + 1)) messages, $(du -sm "$work/full" | cut -f1) MB"

# timed NAME FOUND COMMAND…: % in the command stands for an accession number of the list.
timed() {
    local name=$1 found=$2 number began ended output times=$work/times
    : >"$times"
    while read -r number; do
        began=$EPOCHREALTIME
        output=$("${@:3:$#-3}" "${!#//%/$number}") || { say "$output"; exit 1; }
        ended=$EPOCHREALTIME
        awk -v a="$began" -v b="$ended" 'BEGIN { printf "%.1f\n", 1000 * (b - a) }' >>"$times"
        [ "$(grep -o 'his-orders' <<<"$output" | wc -l)" = "$found" ] || { say "$name: not what was to be found: $output"; exit 1; }
    done < <(head -n 50 "$work/numbers")
    printf '%-38s %8s ms %8s ms\n' "$name" "$(median <"$times")" "$(sort -n "$times" | tail -n 1)"
}
search() { timed "$1" "$2" "$engine" messages --api "http://127.0.0.1:$port_http" --limit 50 "${@:3}"; }

# get PATH: the answer to a GET, without a program that has to be started for it.
get() {
    exec 3<>"/dev/tcp/127.0.0.1/$port_http" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
    cat <&3
    exec 3<&- 3>&-
}

printf '%-38s %11s %11s\n' "" median slowest
search "by accession number" 4 --accession=%
timed "the same over HTTP" 4 get "/api/messages?accession=%"
search "the newest 50" 50 --channel=his-orders
search "the newest 50 delivered orders" 50 --type=ORM --outcome=delivered
search "rejected: none" 0 --outcome=rejected
timed "the ledger's sums over HTTP" 0 get "/api/ledger"
stop_engine

# intake DATA START: orders per second, of numbers that are new.
intake() {
    start_engine "$work/conf" "$work/$1" "$work/log" || exit 1
    "$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 --connections 64 --repeat "${ORDERS:-20000}" --scatter --start "$2" \
        --json </dev/null | sed -n 's/.*"messages_per_second": *\([0-9.]*\).*/\1/p'
    stop_engine
}
for ((run = 1; run <= ${RUNS:-3}; run++)); do
    start=$((1000000000 + run * 10000000))
    intake empty $start >>"$work/empty_rates"
    intake full $start >>"$work/full_rates"
done
awk -v empty="$(median <"$work/empty_rates")" -v full="$(median <"$work/full_rates")" 'BEGIN {
    printf "intake: %.0f orders/s into an empty store, %.0f into the full one: %.0f %%\n", empty, full, 100 * full / empty }'
