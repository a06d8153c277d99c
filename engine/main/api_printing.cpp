#include "engine/main/api_printing.hpp"

#include <ostream>

#include "engine/effects/effects.hpp"

namespace gantry {

int fail(const Error& error, std::ostream& err) {
    err << "gantry: " << error.text() << "\n";
    if (error.code == ErrorCode::net_refused)
        err << "  is the engine running? --api says where its HTTP port is\n";
    else
        err << "  " << info(error.code).hint << "\n";
    return info(error.code).exit_code;
}

std::string text_of(const json::Value& object, const char* member) {
    const auto* value = object.find(member);
    if (!value) return {};
    return value->is_integer() ? std::to_string(value->integer()) : value->string();
}

std::string time_of(const json::Value& object, const char* member) {
    constexpr std::size_t to_the_second = 19;
    auto out = text_of(object, member).substr(0, to_the_second);
    if (const auto between = out.find('T'); between != std::string::npos) out[between] = ' ';
    return out;
}

std::string lane_of(const json::Value& delivery) {
    auto out = text_of(delivery, "lane");
    for (auto& c : out)
        if (c == effects::key_separator) c = '+';
    return out;
}

}  // namespace gantry
