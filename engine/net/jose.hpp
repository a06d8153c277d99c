// Signing of JSON Web Tokens (RFC 7515, RFC 7518) with RS384 and ES384, the two that SMART backend services name
// (https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html).
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/settings/secret.hpp"

struct evp_pkey_st;  // OpenSSL's

namespace gantry::net {

// Any thread.
class SigningKey {
  public:
    // PEM: RSA of 2048 bits at least, or EC on P-384. Error: config_missing_file, with the file and why.
    static Result<SigningKey> load(const std::filesystem::path& file, const settings::Secret& password);

    std::string_view algorithm() const;  // RS384, ES384
    // header, claims: JSON; the header says algorithm(). The compact form of a signed token.
    std::string token(std::string_view header, std::string_view claims) const;

  private:
    explicit SigningKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
    std::string signature(std::string_view text) const;
    bool is_rsa() const;

    std::shared_ptr<evp_pkey_st> key_;
};

// 128 random bits in hexadecimal.
std::string random_id();

}  // namespace gantry::net
