#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>

namespace gantry {
namespace records {

#pragma db object table("access_token")
struct AccessToken {
#pragma db id
    std::int64_t id = 0;
#pragma db unique
    std::string digest;  // SHA-256 of the token, hexadecimal
    std::string scopes, label, issued_by;
    std::int64_t patient = 0;  // 0: none
    std::int64_t issued = 0, expires = 0, revoked = 0;  // microseconds since 1970, UTC; 0: never
};

}  // namespace records
}  // namespace gantry
