#!/usr/bin/env bash
# FHIR over a million studies (STUDIES) on SQLite, asked by wrk over 64 connections on the same machine: reading one, searching by
# number, by patient and date, by status; each beside what the HTTP layer answers with nothing to do. Then the first page of every
# declared parameter, once each, with a value that finds something or nothing.
#   STUDIES, SECONDS_EACH (10)
#   GANTRY_BENCH_DIRECTORY  where to write (default: a new directory under the system's); about 6 kB for each study
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
command -v wrk >/dev/null || { say "wrk is not installed"; exit 1; }
studies=${STUDIES:-1000000}
connections=64

configuration_without_archive "$work/conf"
start_engine "$work/conf" "$work/data" "$work/log" || exit 1
"$engine" send "127.0.0.1:$port_mllp" tests/bench/order.hl7 >/dev/null </dev/null || { say "the order was refused"; exit 1; }
stop_engine
"$build/tests/bench/search_fill" "$work/data/gantry.db" "$((studies * 4))" >"$work/numbers" || exit 1
start_engine "$work/conf" "$work/data" "$work/log" || exit 1
base=http://127.0.0.1:$port_http
TOKEN=$("$engine" token issue --api "$base" --scope 'system/*.rs') || exit 1
export TOKEN
fhir() { curl -s -H "Authorization: Bearer $TOKEN" "$base/fhir/$1"; }
echo "$(fhir 'ServiceRequest?_summary=count' | grep -o '"total":[0-9]*' | cut -d: -f2) studies, $(du -sm "$work/data" | cut -f1) MB"

# Ids from all over the store: a page at each of a hundred accession numbers.
while read -r number; do fhir "ServiceRequest?identifier=$number&_elements=subject"; echo; done <"$work/numbers" >"$work/found"
grep -o '"fullUrl":"[^"]*ServiceRequest/[0-9]*"' "$work/found" | grep -o '[0-9]*"$' | tr -d '"' >"$work/orders"
grep -o '"reference":"Patient/[0-9]*"' "$work/found" | grep -o '[0-9]*"$' | tr -d '"' >"$work/patients"
[ -s "$work/orders" ] && [ -s "$work/patients" ] || { say "nothing was found"; exit 1; }
echo /healthz >"$work/nothing"
sed 's|^|/fhir/ServiceRequest/|' "$work/orders" >"$work/read"
sed 's|^|/fhir/ServiceRequest?identifier=|' "$work/numbers" >"$work/identifier"
sed 's|.*|/fhir/ServiceRequest?patient=&\&authored=ge2020-01-01|' "$work/patients" >"$work/patient"
echo '/fhir/ServiceRequest?status=active&_count=1' >"$work/status"

# load NAME PATHS: requests per second, the slowest of a hundred, failures; and the ratio to the first.
limit=
load() {
    local rate p99 failed
    read -r rate p99 failed < <(PATHS=$work/$2 wrk -t2 -c$connections -d"${SECONDS_EACH:-10}s" -s tests/bench/fhir.lua "$base" | tail -n 1)
    limit=${limit:-$rate}
    awk -v name="$1" -v rate="$rate" -v limit="$limit" -v p99="$p99" -v failed="$failed" \
        'BEGIN { printf "%-34s %8d /s   %3.0f %% of the HTTP layer   p99 %6.1f ms   %d failed\n", name, rate, 100 * rate / limit, p99, failed }'
}
load "the HTTP layer: /healthz" nothing
load "read" read
load "search by accession number" identifier
load "search by patient and date" patient
load "search by status, a page of one" status

# First pages: every parameter that is declared, as fast as they come one after the other.
fhir metadata | node -e '
    const statement = JSON.parse(require("fs").readFileSync(0));
    const values = { token: "zzz", string: "zzz", date: "ge2020-01-01", reference: "1" };
    for (const { type, searchParam } of statement.rest[0].resource)
        for (const { name, type: kind } of searchParam ?? []) console.log(`${type}?${name}=${values[kind]}`);' >"$work/pages" 2>/dev/null
while read -r page; do
    printf '%s %s\n' "$(curl -s -o /dev/null -w '%{time_total}' -H "Authorization: Bearer $TOKEN" "$base/fhir/$page")" "$page"
done <"$work/pages" | sort -rn | awk '{ printf "%8.1f ms  %s\n", 1000 * $1, $2 } NR == 12 { exit }'
stop_engine
