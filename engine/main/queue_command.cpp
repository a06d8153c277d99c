#include "engine/main/queue_command.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>

#include "engine/base/base64.hpp"
#include "engine/effects/effects.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/api_printing.hpp"
#include "engine/main/text_table.hpp"

namespace gantry {
namespace {

bool is_number(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Of a queue its address; nothing when it is not CHANNEL/DESTINATION.
std::optional<std::string> queue_path(const std::string& name) {
    const auto slash = name.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == name.size()) return std::nullopt;
    return "/api/queues/" + net::percent_encoded(name.substr(0, slash)) + "/" +
           net::percent_encoded(name.substr(slash + 1));
}

int no_queue(const std::string& name, std::ostream& err) {
    return fail({ErrorCode::usage, "\"" + name + "\" is neither CHANNEL/DESTINATION nor the number of a delivery", {}},
                err);
}

std::string hold_of(const json::Value& queue) {
    const auto* hold = queue.find("hold");
    if (!hold) return {};
    const auto reason = text_of(*hold, "reason");
    return "since " + time_of(*hold, "since") + " by " + text_of(*hold, "by") + (reason.empty() ? "" : ": " + reason);
}

void print_queues(const json::Value& answer, std::ostream& out) {
    TextTable table({"DESTINATION", "PENDING", "HELD", "DEAD", "IN DOUBT", "OLDEST", "NEXT ATTEMPT", "ON HOLD"});
    if (const auto* queues = answer.find("queues"))
        for (const auto& queue : queues->items())
            table.add({text_of(queue, "destination"), text_of(queue, "pending"), text_of(queue, "held"),
                       text_of(queue, "dead"), text_of(queue, "in_doubt"), time_of(queue, "oldest_pending"),
                       time_of(queue, "next_attempt"), hold_of(queue)});
    if (table.empty())
        out << "no queues\n";
    else
        table.print(out);
}

// All of a state, up to so many.
Result<std::vector<json::Value>> deliveries(const ApiClient& api, const std::string& path, const std::string& state,
                                            std::size_t most) {
    constexpr std::size_t largest_page = 500;
    std::vector<json::Value> out;
    std::string after;
    do {
        const auto limit = std::min(most - out.size(), largest_page);
        auto page = api.get(path + query_text({{"state", state}, {"after", after}, {"limit", std::to_string(limit)}}));
        if (!page) return std::move(page).error();
        after = text_of(*page, "next");
        if (const auto* list = page->find("deliveries"))
            out.insert(out.end(), list->items().begin(), list->items().end());
    } while (!after.empty() && out.size() < most);
    return out;
}

void print_deliveries(const std::vector<json::Value>& all, std::ostream& out) {
    TextTable table({"DELIVERY", "MESSAGE", "STATE", "CREATED", "ATTEMPTS", "NEXT ATTEMPT", "LANE", "LAST ERROR"});
    for (const auto& delivery : all)
        table.add({text_of(delivery, "id"), text_of(delivery, "message"), text_of(delivery, "state"),
                   time_of(delivery, "created"), text_of(delivery, "attempts"), time_of(delivery, "next_attempt"),
                   lane_of(delivery), text_of(delivery, "last_error")});
    if (table.empty())
        out << "nothing waits\n";
    else
        table.print(out);
}

Result<std::string> body_of(const DecideOptions& options) {
    json::Writer body;
    body.begin_object().member("by", options.by).member_if("reason", options.reason);
    auto lane = options.lane;
    std::replace(lane.begin(), lane.end(), '+', effects::key_separator);
    body.member_if("lane", lane);
    if (!options.states.empty()) {
        body.key("states").begin_array();
        for (const auto& state : options.states) body.value(state);
        body.end_array();
    }
    if (options.payload) {
        std::ifstream in(*options.payload, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        if (!in) return Error{ErrorCode::config_missing_file, options.payload->string(), {}};
        body.member("payload_base64", to_base64(bytes));
    }
    body.end_object();
    return std::move(body).text();
}

}  // namespace

int run_queues(const ApiClient& api, bool json, std::ostream& out, std::ostream& err) {
    const auto answer = api.get("/api/queues");
    if (!answer) return fail(answer.error(), err);
    if (json)
        out << json::serialise(*answer, json::Form::pretty) << "\n";
    else
        print_queues(*answer, out);
    return 0;
}

int run_queue_show(const ApiClient& api, const QueueOptions& options, std::ostream& out, std::ostream& err) {
    const auto path = queue_path(options.destination);
    if (!path) return no_queue(options.destination, err);
    std::vector<std::string> states{"in_doubt", "dead", "held", "pending"};
    if (!options.state.empty()) states = {options.state};
    std::vector<json::Value> all;
    for (const auto& state : states) {
        const auto some = deliveries(api, *path, state, options.most);
        if (!some) return fail(some.error(), err);
        all.insert(all.end(), some->begin(), some->end());
    }
    if (!options.json) {
        print_deliveries(all, out);
        return 0;
    }
    json::Writer writer(json::Form::pretty);
    writer.begin_object().key("deliveries").begin_array();
    for (const auto& delivery : all) writer.value(delivery);
    out << writer.end_array().end_object().text() << "\n";
    return 0;
}

int run_decide(const ApiClient& api, const DecideOptions& options, std::ostream& out, std::ostream& err) {
    const bool one = is_number(options.target);
    const auto path = options.message ? "/api/messages/" + net::percent_encoded(options.target)
                      : one           ? "/api/deliveries/" + options.target
                                      : queue_path(options.target);
    if (!path) return no_queue(options.target, err);
    const auto body = body_of(options);
    if (!body) return fail(body.error(), err);
    const auto answer = api.post(*path + "/" + options.action, *body);
    if (!answer) return fail(answer.error(), err);
    if (options.json) {
        out << json::serialise(*answer, json::Form::pretty) << "\n";
        return 0;
    }
    const auto changed = text_of(*answer, "changed");
    out << options.action << " " << options.target << ": "
        << (changed == "0" ? "nothing to change" : changed + " changed") << "\n";
    return 0;
}

}  // namespace gantry
