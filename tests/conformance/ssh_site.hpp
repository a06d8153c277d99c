// The SSH server of the suite: one for all laws, started when the first of them needs it.
#pragma once
#include "tests/engine/sftp/ssh_server.hpp"

namespace gantry::conformance {

// Whether a variant of a connector can be asked here. Where it cannot, it is left out, and that is said.
inline bool is_usable(std::string_view with) {
    if (with != "sftp") return true;
    const auto here = sftp::testing::is_ssh_installed(0);
    if (!here) BOOST_TEST_MESSAGE("left out: sftp, because " << here.message());
    return static_cast<bool>(here);
}

inline const sftp::testing::SshServer& ssh_server() {
    static const sftp::testing::SshServer server;
    return server;
}

}  // namespace gantry::conformance
