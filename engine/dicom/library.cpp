#include "engine/dicom/dcmtk/library.hpp"

#include <arpa/inet.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/oflog/oflog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <optional>

namespace gantry::dicom {
namespace {

struct Pair {
    int ours = -1, other = -1;
};

sockaddr* generic(sockaddr_in& address) {
    return reinterpret_cast<sockaddr*>(&address);
}

// DCMTK accepts only from a socket in a global variable. It gets one end of a connection nobody uses, for ever, and its
// transport layer ignores it (dependencies: DCMTK 3.6.7).
std::optional<Pair> loopback_pair() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) return std::nullopt;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    Pair pair;
    if (::bind(listener, generic(address), size) == 0 && ::listen(listener, 1) == 0 &&
        ::getsockname(listener, generic(address), &size) == 0) {
        pair.other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (pair.other >= 0 && ::connect(pair.other, generic(address), size) == 0) {
            pair.ours = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        }
    }
    ::close(listener);
    return pair.ours < 0 ? std::nullopt : std::optional(pair);
}

// The first network initialises tables that later ones, on many threads, only read.
void initialise_network_once() {
    T_ASC_Network* network = nullptr;
    if (ASC_initializeNetwork(NET_REQUESTOR, 0, 1, &network).good()) ASC_dropNetwork(&network);
}

Library prepare() {
    Library out;
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    ::setenv("TCP_NODELAY", "1", 1);
    dcmDisableGethostbyaddr.set(OFTrue);
    initialise_network_once();
    std::signal(SIGPIPE, SIG_IGN);
    out.dictionary_loaded = dcmDataDict.isDictionaryLoaded();
    if (const auto pair = loopback_pair()) {
        dcmExternalSocketHandle.set(pair->ours);
        out.ready = true;
    }
    return out;
}

}  // namespace

const Library& library() {
    static const Library once = prepare();
    return once;
}

}  // namespace gantry::dicom
