#include "engine/base/error.hpp"

namespace gantry {
namespace {

constexpr Remedy retry = Remedy::retry, reconnect = Remedy::reconnect, reject = Remedy::reject, hold = Remedy::hold,
                 stop = Remedy::stop;

constexpr ErrorInfo rows[] = {
#define GANTRY_ERROR(id, ...) {ErrorCode::id, __VA_ARGS__},
#include "engine/base/error_codes.inc"
#undef GANTRY_ERROR
};

}  // namespace

const ErrorInfo& info(ErrorCode code) {
    return rows[static_cast<std::size_t>(code)];
}

std::span<const ErrorInfo> error_catalogue() {
    return rows;
}

std::string Error::text() const {
    std::string out(info(code).sentence);
    if (!detail.empty()) out.append(": ").append(detail);
    if (!place.empty()) out.append(" (at ").append(place).append(")");
    return out;
}

}  // namespace gantry
