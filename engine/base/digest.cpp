#include "engine/base/digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace gantry {
namespace {

// 128 bits, most significant byte first, in decimal without leading zeros: nine digits are divided off at a time.
std::string decimal(const std::array<std::uint8_t, 16>& number) {
    std::array<std::uint32_t, 4> limbs{};
    for (std::size_t i = 0; i < number.size(); ++i) limbs[i / 4] = limbs[i / 4] << 8 | number[i];
    std::string digits;
    while (limbs != std::array<std::uint32_t, 4>{}) {
        std::uint64_t rest = 0;
        for (auto& limb : limbs) {
            const auto value = rest << 32 | limb;
            limb = static_cast<std::uint32_t>(value / 1'000'000'000);
            rest = value % 1'000'000'000;
        }
        for (int i = 0; i < 9; ++i, rest /= 10) digits.push_back(static_cast<char>('0' + rest % 10));
    }
    digits.erase(digits.find_last_not_of('0') + 1);
    std::reverse(digits.begin(), digits.end());
    return digits.empty() ? "0" : digits;
}

// OpenSSL 3 looks an algorithm up by name at each use of EVP_sha256(); this one is looked up once.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return fetched;
}

}  // namespace

Digest sha256(std::string_view bytes) {
    Digest out{};
    if (EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, sha256_algorithm(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available in this OpenSSL");
    return out;
}

std::string uid_from_name(std::string_view name) {
    const auto digest = sha256(name);
    std::array<std::uint8_t, 16> uuid{};
    std::copy_n(digest.begin(), uuid.size(), uuid.begin());
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x80);  // RFC 9562 version 8: the hash is ours to choose
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
    return "2.25." + decimal(uuid);
}

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
        out.push_back(digits[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

}  // namespace gantry
