#include "tests/durability/clerk.hpp"

#include <set>
#include <stdexcept>

#include "engine/json/value.hpp"
#include "engine/net/http_client.hpp"

namespace gantry::durability {
namespace {

json::Value answer(std::uint16_t port, const net::HttpRequest& request) {
    const auto response = net::http_call("127.0.0.1", port, request);
    if (!response) throw std::runtime_error(request.path + ": " + response.error().text());
    if (response->status != 200) throw std::runtime_error(request.path + ": " + response->body);
    auto value = json::parse(response->body);
    if (!value) throw std::runtime_error(request.path + ": not JSON");
    return std::move(*value);
}

json::Value get(std::uint16_t port, const std::string& path) {
    net::HttpRequest request;
    request.path = path;
    return answer(port, request);
}

const std::string& text(const json::Value& object, const char* name) {
    const auto* found = object.find(name);
    if (!found) throw std::runtime_error(std::string("the answer has no ") + name);
    return found->string();
}

}  // namespace

std::string Clerk::control_id_of(const std::string& message) const {
    return text(get(http_, "/api/messages/" + message), "control_id");
}

void Clerk::decide(const std::string& delivery, bool arrived) const {
    net::HttpRequest request;
    request.method = "POST";
    request.path = "/api/deliveries/" + delivery + (arrived ? "/discard" : "/release");
    request.headers.add("Content-Type", "application/json");
    request.body = R"({"by": "clerk", "reason": "as the receiver says"})";
    (void)answer(http_, request);
}

long Clerk::decide() {
    const auto received = receiver_.received();
    const std::set<std::string> arrived(received.begin(), received.end());
    const auto page = get(http_, "/api/queues/" + destination_ + "?state=in_doubt&limit=500");
    const auto* deliveries = page.find("deliveries");
    if (!deliveries) throw std::runtime_error("the queue has no list");
    for (const auto& delivery : deliveries->items())
        decide(text(delivery, "id"), arrived.count(control_id_of(text(delivery, "message"))) > 0);
    return static_cast<long>(deliveries->items().size());
}

}  // namespace gantry::durability
