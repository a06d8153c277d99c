#include "engine/net/jose.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <new>

#include "engine/net/base64.hpp"
#include "engine/settings/input_file.hpp"

namespace gantry::net {
namespace {

constexpr std::size_t coordinate = 48;  // bytes of P-384: RFC 7518 3.4

template <class T, class Free>
auto owned(T* pointer, Free free) {
    if (pointer == nullptr) throw std::bad_alloc();
    return std::unique_ptr<T, Free>(pointer, free);
}

int give_password(char* into, int most, int, void* password) {
    const auto& text = static_cast<const settings::Secret*>(password)->reveal();
    if (std::ssize(text) > most) return 0;
    std::copy(text.begin(), text.end(), into);
    return static_cast<int>(text.size());
}

bool is_p384(EVP_PKEY* key) {
    std::array<char, 64> name{};
    std::size_t size = 0;
    return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), &size) == 1 &&
           std::string_view(name.data(), size) == "secp384r1";
}

std::string wrong_kind(EVP_PKEY* key) {
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return EVP_PKEY_get_bits(key) < 2048 ? "the RSA key has fewer than 2048 bits" : "";
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && is_p384(key) ? "" : "the key is neither RSA nor EC on P-384";
}

// r and s, each as long as a coordinate, instead of ASN.1.
std::string plain_ecdsa(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const auto pair = owned(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), &ECDSA_SIG_free);
    std::string out(2 * coordinate, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes, static_cast<int>(coordinate));
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes + coordinate, static_cast<int>(coordinate));
    return out;
}

}  // namespace

Result<SigningKey> SigningKey::load(const std::filesystem::path& file, const settings::Secret& password) {
    const auto failed = [&](const std::string& why) {
        ERR_clear_error();
        return Error{ErrorCode::config_missing_file, file.string() + ", " + why, {}};
    };
    if (const auto why = settings::why_unreadable(file); !why.empty()) return failed(why);
    const std::unique_ptr<BIO, int (*)(BIO*)> in(BIO_new_file(file.c_str(), "r"), &BIO_free);
    if (!in) return failed("it cannot be read");
    auto* const secret = const_cast<settings::Secret*>(&password);
    std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(in.get(), nullptr, give_password, secret), &EVP_PKEY_free);
    if (!key) return failed("there is no private key in it (PEM), or key_password is not its password");
    if (const auto why = wrong_kind(key.get()); !why.empty()) return failed(why);
    return SigningKey(std::move(key));
}

bool SigningKey::is_rsa() const {
    return EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA;
}

std::string_view SigningKey::algorithm() const {
    return is_rsa() ? "RS384" : "ES384";
}

std::string SigningKey::signature(std::string_view text) const {
    const auto context = owned(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
        throw std::bad_alloc();
    std::string out(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes, text.size()) != 1)
        throw std::bad_alloc();
    out.resize(size);
    return is_rsa() ? out : plain_ecdsa(out);
}

std::string SigningKey::token(std::string_view header, std::string_view claims) const {
    auto out = base64url(header) + "." + base64url(claims);
    return out + "." + base64url(signature(out));
}

std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
    std::string out;
    for (const auto byte : bytes) {
        out.push_back("0123456789abcdef"[byte >> 4]);
        out.push_back("0123456789abcdef"[byte & 15]);
    }
    return out;
}

}  // namespace gantry::net
