#include "engine/net/tls_session.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <new>

#include "engine/net/tls_failure.hpp"

namespace gantry::net {
namespace {

constexpr int record = 16'384;  // RFC 8446 5.1: a record has no more content

bool is_ip(const std::string& name) {
    std::array<unsigned char, sizeof(in6_addr)> address;
    return ::inet_pton(AF_INET, name.c_str(), address.data()) == 1 ||
           ::inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
}

// RFC 8446 5.1: a handshake, or the alert that there will be none.
bool begins_tls(std::string_view bytes) {
    return bytes.front() == '\x16' || bytes.front() == '\x15';
}

}  // namespace

std::string TlsFailure::text() const {
    return std::string(why.text()) + (detail.empty() ? "" : ": " + detail);
}

TlsSession::TlsSession(const TlsContext& context, bool server)
    : context_(context), ssl_(SSL_new(context.get()), SSL_free) {
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    if (!ssl_ || in_ == nullptr || out_ == nullptr) throw std::bad_alloc();
    SSL_set_bio(ssl_.get(), in_, out_);
    server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

TlsSession::~TlsSession() = default;

std::unique_ptr<TlsSession> TlsSession::server(const TlsContext& context) {
    return std::unique_ptr<TlsSession>(new TlsSession(context, true));
}

std::unique_ptr<TlsSession> TlsSession::client(const TlsContext& context, const std::string& name) {
    std::unique_ptr<TlsSession> out(new TlsSession(context, false));
    auto* ssl = out->ssl_.get();
    if (is_ip(name)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    } else {
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        SSL_set1_host(ssl, name.c_str());
        SSL_set_tlsext_host_name(ssl, name.c_str());
    }
    // Called when the server asks for a certificate.
    const auto asked = [](SSL*, void* session) {
        static_cast<TlsSession*>(session)->asked_for_ours_ = true;
        return 1;
    };
    SSL_set_cert_cb(ssl, asked, out.get());
    // Once the verification has failed the certificate is no longer to be had.
    SSL_set_app_data(ssl, out.get());
    SSL_set_verify(ssl, SSL_VERIFY_PEER, &TlsSession::verified);
    out->shake_hands();
    return out;
}

int TlsSession::verified(int fine, x509_store_ctx_st* verification) {
    const auto error = X509_STORE_CTX_get_error(verification);
    if (error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH) {
        auto* ssl = X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx());
        auto* session = static_cast<TlsSession*>(SSL_get_app_data(static_cast<SSL*>(ssl)));
        if (auto* certificate = X509_STORE_CTX_get_current_cert(verification)) session->names_ = names_of(certificate);
    }
    return fine;
}

TlsSession::State TlsSession::receive(std::string_view bytes, std::string& plain) {
    if (state_ == State::failed || state_ == State::closed || bytes.empty()) return state_;
    if (!std::exchange(began_, true) && !begins_tls(bytes)) {
        failure_.why = no_tls;
        return state_ = State::failed;
    }
    BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
    if (state_ == State::handshaking) shake_hands();
    if (state_ == State::established) read(plain);
    return state_;
}

void TlsSession::shake_hands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1)
        state_ = State::established;
    else
        fail(result);
}

void TlsSession::read(std::string& plain) {
    thread_local std::array<char, record> piece;
    for (;;) {
        ERR_clear_error();
        const int got = SSL_read(ssl_.get(), piece.data(), record);
        if (got <= 0) return fail(got);
        heard_ = true;
        plain.append(piece.data(), static_cast<std::size_t>(got));
    }
}

// Also when there is only nothing more to read.
void TlsSession::fail(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return;
        case SSL_ERROR_ZERO_RETURN:
            state_ = State::closed;
            return;
        default:
            failure_ = tls_failure(ssl_.get());
            failure_.turned_away = failure_.turned_away && !heard_;
            if (!names_.empty()) failure_.detail = names_;
            state_ = State::failed;
            ERR_clear_error();
    }
}

void TlsSession::send(std::string_view plain) {
    while (!plain.empty()) {
        ERR_clear_error();
        const auto size = static_cast<int>(std::min<std::size_t>(plain.size(), record));
        if (SSL_write(ssl_.get(), plain.data(), size) != size) return fail(-1);
        plain.remove_prefix(static_cast<std::size_t>(size));
    }
}

void TlsSession::close() {
    if (state_ != State::established && state_ != State::closed) return;
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

std::string TlsSession::take_output() {
    std::string out(BIO_ctrl_pending(out_), '\0');
    if (!out.empty()) BIO_read(out_, out.data(), static_cast<int>(out.size()));
    return out;
}

bool TlsSession::may_be_turned_away() const {
    return asked_for_ours_ && !heard_ && SSL_version(ssl_.get()) == TLS1_3_VERSION;
}

}  // namespace gantry::net
