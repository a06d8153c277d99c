#!/usr/bin/env bash
# A bulk export of everything over a million studies (STUDIES) on SQLite: resources per second from the request to the manifest, files
# synced, beside a plain reading of the same rows in the same run.
#   STUDIES
#   GANTRY_BENCH_DIRECTORY  where to write (default: a new directory under the system's); about 10 kB for each study
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
studies=${STUDIES:-1000000}

configuration_without_archive "$work/conf"
start_engine "$work/conf" "$work/data" "$work/log" || exit 1
"$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 >/dev/null </dev/null || { say "the order was refused"; exit 1; }
stop_engine
"$build/tests/bench/search_fill" "$work/data/gantry.db" "$((studies * 4))" >/dev/null || exit 1
read -r rows plain < <("$build/tests/bench/read_rows" "$work/data/gantry.db") || exit 1
echo "$rows rows, read plainly in $plain s: $(awk -v r="$rows" -v s="$plain" 'BEGIN { printf "%d", r / s }') rows/s"

start_engine "$work/conf" "$work/data" "$work/log" || exit 1
base=http://127.0.0.1:$port_http
TOKEN=$("$engine" token issue --api "$base" --scope 'system/*.read') || exit 1
ask() { curl -s -H "Authorization: Bearer $TOKEN" "$@"; }
begin=$(date +%s%N)
status=$(ask -D - -o /dev/null -H 'Prefer: respond-async' "$base/fhir/\$export" | tr -d '\r' | sed -n 's/^Content-Location: //p')
[ -n "$status" ] || { say "the export was refused"; exit 1; }
while [ "$(ask -o "$work/manifest" -w '%{http_code}' "$status")" = 202 ]; do sleep 0.05; done
took=$((($(date +%s%N) - begin) / 1000000))
resources=$(grep -o '"count":[0-9]*' "$work/manifest" | awk -F: '{ sum += $2 } END { print sum + 0 }')
[ "$resources" -gt "$studies" ] || { say "the export is not complete: $(cat "$work/manifest")"; exit 1; }
files=$(grep -o '"url":"[^"]*"' "$work/manifest" | cut -d'"' -f4)
lines=$(for file in $files; do ask "$file"; done | wc -l)
[ "$lines" = "$resources" ] || { say "$lines lines of $resources resources"; exit 1; }
awk -v n="$resources" -v ms="$took" -v rows="$rows" -v plain="$plain" -v files="$(wc -w <<<"$files")" -v mb="$(du -sm "$work/data/fhir_exports" | cut -f1)" \
    'BEGIN { printf "%d resources in %.1f s: %d resources/s, %d files, %d MB; %.1f times as long as the plain reading\n", n, ms / 1000, 1000 * n / ms, files, mb, ms / 1000 / plain }'
stop_engine
