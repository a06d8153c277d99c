#!/usr/bin/env bash
# Orders created over FHIR by wrk over 64 connections on the same machine, through the channel, the rules and a commit each, beside what
# the HTTP layer answers with nothing to do; on SQLite.
#   SECONDS_EACH (10)
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
command -v wrk >/dev/null || { say "wrk is not installed"; exit 1; }
connections=64

configuration_without_archive "$work/conf"
cp channels/definitions/fhir.json "$work/conf/channels/"
start_engine "$work/conf" "$work/data" "$work/log" || exit 1
base=http://127.0.0.1:$port_http
TOKEN=$("$engine" token issue --api "$base" --scope 'system/*.cruds') || exit 1
export TOKEN PATIENTS=$work/patients
for n in $(seq 100); do
    curl -s -o /dev/null -D - -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/fhir+json' "$base/fhir/Patient" \
        -d '{"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2.3","value":"N'"$n"'"}],"name":[{"family":"Family'"$n"'"}]}' |
        tr -d '\r' | sed -n 's|^Location: .*/Patient/\([0-9]*\)/.*|\1|p'
done >"$work/patients"
[ "$(wc -l <"$work/patients")" = 100 ] || { say "the patients were not created"; exit 1; }
echo /healthz >"$work/nothing"
limit=$(PATHS=$work/nothing wrk -t2 -c$connections -d"${SECONDS_EACH:-10}s" -s tests/bench/fhir.lua "$base" | tail -n 1 | cut -d' ' -f1)
read -r rate p99 failed < <(wrk -t2 -c$connections -d"${SECONDS_EACH:-10}s" -s tests/bench/fhir_create.lua "$base" | tail -n 1)
stored=$(curl -s -H "Authorization: Bearer $TOKEN" "$base/fhir/ServiceRequest?_summary=count" | grep -o '"total":[0-9]*' | cut -d: -f2)
awk -v rate="$rate" -v limit="$limit" -v p99="$p99" -v failed="$failed" -v stored="$stored" 'BEGIN {
    printf "create %d /s   %.0f %% of the HTTP layer (%d /s)   p99 %.1f ms   %d failed   %d stored\n", rate, 100 * rate / limit, limit, p99, failed, stored }'
stop_engine
