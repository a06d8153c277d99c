#!/usr/bin/env bash
# Every command in docs/guide/*.md, in order, in this tree, with a home directory of its own, as a reader would type it: one shell
# goes on from block to block. In a block ```sh every command must end well, in a block ```sh fails the last one must fail. A block
# ```text after it is what was printed: its lines must come in this order (… stands for anything, within a line or alone for lines).
#   run.sh [FILTER]   Last line `N passed, N failed`, or `skipped: reason`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
. tests/support/loopback.sh
root=$PWD
passed=0
failed=0

# blocks FILE: into files 001.sh, 002.text, … of the current directory; the first line of each is the block's line in FILE.
blocks() {
    awk '
        /^```/ && !inside { kind = substr($0, 4); inside = 1; n += (kind ~ /^(sh|sh fails|text)$/)
            name = sprintf("%03d.%s", n, kind == "sh fails" ? "fails" : kind)
            wanted = kind ~ /^(sh|sh fails|text)$/
            if (wanted) print NR > name
            next }
        /^```/ { inside = 0; if (wanted) close(name); next }
        inside && wanted { print >> name }' "$1"
}

# expected TEXT OUTPUT: whether the lines of TEXT (after its first) come in OUTPUT in this order.
expected() {
    awk -v output="$2" '
        function pattern(line) {
            gsub(/[][\\.^$*+?(){}|]/, "\\\\&", line)
            gsub(/…/, ".*", line)
            return "^" line "$"
        }
        BEGIN { while ((getline line < output) > 0) { sub(/[ \t]+$/, "", line); have[++count] = line } }
        NR == 1 || $0 == "…" { next }
        {
            sub(/[ \t]+$/, "")
            wanted = pattern($0)
            for (at++; at <= count && have[at] !~ wanted; at++);
            if (at > count) { print "not printed: " $0; exit 1 }
        }' "$1"
}

counted() {
    if [ "$3" = 0 ]; then passed=$((passed + 1)); return; fi
    failed=$((failed + 1))
    echo "FAILED $1:$(head -n 1 "$2")"
    tail -n +2 "$2" | sed 's/^/    /'
    sed 's/^/  | /' "$work/output"
}

# one_guide FILE: a shell that reads one block after the other from a pipe and says how each ended.
one_guide() {
    local guide=$1 block status
    work=$(mktemp -d)
    mkdir "$work/blocks" "$work/home"
    (cd "$work/blocks" && blocks "$root/$guide")
    coproc reader { exec env HOME="$work/home" bash --norc --noprofile 2>&1; }
    local in=${reader[1]} out=${reader[0]} shell=$reader_PID
    for block in "$work"/blocks/*; do
        case $block in
        *.text)
            said=$(expected "$block" "$work/output")
            status=$?
            [ $status = 0 ] || { echo "$said"; }
            counted "$guide" "$block" $status
            continue ;;
        esac
        tail -n +2 "$block" >"$block.run"
        # A mistake in the middle of a block is one, too; where the last command must fail, the others are not looked at.
        printf 'wrong=0; trap "wrong=1" ERR; { . %q; } >%q 2>&1 </dev/null; last=$?; trap - ERR; printf "ended %%s\\n" %s\n' \
            "$block.run" "$work/output" "$([[ $block == *.fails ]] && echo '"$last"' || echo '"$wrong"')" >&"$in"
        status=
        while read -r -t "${GANTRY_GUIDE_SECONDS:-120}" line <&"$out"; do
            [[ $line == "ended "* ]] && { status=${line#ended }; break; }
        done
        if [[ $block == *.fails ]]; then [ "${status:-0}" != 0 ] && status=0 || status=1; fi
        counted "$guide" "$block" "${status:-1}"
        [ -n "$status" ] || break
    done
    kill "$shell" 2>/dev/null
    pkill -P "$shell" 2>/dev/null
    wait "$shell" 2>/dev/null
    rm -rf "$work"
}

if [ "${1:-}" != inside ]; then
    in_private_loopback bash "$root/tests/guide/run.sh" inside "${1:-}"
    exit
fi
for guide in docs/guide/*"${2:-}"*.md; do one_guide "$guide"; done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
