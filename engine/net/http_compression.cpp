#include "engine/net/http_compression.hpp"

#include <Poco/DeflatingStream.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "engine/net/http_field.hpp"

namespace gantry::net {
namespace {

// Less does not save a packet.
constexpr std::size_t worthwhile = 1400;
// The fastest: of JSON that repeats its keys it saves nearly as much as any other.
constexpr int level = 1;

bool is_text(std::string_view type) {
    type = type.substr(0, type.find(';'));
    return type.starts_with("text/") || type.ends_with("/json") || type.ends_with("+json") || type.ends_with("/xml") ||
           type.ends_with("+xml") || type.ends_with("ndjson");
}

const std::string* header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (same_name(key, name)) return &value;
    return nullptr;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "gzip;q=0" is a refusal, "*" takes whatever is not named.
bool takes_gzip(std::string_view accepted) {
    bool others = false;
    while (!accepted.empty()) {
        const auto comma = std::min(accepted.find(','), accepted.size());
        const auto one = accepted.substr(0, comma);
        accepted.remove_prefix(std::min(comma + 1, accepted.size()));
        const auto semicolon = one.find(';');
        const auto name = trimmed(one.substr(0, semicolon));
        const auto weight = semicolon == one.npos ? std::string() : std::string(trimmed(one.substr(semicolon + 1)));
        const bool wanted = !weight.starts_with("q=") || std::strtod(weight.c_str() + 2, nullptr) > 0;
        if (same_name(name, "gzip") || same_name(name, "x-gzip")) return wanted;
        if (name == "*") others = wanted;
    }
    return others;
}

std::string gzipped(const std::string& body) {
    std::ostringstream out;
    Poco::DeflatingOutputStream gzip(out, Poco::DeflatingStreamBuf::STREAM_GZIP, level);
    gzip.write(body.data(), static_cast<std::streamsize>(body.size()));
    gzip.close();
    return gzip.good() ? std::move(out).str() : std::string();
}

}  // namespace

void compress(const HttpRequest& request, HttpResponse& response) {
    const auto* type = header(response, "Content-Type");
    if (response.body.size() < worthwhile || !type || !is_text(*type) || header(response, "Content-Encoding")) return;
    response.headers.emplace_back("Vary", "Accept-Encoding");
    const auto* accepted = request.headers.find("Accept-Encoding");
    if (!accepted || !takes_gzip(*accepted)) return;
    auto smaller = gzipped(response.body);
    if (smaller.empty() || smaller.size() >= response.body.size()) return;
    response.body = std::move(smaller);
    response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace gantry::net
