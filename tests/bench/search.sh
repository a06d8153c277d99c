#!/usr/bin/env bash
# How long it takes to find the messages of one accession number, and of other things, among MESSAGES (1,000,000) on SQLite: each
# search is one command, from the start of the program to its end, on the running engine. Medians and the slowest of 50.
#   MESSAGES                how many
#   GANTRY_BENCH_DIRECTORY  where to write (default: a new directory under the system's); about 4 kB for each message
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
messages=${MESSAGES:-1000000}

configuration_without_archive "$work/conf"
start_engine "$work/conf" "$work/data" "$work/log" || exit 1
"$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 >/dev/null </dev/null || { say "the order was refused"; exit 1; }
stop_engine
"$build/tests/bench/search_fill" "$work/data/gantry.db" "$messages" >"$work/numbers" || exit 1
start_engine "$work/conf" "$work/data" "$work/log" || exit 1
echo "$(("$messages" + 1)) messages, $(du -sm "$work/data" | cut -f1) MB"

# searches NAME FOUND ARGUMENT…: % in an argument stands for a number of the list.
searches() {
    local name=$1 found=$2 number began output times=$work/times
    : >"$times"
    while read -r number; do
        began=$EPOCHREALTIME
        output=$("$engine" messages "${@:3:1}" "${4//%/$number}" "${@:5}" --api "http://127.0.0.1:$port_http" --limit 50) || { say "$output"; exit 1; }
        awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f\n", 1000 * (b - a) }' >>"$times"
        [ "$(grep -c 'his-orders' <<<"$output")" = "$found" ] || { say "$name: not what was to be found: $output"; exit 1; }
    done < <(head -n 50 "$work/numbers")
    printf '%-34s %8s ms %8s ms\n' "$name" "$(sort -n "$times" | sed -n 25p)" "$(sort -n "$times" | tail -n 1)"
}

printf '%-34s %11s %11s\n' "" median slowest
searches "by accession number" 1 --accession %
searches "the newest 50" 50 --channel his-orders
searches "the newest 50 delivered orders" 50 --type=ORM --outcome=delivered
searches "rejected: none" 0 --outcome rejected
