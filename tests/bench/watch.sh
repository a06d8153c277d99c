#!/usr/bin/env bash
# How long `gantry try --watch` takes from a save to the whole new result, with the shipped configuration and one order:
# milliseconds, after a mapping document, a table, a channel or the message was saved, RUNS (50) times each.
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
runs=${RUNS:-50}
watcher=
finish() { [ -n "$watcher" ] && kill "$watcher" 2>/dev/null; }

cp -r conf channels mappings "$work" && cp tests/bench/order.hl7 "$work" && cd "$work" || exit 70
mkfifo shown
"$engine" try his-orders order.hl7 --conf conf --watch >shown 2>&1 &
watcher=$!
exec 3<shown

# What is shown ends with the last list of the coverage; the line after its title is the last one or two of it.
until_shown() {
    local line
    while read -r -t 20 line <&3; do [[ "$line" == "output that the mapping has no line for" ]] && return; done
    say "nothing was shown"
    exit 1
}
until_shown

echo "saved                              p50 ms   p99 ms   max ms"
for file in mappings/documents/orders-v2.json mappings/tables/procedure.json channels/definitions/his-orders.json order.hl7; do
    for ((run = 0; run < runs; run++)); do
        cp "$file" "$file.new"
        began=$EPOCHREALTIME
        mv "$file.new" "$file"
        until_shown
        awk -v began="$began" -v ended="$EPOCHREALTIME" 'BEGIN { print 1000 * (ended - began) }'
    done | sort -n | awk -v file="$file" '{ v[NR] = $1 }
        END { printf "%-34s %6.1f %8.1f %8.1f\n", file, v[int((NR + 1) / 2)], v[int(NR * 0.99 + 0.5)], v[NR] }'
done
kill -INT "$watcher"
wait "$watcher"
code=$?
watcher=
[ "$code" = 0 ] || { say "the watch ended with code $code"; exit 1; }
