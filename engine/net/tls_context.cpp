#include "engine/net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <fstream>

namespace gantry::net {
namespace {

constexpr std::size_t longest_line = 4096;  // of PEM, generously

// AEAD with forward secrecy (RFC 9325 4.2); those of TLS 1.3 are all so.
constexpr const char* ciphers_of_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";

int give_password(char* into, int most, int, void* password) {
    const auto* secret = static_cast<const settings::Secret*>(password);
    const auto& text = secret->reveal();
    // Longer than OpenSSL takes: no password, rather than half of one.
    if (std::ssize(text) > most) return 0;
    std::copy(text.begin(), text.end(), into);
    return static_cast<int>(text.size());
}

Error file_error(const std::filesystem::path& file, const std::string& why) {
    return {ErrorCode::config_missing_file, file.string() + ", " + why, {}};
}

std::string why_no_pem(const std::filesystem::path& file, const char* otherwise) {
    const auto why = settings::why_unreadable(file);
    return why.empty() ? otherwise : why;
}

bool holds_key(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line) && line.size() < longest_line;)
        if (line.find("PRIVATE KEY-----") != std::string::npos) return true;
    return false;
}

std::string use_certificate(SSL_CTX* context, const std::filesystem::path& file) {
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) == 1) return {};
    const auto reason = ERR_GET_REASON(ERR_peek_last_error());
    ERR_clear_error();
    if (reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_KEY_TOO_SMALL || reason == SSL_R_CA_MD_TOO_WEAK)
        return "its certificate is too weak to be trusted by anybody";
    return why_no_pem(file, "there is no certificate in it (PEM)");
}

// password: lives as long as the call.
std::string use_key(SSL_CTX* context, const std::filesystem::path& file, const settings::Secret& password) {
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb(context, give_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, const_cast<settings::Secret*>(&password));
    const bool loaded = SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    const auto error = ERR_peek_last_error();
    const auto first = ERR_peek_error();
    ERR_clear_error();
    if (loaded && SSL_CTX_check_private_key(context) == 1) return {};
    ERR_clear_error();
    const auto is_mismatch = [](unsigned long code) {
        const auto reason = ERR_GET_REASON(code);
        return ERR_GET_LIB(code) == ERR_LIB_X509 &&
               (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH);
    };
    if (loaded || is_mismatch(error) || is_mismatch(first)) return "it is not the key of the certificate";
    return why_no_pem(file,
                      holds_key(file)
                          ? "the private key in it cannot be read; of an encrypted one, key_password is the password"
                          : "there is no private key in it (PEM)");
}

TlsContext new_context(const SSL_METHOD* method, TlsVersion least) {
    TlsContext out(SSL_CTX_new(method), &SSL_CTX_free);
    if (!out) throw std::bad_alloc();
    auto* context = out.get();
    SSL_CTX_set_min_proto_version(context, least == TlsVersion::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, ciphers_of_1_2);
    // Connections are kept, so taking up an old session saves little; and one made under certificates that have been
    // exchanged since would be taken up as well.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    return out;
}

Result<void> use_identity(SSL_CTX* context, const TlsIdentity& identity) {
    if (auto why = use_certificate(context, identity.certificate); !why.empty())
        return file_error(identity.certificate, why);
    if (auto why = use_key(context, identity.key, identity.key_password); !why.empty())
        return file_error(identity.key, why);
    return {};
}

template <class Options>
TlsIdentity identity_of(const Options& options) {
    return {options.certificate.path, options.key.empty() ? options.certificate.path : options.key.path,
            options.key_password};
}

std::string use_authorities(SSL_CTX* context, const std::filesystem::path& file) {
    const bool loaded = SSL_CTX_load_verify_file(context, file.c_str()) == 1;
    ERR_clear_error();
    return loaded ? "" : why_no_pem(file, "there is no certificate of an authority in it (PEM)");
}

}  // namespace

Result<TlsContext> load_tls_context(const TlsServerOptions& options) {
    auto out = new_context(TLS_server_method(), options.least);
    if (auto used = use_identity(out.get(), identity_of(options)); !used) return used.error();
    if (options.client_ca.empty()) return out;
    const auto& file = options.client_ca.path;
    if (auto why = use_authorities(out.get(), file); !why.empty()) return file_error(file, why);
    SSL_CTX_set_client_CA_list(out.get(), SSL_load_client_CA_file(file.c_str()));
    const bool required = options.client_certificate == TlsServerOptions::Client::required;
    SSL_CTX_set_verify(out.get(), SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    ERR_clear_error();
    return out;
}

Result<TlsContext> load_tls_context(const TlsClientOptions& options) {
    auto out = new_context(TLS_client_method(), options.least);
    SSL_CTX_set_verify(out.get(), SSL_VERIFY_PEER, nullptr);
    if (options.ca.empty())
        SSL_CTX_set_default_verify_paths(out.get());
    else if (auto why = use_authorities(out.get(), options.ca.path); !why.empty())
        return file_error(options.ca.path, why);
    if (!options.certificate.empty())
        if (auto used = use_identity(out.get(), identity_of(options)); !used) return used.error();
    ERR_clear_error();
    return out;
}

WrongIdentity wrong_identity(const TlsIdentity& identity) {
    const auto context = new_context(TLS_method(), TlsVersion::v1_2);
    WrongIdentity out;
    out.certificate = use_certificate(context.get(), identity.certificate);
    if (out.certificate.empty()) out.key = use_key(context.get(), identity.key, identity.key_password);
    return out;
}

std::string wrong_authorities(const std::filesystem::path& file) {
    const auto context = new_context(TLS_method(), TlsVersion::v1_2);
    return file.empty() ? "" : use_authorities(context.get(), file);
}

std::optional<int> days_left(const TlsContext& context) {
    const auto* certificate = SSL_CTX_get0_certificate(context.get());
    int days = 0, seconds = 0;
    if (certificate == nullptr || ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) != 1)
        return std::nullopt;
    return seconds < 0 ? days - 1 : days;
}

}  // namespace gantry::net
