# Sourced by ./dev run. Starts the engine on conf/ and var/, feeds conf/samples, asks for the worklist as a CT would.

engine=build/release/gantry
port_mllp=2575
port_http=8080
port_dicom=11112

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# http_status PATH: the status of GET PATH, without needing curl.
http_status() {
    timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" "$2" >&3 &&
        read -r _ status _ <&3 && echo "$status"' - "$port_http" "$1" 2>/dev/null
}

# start_engine CONF DATA LOG: sets engine_pid once /readyz answers 200.
start_engine() {
    local port waited=0
    for port in $port_mllp $port_http $port_dicom; do
        port_open "$port" && { say "port $port is taken by another program; stop it first (the engine needs $port_mllp, $port_http, $port_dicom)"; return 1; }
    done
    mkdir -p "$2"
    "$engine" serve --conf "$1" --data "$2" >"$3" 2>&1 &
    engine_pid=$!
    until [ "$(http_status /readyz)" = 200 ]; do
        waited=$((waited + 1))
        if ! kill -0 "$engine_pid" 2>/dev/null || [ $waited -gt 150 ]; then
            tail -n 30 "$3" >&2
            say "the engine did not become ready; its log is $3"
            stop_engine
            return 1
        fi
        sleep 0.2
    done
}

# Asks the engine to drain and stop; its exit code becomes ours.
stop_engine() {
    [ -z "${engine_pid:-}" ] && return 0
    local pid=$engine_pid
    engine_pid=
    kill -TERM "$pid" 2>/dev/null
    wait "$pid"
}

# expand_samples TO: conf/samples/*.hl7 with {{today}}, {{today+N}}, {{today-N}} (YYYYMMDD), {{now}} (to the second) and {{id}}
# (12 digits, new at each call) filled in, one segment per CR as HL7 wants it.
expand_samples() {
    local file token expression id
    id=$(date +%y%m%d%H%M%S)
    mkdir -p "$1"
    for file in conf/samples/*.hl7; do
        expression="s/{{now}}/$(date +%Y%m%d%H%M%S)/g; s/{{id}}/$id/g; s/{{today}}/$(date +%Y%m%d)/g"
        for token in $(grep -o '{{today[+-][0-9]*}}' "$file" | sort -u); do
            expression+="; s/$token/$(date -d "$(sed 's/{{today\(.*\)}}/\1/' <<<"$token") days" +%Y%m%d)/g"
        done
        sed "$expression" "$file" | tr '\n' '\r' >"$1/${file##*/}"
    done
}

# The worklist as the CT asks for it; fails unless the order just sent is in the answer.
show_worklist() {
    local accession answer
    accession=$(tr '\r' '\n' <var/samples/order.hl7 | awk -F'|' '$1 == "OBR" { print $19 }')
    answer=$(findscu -W -aet CT01 -aec GANTRY -k 0010,0010 -k 0010,0020 -k 0008,0050 -k 0020,000D -k 0032,1060 \
        -k "(0040,0100)[0].0008,0060=CT" -k "(0040,0100)[0].0040,0001=CT01" -k "(0040,0100)[0].0040,0002" \
        -k "(0040,0100)[0].0040,0003" -k "(0040,0100)[0].0040,0009" 127.0.0.1 "$port_dicom" 2>&1 | tr -d "\0") || { echo "$answer"; return 1; }
    echo "$answer" | sed 's/^[A-Z]: //'
    grep -q "$accession" <<<"$answer" || { say "order $accession is not in the worklist answer"; return 1; }
}

feed_samples() {
    local sample
    rm -rf var/samples
    expand_samples var/samples
    for sample in patient order imaging-order; do
        echo
        echo "== conf/samples/$sample.hl7 to 127.0.0.1:$port_mllp, acknowledged with"
        "$engine" send "127.0.0.1:$port_mllp" "var/samples/$sample.hl7" </dev/null || { say "$sample.hl7 was not accepted"; return 1; }
    done
    echo
    echo "== what a CT (AE title CT01) gets when it asks GANTRY on 127.0.0.1:$port_dicom for its worklist"
    show_worklist
}

show_addresses() {
    cat <<END

MLLP     127.0.0.1:$port_mllp       $engine send 127.0.0.1:$port_mllp FILE
DICOM    127.0.0.1:$port_dicom      AE title GANTRY: worklist
HTTP     http://127.0.0.1:$port_http/readyz
Data     var/                  log: var/engine.log
END
}

# demonstrate ''|--once|--empty
demonstrate() {
    local result=0
    trap 'stop_engine' EXIT
    trap 'say "stopping"; stop_engine; exit $?' INT TERM
    mkdir -p var
    start_engine conf var var/engine.log || exit 1
    if [ "$1" != --empty ]; then
        feed_samples || result=1
    fi
    if [ "$1" = --once ]; then
        stop_engine || { say "the engine stopped with code $?"; result=1; }
        exit $result
    fi
    show_addresses
    [ $result = 0 ] || say "the demonstration failed; the engine keeps running so that you can look"
    say "running; Ctrl-C stops"
    wait "$engine_pid"
}
