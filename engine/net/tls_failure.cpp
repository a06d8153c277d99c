#include "engine/net/tls_failure.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace gantry::net {
namespace {

struct Words {
    long code;
    events::Literal why;
};

// What is wrong with the peer's certificate.
constexpr Words of_verification[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "its certificate, or that of its authority, has expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "its certificate is not valid yet; perhaps a clock is wrong"},
    {X509_V_ERR_HOSTNAME_MISMATCH, "its certificate is for another name"},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, "its certificate is for another name"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "its certificate is not signed by an authority that is trusted here"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "its certificate is not signed by an authority that is trusted here"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "its certificate is not signed by an authority that is trusted here"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
     "its certificate is not signed by an authority that is trusted here"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "its certificate is not signed by an authority that is trusted here"},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "its certificate is not signed by an authority that is trusted here"},
    {X509_V_ERR_INVALID_PURPOSE, "its certificate is meant for another use"},
    {X509_V_ERR_CERT_REVOKED, "its certificate was revoked"},
};

constexpr Words of_alert[] = {
    {SSL_AD_CERTIFICATE_EXPIRED, "it says that the certificate shown to it has expired"},
    {SSL_AD_UNKNOWN_CA, "it does not trust the authority of the certificate shown to it"},
    {SSL_AD_BAD_CERTIFICATE, "it refuses the certificate shown to it"},
    {SSL_AD_UNSUPPORTED_CERTIFICATE, "it refuses the certificate shown to it"},
    {SSL_AD_CERTIFICATE_REVOKED, "it says that the certificate shown to it was revoked"},
    {SSL_AD_CERTIFICATE_UNKNOWN, "it refuses the certificate shown to it"},
    {SSL_AD_ACCESS_DENIED, "it denies access to the certificate shown to it"},
    {SSL_AD_DECRYPT_ERROR, "it refuses the certificate shown to it"},
    {TLS13_AD_CERTIFICATE_REQUIRED, "it wants a certificate, and was shown none"},
};

constexpr Words of_reason[] = {
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "it shows no certificate, which is required here"},
    {SSL_R_WRONG_VERSION_NUMBER, "it does not speak TLS, or a version from another age"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "there is no version of TLS that both sides speak"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "there is no version of TLS that both sides speak"},
    {SSL_R_VERSION_TOO_LOW, "there is no version of TLS that both sides speak"},
    {SSL_R_NO_SHARED_CIPHER, "there is no cipher that both sides know"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "it found nothing in common, or wants a certificate"},
};

template <std::size_t N>
const Words* find(const Words (&table)[N], long code) {
    for (const auto& words : table)
        if (words.code == code) return &words;
    return nullptr;
}

TlsFailure of_certificate(SSL* ssl) {
    const auto result = SSL_get_verify_result(ssl);
    const auto* words = find(of_verification, result);
    TlsFailure out;
    out.why = words ? words->why : events::Literal("its certificate is not right");
    if (!words) out.detail = X509_verify_cert_error_string(result);
    return out;
}

}  // namespace

std::string names_of(x509_st* certificate) {
    std::string out;
    const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        &GENERAL_NAMES_free);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && out.size() < 200; ++i) {
        const auto* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS) continue;
        const auto* text = ASN1_STRING_get0_data(name->d.dNSName);
        const auto size = static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName));
        for (const auto c : std::string_view(reinterpret_cast<const char*>(text), size))
            out.push_back(c > 0x20 && c < 0x7f ? c : '?');
        out.push_back(' ');
    }
    if (!out.empty()) out.pop_back();
    return out;
}

TlsFailure tls_failure(ssl_st* ssl) {
    const auto error = ERR_peek_error();
    const auto reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason == SSL_R_CERTIFICATE_VERIFY_FAILED) return of_certificate(ssl);
    if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
        if (const auto* words = find(of_alert, reason - SSL_AD_REASON_OFFSET)) return {words->why, {}, true};
        if (const auto* words = find(of_reason, reason)) return {words->why, {}, false};
    }
    TlsFailure out;
    out.why = SSL_is_init_finished(ssl) ? events::Literal("its TLS broke") : events::Literal("the handshake broke");
    if (const auto* text = ERR_reason_error_string(error)) out.detail = text;
    return out;
}

}  // namespace gantry::net
