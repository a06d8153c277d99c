# Sourced. in_private_loopback COMMAND…: runs it where 127.0.0.1 is its own, so that nothing else's ports are in the way and
# nothing else sees ours; where the system forbids that, on the machine's loopback.
in_private_loopback() {
    local up='perl -e '\''socket(S, 2, 2, 0) and $r = pack("a16 s x14", "lo", 0x41) and ioctl(S, 0x8914, $r) or die "no loopback: $!\n"'\'' && exec "$@"'
    if [ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null; then
        unshare -n bash -c "$up" - "$@"
    elif unshare -rn true 2>/dev/null; then
        unshare -rn bash -c "$up" - "$@"
    else
        "$@"
    fi
}
