#include "engine/main/api_client.hpp"

#include "engine/net/http_client.hpp"

namespace gantry {
namespace {

// A search over records that many messages changed takes its time.
constexpr std::chrono::seconds patience(60);

Error error_of(const net::HttpResponse& response) {
    Error out{ErrorCode::internal, "the engine answered " + std::to_string(response.status), {}};
    const auto tree = json::parse(response.body);
    if (!tree) return out;
    const auto* name = tree->find("error");
    const auto* text = tree->find("message");
    if (!name || !text) return out;
    for (const auto& row : error_catalogue()) {
        if (row.name != name->string()) continue;
        out = {row.code, {}, {}};
        const auto sentence = std::string(row.sentence) + ": ";
        if (text->string().starts_with(sentence)) out.detail = text->string().substr(sentence.size());
    }
    return out;
}

Result<json::Value> tree_of(Result<std::string> body) {
    if (!body) return std::move(body).error();
    auto tree = json::parse(*body);
    if (!tree) return Error{ErrorCode::internal, "the engine answered what is not JSON", {}};
    return tree;
}

}  // namespace

std::optional<settings::HostPort> api_place(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
    while (url.ends_with('/')) url.remove_suffix(1);
    return settings::parse_host_port(url);
}

std::string query_text(const QueryValues& values) {
    std::string out;
    for (const auto& [name, value] : values) {
        if (value.empty()) continue;
        out += (out.empty() ? "?" : "&") + name + "=" + net::percent_encoded(value);
    }
    return out;
}

Result<std::string> ApiClient::call(const net::HttpRequest& request) const {
    auto response = net::http_call(place_.host, place_.port, request, patience);
    if (!response) return std::move(response).error();
    if (response->status / 100 != 2) return error_of(*response);
    return std::move(response->body);
}

Result<std::string> ApiClient::bytes(const std::string& path) const {
    net::HttpRequest request;
    request.path = path;
    return call(request);
}

Result<json::Value> ApiClient::get(const std::string& path) const {
    return tree_of(bytes(path));
}

Result<json::Value> ApiClient::post(const std::string& path, const std::string& body) const {
    net::HttpRequest request;
    request.method = "POST";
    request.path = path;
    request.headers.add("Content-Type", "application/json");
    request.body = body;
    return tree_of(call(request));
}

}  // namespace gantry
