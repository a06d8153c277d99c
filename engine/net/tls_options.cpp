#include "engine/net/tls_options.hpp"

#include "engine/net/tls_context.hpp"

namespace gantry::net {
namespace {

template <class Options>
WrongIdentity wrong(const Options& options) {
    const auto& key = options.key.empty() ? options.certificate : options.key;
    return wrong_identity({options.certificate.path, key.path, options.key_password});
}

template <class Options>
std::string wrong_certificate(const Options& options) {
    auto found = wrong(options);
    return found.certificate.empty() && options.key.empty() ? found.key : found.certificate;
}

template <class Options>
std::string wrong_key(const Options& options) {
    return options.certificate.empty() ? "a key is of no use without its certificate" : wrong(options).key;
}

}  // namespace

const settings::Schema<TlsServerOptions>& tls_server_schema() {
    using Options = TlsServerOptions;
    using std::chrono::hours, std::chrono::milliseconds;
    static const auto schema =
        settings::Schema<Options>("tls", "How a port ends TLS. Files are read again when they change.")
            .option("certificate", &Options::certificate,
                    "file (PEM) with the certificate of this port, then those between it and its authority")
            .required()
            .example("\"gantry.pem\"")
            .check(wrong_certificate<Options>)
            .option("key", &Options::key,
                    "file (PEM) with its private key; without it, it is in the certificate's file")
            .check(wrong_key<Options>)
            .option("key_password", &Options::key_password, "of a key that is encrypted")
            .option("client_ca", &Options::client_ca,
                    "file (PEM) with the authorities whose certificates clients must show; without it they are asked "
                    "for none")
            .check([](const Options& options) { return wrong_authorities(options.client_ca.path); })
            .option("client_certificate", &Options::client_certificate,
                    "with client_ca: required, nobody comes in without one; wanted, whoever has none comes in, but "
                    "nobody with a wrong one",
                    {{"required", Options::Client::required}, {"wanted", Options::Client::wanted}})
            .option("least", &Options::least, "the oldest version of TLS that is spoken",
                    {{"1.2", TlsVersion::v1_2}, {"1.3", TlsVersion::v1_3}})
            .option("handshake_timeout", &Options::handshake_timeout,
                    "a connection is closed when its handshake is not complete after this")
            .range(milliseconds(100), hours(1));
    return schema;
}

const settings::Schema<TlsClientOptions>& tls_client_schema() {
    using Options = TlsClientOptions;
    static const auto schema =
        settings::Schema<Options>("tls", "How a destination speaks TLS. Files are read again when they change.")
            .option("ca", &Options::ca,
                    "file (PEM) with the authorities that may have signed the receiver's certificate; without it, "
                    "those this machine trusts")
            .example("\"hospital-ca.pem\"")
            .check([](const Options& options) { return wrong_authorities(options.ca.path); })
            .option("certificate", &Options::certificate,
                    "file (PEM) with the certificate to show to a receiver that asks for one")
            .check(wrong_certificate<Options>)
            .option("key", &Options::key,
                    "file (PEM) with its private key; without it, it is in the certificate's file")
            .check(wrong_key<Options>)
            .option("key_password", &Options::key_password, "of a key that is encrypted")
            .option("server_name", &Options::server_name,
                    "the name that the receiver's certificate must have; without it, the host that is connected to")
            .option("least", &Options::least, "the oldest version of TLS that is spoken",
                    {{"1.2", TlsVersion::v1_2}, {"1.3", TlsVersion::v1_3}});
    return schema;
}

}  // namespace gantry::net
