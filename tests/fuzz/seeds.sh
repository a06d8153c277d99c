#!/usr/bin/env bash
# seeds.sh TO: starting points for the fuzz targets, TO/NAME/*, made of the tree's own documents and sample messages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
to=$1
rm -rf "$to"
mkdir -p "$to"/{api_request,intake,hl7_message,mllp,mapping,configuration,json,script,fhir_json,fhir_xml}
cp mappings/documents/*.lua "$to/script"

# messages_of CASE: its messages, one segment a line, an empty line before each. A segment stands in a line of its own.
messages_of() {
    sed -n 's/^ *"\([A-Z][A-Z0-9][A-Z0-9]|.*\)",\{0,1\}$/\1/p' "$1" |
        sed 's/\\\\/\\/g; s/\\"/"/g; s/{{now}}/20261123090000/g; s/{{today[+-]*[0-9]*}}/20261124/g; s/^MSH/\n&/'
}

# One seed per case: its messages one after the other, segments ended by CR.
while read -r case; do
    name=$(basename "$case" .case.json)-$(basename "$(dirname "$case")")
    messages_of "$case" | sed '/^$/d' | tr '\n' '\r' >"$to/hl7_message/$name"
    [ -s "$to/hl7_message/$name" ] || { rm "$to/hl7_message/$name"; continue; }
    { printf 0; cat "$to/hl7_message/$name"; } >"$to/intake/$name"
    { printf '\5\13'; cat "$to/hl7_message/$name"; printf '\34\r'; } >"$to/mllp/$name"
    { printf 3; cat "$case"; } >"$to/configuration/$name"
done < <(find tests/scenario channels/definitions -name '*.case.json' | sort)

# numbered DIGIT FOLDER: its documents for configuration_fuzz, which the first byte tells what they are.
numbered() {
    local document
    for document in "$2"/*.json; do
        [[ "$document" == *.case.json ]] && continue
        { printf %s "$1"; cat "$document"; } >"$to/configuration/$(basename "$document")-$1"
        cp "$document" "$to/json/"
    done
}
numbered 0 conf
numbered 1 channels/definitions
numbered 2 mappings/tables
cp mappings/documents/*.json "$to/mapping/"
cp mappings/documents/*.json "$to/json/"
cp -r "$to/hl7_message" "$to/deidentification"
printf '0accession=A77\npatient=S1^^^X\nfrom=2026-11-23T09:30+01:00\ntype=ADT^A08\noutcome=dead\nlimit=50\nbefore=1' >"$to/api_request/search"
printf '1{"by": "anna", "reason": "back", "states": ["dead"], "lane": "patient 1", "payload_base64": "TVNI"}' >"$to/api_request/decision"
printf '22026-11-23 09:30:15Z' >"$to/api_request/moment"
mkdir -p "$to/sftp_reply"
printf '0\0\0\0\5\2\0\0\0\3\0\0\0\30\145\0\0\0\1\0\0\0\0\0\0\0\7Success\0\0\0\0' >"$to/sftp_reply/status"
printf '1\0\0\0\53\150\0\0\0\2\0\0\0\1\0\0\0\5a.hl7\0\0\0\1x\0\0\0\15\0\0\0\0\0\0\0\7\0\0\201\244\0\0\0\1\0\0\0\2' >"$to/sftp_reply/names"
cp tests/bench/imaging_study.json "$to/fhir_json/imaging_study"
printf '{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"extension":[{"url":"http://a","valueDecimal":1.10}],"name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"u","valueCode":"c"}]}]}],"birthDate":"1970-01","_birthDate":{"id":"b"},"managingOrganization":{"reference":"#o"},"text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><p class=\\"a\\">x &amp; y</p></div>"}}}]}' >"$to/fhir_json/bundle"
printf '<?xml version="1.0" encoding="UTF-8"?>\n<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>x &amp; y</p></div></text><contained><Organization><id value="o"/><name value="x"/></Organization></contained><extension url="http://a"><valueDecimal value="1.10"/></extension><name id="n"><given value="A"/><given><extension url="u"><valueCode value="c"/></extension></given></name><birthDate id="b" value="1970-01"/><managingOrganization><reference value="#o"/></managingOrganization></Patient>' >"$to/fhir_xml/patient"
mkdir -p "$to/patch"
printf '0[{"op":"test","path":"/active","value":true},{"op":"add","path":"/name/0/given/-","value":"C"},{"op":"copy","from":"/name/0","path":"/name/1"},{"op":"move","from":"/identifier/1","path":"/identifier/0"},{"op":"replace","path":"/birthDate","value":"1971"},{"op":"remove","path":"/extension/0/url"}]' >"$to/patch/json"
printf '1{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Patient.identifier"},{"name":"index","valueInteger":1},{"name":"value","valueIdentifier":{"value":"3"}}]},{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"contact"},{"name":"value","part":[{"name":"gender","valueCode":"male"}]}]},{"name":"operation","part":[{"name":"type","valueCode":"move"},{"name":"path","valueString":"Patient.name.given"},{"name":"source","valueInteger":1},{"name":"destination","valueInteger":0}]},{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Patient.extension.value"}]}]}' >"$to/patch/fhirpath"
n=0
while read -r path; do printf '2%s' "$path" >"$to/patch/path-$((n++))"; done <<'PATHS'
Patient.name.where(family = 'Muster' and given.first() = 'Anna').given[1]
extension('http://x/a').value
identifier.where(system='urn:b').last()
PATHS
mkdir -p "$to/fhir_overlay"
cp tests/bench/imaging_study.json "$to/fhir_overlay/imaging_study"
printf '{"resourceType":"Patient","meta":{"profile":["http://x"]},"text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>"},"contained":[{"resourceType":"Organization","id":"o","name":"x"}],"extension":[{"url":"http://a","valueDecimal":1.10}],"identifier":[{"value":"4711"},{"value":"2"}],"name":[{"id":"n","family":"M"}],"managingOrganization":{"reference":"#o"}}' >"$to/fhir_overlay/patient"
printf '{"resourceType":"DiagnosticReport","status":"amended","category":[{"text":"x"}],"code":{"text":"CT"},"contained":[{"resourceType":"Observation","id":"a","status":"final","code":{"text":"y"}}],"result":[{"reference":"#a"}],"presentedForm":[{"contentType":"application/pdf","data":"JVBERg=="}]}' >"$to/fhir_overlay/report"
mkdir -p "$to/fhir_search"
n=0
while read -r query; do
    for type in 0 1 2 3 4 5 6; do printf '%s%s' "$type" "$query" >"$to/fhir_search/$((n++))"; done
done <<'QUERIES'
identifier=HIS|P100,A100&_sort=-_lastUpdated&_count=2
status=active,completed&status:not=revoked&priority=stat&_total=accurate
patient.family:exact=M%C3%BCller&patient.birthdate=ge1970&_include=ServiceRequest:patient&_summary=count
subject:Patient.identifier=100001&based-on:ServiceRequest.identifier=A100&_include:iterate=*
_has:ServiceRequest:patient:status=active&given:contains=ane&name:missing=false&_elements=name,identifier
started=sa2026-11-01&started=le2026-12-31T10:00:00%2B01:00&modality=CT,MR&_revinclude=DiagnosticReport:based-on
_id=1,2,3&_lastUpdated=lt2027&_cursor=00ff&code:text=head&_format=xml
QUERIES

mkdir -p "$to/fhir_subscription"
printf '%s' '?_type=Patient,Task&_since=2026-11-23T09:00:00Z&start=2026&end=2027-01&_count=5' >"$to/fhir_subscription/query"
printf '%s' '{"resourceType":"Subscription","status":"requested","reason":"r","criteria":"urn:gantry:topic:imaging-order","_criteria":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria","valueString":"ServiceRequest?patient=Patient/7&status=active"}]},"channel":{"type":"rest-hook","endpoint":"https://ehr.example.org/hook","payload":"application/fhir+json","header":["Authorization: Bearer x"]}}' >"$to/fhir_subscription/order"
