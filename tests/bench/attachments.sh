#!/usr/bin/env bash
# What RESULTS (1000) results with a document of SIZE (1000000) bytes take in the database: with the same document, and with as many
# different ones. Each is a report. The documents do not become shorter.
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
results=${RESULTS:-1000} size=${SIZE:-1000000} at_once=50

# result_file NUMBER DOCUMENT: a message with the base64 in that file.
result_file() {
    printf 'MSH|^~\\&|RIS|HOSP|GANTRY|RAD|20261123090000||ORU^R01^ORU_R01|R%06d|P|2.5.1\r' "$1"
    printf 'PID|1||%06d^^^HOSPA^MR||SMITH^JOHN||19700101|M\r' "$1"
    printf 'OBR|1|P%06d^HIS|F%06d^RIS|71020^CHEST^L|||20261123090000|||||||||||A%06d||||20261123100000||RAD|F\r' "$1" "$1" "$1"
    printf 'OBX|1|TX|71020^CHEST^L||No effusion.||||||F\r'
    printf 'OBX|2|ED|18748-4^Report^LN||RIS^AP^PDF^Base64^'
    cat "$2"
    printf '||||||F\r'
}

# document TO
document() { { printf '%%PDF-1.7\n'; head -c "$size" /dev/urandom; } | base64 -w0 >"$1"; }

# stored KIND: sends them; the megabytes of the database, and results per second.
stored() {
    local data=$work/data-$1 number=0 begin spent=0 one
    rm -rf "$work/messages"
    mkdir -p "$data" "$work/messages"
    start_engine "$work/conf" "$data" "$work/log" || exit 1
    document "$work/document"
    while ((number < results)); do
        rm -f "$work"/messages/*
        for ((one = 0; one < at_once && number < results; one++, number++)); do
            [ "$1" = different ] && document "$work/document"
            result_file "$number" "$work/document" >"$work/messages/$number.hl7"
        done
        begin=$(date +%s%N)
        "$engine" send "127.0.0.1:$port_mllp" "$work"/messages/*.hl7 --json </dev/null >"$work/sent" ||
            { say "results were refused: $(head -c 500 "$work/sent")"; exit 1; }
        spent=$((spent + $(date +%s%N) - begin))
    done
    stop_engine || say "the engine stopped with code $?"
    printf '%-10s %8d %10.1f %10.0f\n' "$1" "$results" \
        "$(stat -c %s "$data"/gantry.db | awk '{ print $1 / 1e6 }')" "$(awk -v n="$results" -v t="$spent" 'BEGIN { print n / t * 1e9 }')"
    rm -rf "$data"
}

configuration_without_archive "$work/conf"
printf '%-10s %8s %10s %10s\n' documents results MB results/s
stored same
stored different
