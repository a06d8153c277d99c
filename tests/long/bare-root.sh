#!/usr/bin/env bash
# tests/long/bare-root.sh [RELEASE…]: the README's promise, kept. Makes a bare Debian (debootstrap, variant minbase; bookworm and
# trixie unless named) in a temporary folder, clones this tree's HEAD into it and runs `./dev run --once` and `./dev test` there, as
# somebody with a new machine would. Needs root and a Debian mirror. Last line `N passed, N failed`.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 70
say() { echo "bare-root: $*" >&2; }
fail() { say "$*"; echo "0 passed, 1 failed"; exit 1; }
. tests/support/install.sh
. tests/support/count.sh

[ "$(id -u)" = 0 ] || { echo "skipped: making a root file system needs root"; exit 0; }
folder=$(mktemp -d /var/tmp/gantry-bare.XXXXXX)
trap 'leave' EXIT

leave() {
    local mounted
    awk -v folder="$folder/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mounted; do umount -l "$mounted"; done
    awk -v folder="$folder/" 'index($2, folder) == 1 { found = 1 } END { exit found }' /proc/mounts && rm -rf --one-file-system "$folder"
}

# make_root RELEASE: $folder/RELEASE, with /proc and /dev, and what the network here asks for: names, its own certificates.
make_root() {
    local bare="$folder/$1"
    debootstrap --variant=minbase "$1" "$bare" "$mirror" >"$folder/$1.log" 2>&1 || { tail -n 20 "$folder/$1.log"; return 1; }
    cp /etc/resolv.conf "$bare/etc/"
    cp -r /usr/local/share/ca-certificates "$bare/usr/local/share/" 2>/dev/null
    mount -t proc proc "$bare/proc" && mount --rbind /dev "$bare/dev" && mount --make-rslave "$bare/dev" &&
        git clone -q "file://$root" "$bare/work/gantry"
}

# inside RELEASE COMMAND…: in the clone, with nothing of this machine's environment.
inside() {
    chroot "$folder/$1" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        bash -c 'cd /work/gantry && "$@"' - "${@:2}" </dev/null
}

# timed_step RELEASE LIMIT COMMAND…: one case, with its seconds.
timed_step() {
    local release=$1 limit=$2 log="$folder/$1-step.log" began=$SECONDS status seconds
    shift 2
    inside "$release" "$@" >"$log" 2>&1
    status=$?
    seconds=$((SECONDS - began))
    [ $status = 0 ] || tail -n 60 "$log"
    if [ $status = 0 ] && [ "$seconds" -le "$limit" ]; then
        counted "$release: $*" 1 0 "$seconds s; $(tail -n 1 "$log")"
    else
        counted "$release: $*" 0 1 "$seconds s of at most $limit, ended with $status; $(tail -n 1 "$log")"
    fi
}

. /etc/os-release
install_missing debootstrap git
mirror=$(own_mirror)
[ -n "$mirror" ] || fail "the package sources of this machine name no Debian mirror"
[ $# -gt 0 ] || set -- bookworm trixie
for release in "$@"; do
    make_root "$release" || { counted "$release: debootstrap" 0 1; continue; }
    timed_step "$release" 900 ./dev run --once
    timed_step "$release" 1200 ./dev test
    timed_step "$release" 60 ./dev run --once
done
report
