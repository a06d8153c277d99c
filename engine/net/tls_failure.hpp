// Why TLS failed, in the words of somebody who has to mend it. Each begins with "it": the other side.
#pragma once
#include "engine/net/tls_session.hpp"

struct x509_st;

namespace gantry::net {

inline constexpr events::Literal no_tls = "it does not speak TLS";

// The DNS names in a certificate, for people: printable, and not endless.
std::string names_of(x509_st* certificate);

// Of the call that has just failed on this thread; looks at OpenSSL's errors.
TlsFailure tls_failure(ssl_st* ssl);

}  // namespace gantry::net
