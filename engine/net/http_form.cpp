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

}  // namespace gantry::net
