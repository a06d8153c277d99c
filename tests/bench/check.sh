#!/usr/bin/env bash
# How long `gantry check` takes for CHANNELS (1000) channels with rules, conditions and all shipped mappings: median of RUNS (5).
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
channels=${CHANNELS:-1000}
runs=${RUNS:-5}
mkdir "$work/channels"
cp -r mappings/documents "$work/mappings" && cp -r mappings/tables "$work/tables"
rm "$work"/mappings/orders-z-segments.*  # an example, which would be reported as unused
echo '{"channels": "channels", "mappings": "mappings", "tables": "tables"}' >"$work/engine.json"
for ((i = 0; i < channels; i++)); do
    cat >"$work/channels/c$i.json" <<CHANNEL
// Channel $i
{
  "description": "Orders of department $i",
  "groups": ["radiology"],
  "labels": {"owner": "team $((i % 7))"},
  "source": {"mllp": {"address": "127.0.0.1", "port": $((20000 + i)), "idle_timeout": "10m"}},
  "accept": {
    "for radiology": {"equals": ["MSH-6", "RADIOLOGY"]},
    "no tests": {"not": {"in": ["PID-5.1", ["TEST", "ZZTEST"]]}}
  },
  "mappings": ["orders-v2", "imaging-orders-v2", "patients-v2", "schedules-v2", "results-v2", "documents-v2"],
  "ordering": "PV1-19",
  "orders": {"accession": ["IPC-1.1", "OBR-18"], "accession_issuer": "SITE$i"},
  "patients": {"default_authority": "HOSP$i", "preferred_authorities": ["HOSP$i"]},
  "destinations": {
    "records": {"records": {}},
    "worklist": {"worklist": {}, "when": {"equals": ["PV1-2", "I"]}},
    "archive": {"file": {"directory": "archive/$i"}, "mapping": "orders-to-pacs", "when": {"event": ["O01", "O19"]}, "retry": {"cap": "5m"}}
  }
}
CHANNEL
done

now() { date +%s%N; }
for ((run = 0; run < runs; run++)); do
    begin=$(now)
    said=$("$engine" check --conf "$work") || { echo "$said"; exit 1; }
    echo $((($(now) - begin) / 1000000))
done >"$work/times"
[[ "$said" == *"no problems: $channels channels"* ]] || { echo "unexpected: $said"; exit 1; }
echo "channels  median ms  slowest ms"
printf '%8d %10d %11d\n' "$channels" "$(sort -n "$work/times" | sed -n "$(((runs + 1) / 2))p")" "$(sort -n "$work/times" | tail -n 1)"
