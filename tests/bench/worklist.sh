#!/usr/bin/env bash
# How long a modality waits for 50 of 100,000 open steps by date, modality and AE title, on one kept association: without other
# load, beside full intake, and DCMTK's wlmscpfs answering the same 50 and holding nothing else. Milliseconds. The limit of
# each row, measured in the same run: the same bytes served from memory, and the round trip of a C-ECHO.
#   GANTRY_STORE            the database (default: SQLite)
. "$(dirname "${BASH_SOURCE[0]}")/../support/bench.sh"
on_a_loopback_of_its_own "$@"
queries=${QUERIES:-1000}
each=50 days=20 stations_each=10
modalities=CR,CT,DX,MG,MR,NM,PT,RF,US,XA
finish() { kill $sender $peer 2>/dev/null; stop_engine; }
sender= peer=

dates=$(for ((day = 0; day < days; day++)); do date -d "$((day - 1)) days" +%Y%m%d; done | paste -sd,)
stations=$(for ((i = 1; i <= stations_each; i++)); do printf 'ROOM%02d\n' "$i"; done | paste -sd,)

# One order for each date, modality and station; `gantry send` makes $each of each, with numbers of their own.
write_orders() {
    mkdir -p "$work/orders"
    awk -v dates="$dates" -v modalities="$modalities" -v stations="$stations" -v to="$work/orders" '
        { line[NR] = $0 }
        END {
            d = split(dates, date, ","); m = split(modalities, modality, ","); s = split(stations, station, ",")
            for (i = 1; i <= d; i++) for (j = 1; j <= m; j++) for (k = 1; k <= s; k++) {
                file = to "/" date[i] modality[j] station[k] ".hl7"
                for (n = 1; n <= NR; n++) {
                    text = line[n]
                    gsub(/20261124093000/, date[i] sprintf("%02d%02d00", 7 + (j + k) % 11, 6 * (j * k % 10)), text)
                    gsub(/CTABD\^CT ABDOMEN WITH CONTRAST/, "BENCH^EXAMINATION WITH CONTRAST", text)
                    if (text ~ /^ORC/) text = text "||||||" station[k]
                    if (text ~ /^OBR/) sub(/\|CT\|/, "|" modality[j] "|", text)
                    printf "%s\n", text > file
                }
                close(file)
            }
        }' tests/bench/order.hl7
}

fill() {
    local count=$((each * days * stations_each * $(tr , '\n' <<<"$modalities" | wc -l)))
    "$engine" send "127.0.0.1:$port_mllp" "$work"/orders/*.hl7 --connections 64 --repeat "$count" --json </dev/null >"$work/fill" ||
        { say "orders were refused: $(cat "$work/fill")"; exit 1; }
    echo "$count"
}

accepted() { http_get /metrics | sed -n 's/^gantry_message_received_total{.*outcome="\(pending\|delivered\)".*} //p' | awk '{ n += $1 } END { print n + 0 }'; }
http_get() {
    bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" "$2" >&3 && cat <&3' - "$port_http" "$1"
}

# row NAME PORT QUERIES DATES MODALITIES STATIONS
row() {
    local times
    times=$("$build/tests/bench/worklist_queries" "$2" GANTRY "$3" $each "$4" "$5" "$6") || exit 1
    read -r p50 p99 most echo50 echo99 memory50 memory99 bytes <<<"$times"
    printf '%-24s %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f %8.1f %8d\n' "$1" "$p50" "$p99" "$most" "$memory50" "$memory99" "$echo50" "$echo99" \
        "$(awk -v a="$p50" -v b="$memory50" 'BEGIN { print a / b }')" "$bytes"
}

# The 50 answers to one query, as findscu stores them, are the items of the peer.
start_peer() {
    local first_date=${dates%%,*} first_station=${stations%%,*} keys=() key answer n=0
    mkdir -p "$work/answers" "$work/items/GANTRY"
    touch "$work/items/GANTRY/lockfile"
    for key in 0008,0050 0008,0090 0010,0010 0010,0020 0010,0030 0010,0040 0010,1030 0010,2000 0010,2110 0020,000D 0032,1032 0032,1060 \
        0032,1064 0040,1001 0040,1003 "(0040,0100)[0].0008,0060=CT" "(0040,0100)[0].0040,0001=$first_station" \
        "(0040,0100)[0].0040,0002=$first_date" "(0040,0100)[0].0040,0003" "(0040,0100)[0].0040,0006" "(0040,0100)[0].0040,0007" \
        "(0040,0100)[0].0040,0008" "(0040,0100)[0].0040,0009" "(0040,0100)[0].0040,0010" "(0040,0100)[0].0040,0011"; do
        keys+=(-k "$key")
    done
    findscu -W -X -od "$work/answers" -aet CT01 -aec GANTRY "${keys[@]}" 127.0.0.1 $port_dicom >/dev/null 2>&1
    for answer in "$work"/answers/*; do mv "$answer" "$work/items/GANTRY/$((n++)).wl"; done
    [ $n = $each ] || { say "findscu was given $n answers"; return 1; }
    TCP_NODELAY=1 wlmscpfs -s -csk -dfr -dfp "$work/items" 11114 >/dev/null 2>&1 &
    peer=$!
    until port_open 11114; do kill -0 $peer 2>/dev/null || return 1; done
}

configuration_without_archive "$work/conf"
write_orders
start_engine "$work/conf" "$work/data" "$work/log" || exit 1
say "$(fill) open steps, at $(sed -n 's/.*"messages_per_second": *\([0-9]*\).*/\1/p' "$work/fill") orders/s"
stop_engine
start_engine conf "$work/data" "$work/log" || exit 1
echo "milliseconds                   p50       p99       max    memory    its p99      echo   its p99  p50/mem    bytes"
row "quiet" $port_dicom "$queries" "$dates" "$modalities" "$stations"

sed 's/20261124093000/20991124093000/g' tests/bench/order.hl7 >"$work/load.hl7"
"$engine" send "127.0.0.1:$port_mllp" "$work/load.hl7" --connections 64 --start 1000001 --repeat 100000000 </dev/null >/dev/null 2>&1 &
sender=$!
sleep 1
before=$(accepted) began=$(date +%s.%N)
row "beside full intake" $port_dicom "$queries" "$dates" "$modalities" "$stations"
rate=$(awk -v a="$before" -v b="$(accepted)" -v t="$began" -v u="$(date +%s.%N)" 'BEGIN { print (b - a) / (u - t) }')
kill $sender
printf '%-24s %9.0f\n' "  orders/s meanwhile" "$rate"
if command -v wlmscpfs >/dev/null && start_peer; then
    row "wlmscpfs, only these 50" 11114 "$((queries / 5))" "${dates%%,*}" CT "${stations%%,*}"
else
    echo "wlmscpfs                 skipped: it is not here"
fi
