# Sourced by tests/bench/*.sh.

# configuration_without_archive TO: the shipped configuration and channel, but for the file that each order becomes: it is not what
# is measured, and would still be written after the orders were taken.
configuration_without_archive() {
    mkdir -p "$1/channels"
    sed '/Every order that was taken/d; /"archive"/d' \
        channels/definitions/his-orders.json >"$1/channels/his-orders.json"
    sed "s|\"../channels/definitions\"|\"channels\"|; s|\"../mappings|\"$PWD/mappings|" conf/engine.json >"$1/engine.json"
}
