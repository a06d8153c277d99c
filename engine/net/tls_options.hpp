// What can be said of TLS, once for everything that listens and once for everything that connects. TLS 1.2 and 1.3 with
// ciphers of forward secrecy (RFC 9325); the other side's certificate and name are always verified, and nothing here
// turns that off.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "engine/settings/input_file.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::net {

enum class TlsVersion : std::uint8_t { v1_2, v1_3 };

// Files are PEM: a certificate with those between it and its authority after it; a private key, also in the same file.
struct TlsServerOptions {
    enum class Client : std::uint8_t { required, wanted };

    settings::InputFile certificate, key;  // no key: it is in the file of the certificate
    settings::Secret key_password;
    settings::InputFile client_ca;  // none: clients are asked for no certificate
    Client client_certificate = Client::required;
    TlsVersion least = TlsVersion::v1_2;
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds(10);
};
const settings::Schema<TlsServerOptions>& tls_server_schema();

struct TlsClientOptions {
    settings::InputFile ca;                // none: the authorities this machine trusts
    settings::InputFile certificate, key;  // shown to servers that ask for one
    settings::Secret key_password;
    std::string server_name;  // empty: the name that is connected to
    TlsVersion least = TlsVersion::v1_2;
};
const settings::Schema<TlsClientOptions>& tls_client_schema();

}  // namespace gantry::net
