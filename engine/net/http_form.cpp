#include "engine/net/http_form.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>

namespace gantry::net {

Result<FormFields> read_form(std::string_view text) {
    FormFields out;
    try {
        while (!text.empty()) {
            const auto end = std::min(text.find('&'), text.size());
            std::string pair(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
            if (pair.empty()) continue;
            std::replace(pair.begin(), pair.end(), '+', ' ');
            const auto equals = pair.find('=');
            auto& [name, value] = out.emplace_back();
            Poco::URI::decode(pair.substr(0, equals), name);
            if (equals != std::string::npos) Poco::URI::decode(pair.substr(equals + 1), value);
        }
    } catch (const Poco::Exception&) {
        return Error{ErrorCode::http_bad_request, "an escape in it is none", {}};
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain)
            out += c;
        else
            (out += '%').append({digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

}  // namespace gantry::net
