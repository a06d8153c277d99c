// The admin API of a running engine, for the command line.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/json/value.hpp"
#include "engine/net/http.hpp"
#include "engine/net/http_form.hpp"
#include "engine/settings/units.hpp"

namespace gantry {

// "http://HOST:PORT", or HOST:PORT. Nothing for anything else.
std::optional<settings::HostPort> api_place(std::string_view url);
using QueryValues = std::vector<std::pair<std::string, std::string>>;
// "?a=b&c=d", without what is empty.
std::string query_text(const QueryValues& values);

// One request each. Errors: as of net::http_call; what the engine answered, as the error it named.
class ApiClient {
  public:
    explicit ApiClient(settings::HostPort place) : place_(std::move(place)) {}
    Result<std::string> bytes(const std::string& path) const;
    Result<json::Value> get(const std::string& path) const;
    Result<json::Value> post(const std::string& path, const std::string& body) const;

  private:
    Result<std::string> call(const net::HttpRequest& request) const;
    settings::HostPort place_;
};

}  // namespace gantry
