#include "engine/admin/message_api.hpp"

#include <algorithm>

#include "engine/admin/answers.hpp"
#include "engine/admin/local_only.hpp"
#include "engine/json/writer.hpp"

namespace gantry::admin {
namespace {

using effects::Outcome;
using net::HttpRequest, net::HttpResponse;

HttpResponse json_answer(std::string body) {
    return {200, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(body)};
}

HttpResponse changed_answer(std::int64_t changed) {
    json::Writer out;
    out.begin_object().member("changed", changed).end_object();
    return json_answer(std::move(out).text());
}

HttpResponse bytes_answer(std::string body) {
    return {200,
            {{"Content-Type", "application/octet-stream"},
             {"Content-Disposition", "attachment"},
             {"X-Content-Type-Options", "nosniff"},
             {"Cache-Control", "no-store"}},
            std::move(body)};
}

Error nothing(std::string what) {
    return {ErrorCode::api_not_found, std::move(what), {}};
}

// 410: it was there, and will not be again.
HttpResponse removed(const store::MessageRow& message, const Zone& zone, Instant now) {
    constexpr std::int64_t day = 86'400'000'000;
    const auto days = std::max<std::int64_t>(now.micros - message.received.micros, 0) / day;
    auto out = net::http_error(nothing("its content was removed by retention; the message came on " +
                                       zone.local(message.received).iso().substr(0, 10) + ", " + std::to_string(days) +
                                       " days ago"));
    out.status = 410;
    return out;
}

std::string last_segment(const HttpRequest& request) {
    return request.path.substr(request.path.rfind('/') + 1);
}

store::Instruction::Action action_of(const HttpRequest& request) {
    using Action = store::Instruction::Action;
    const auto name = last_segment(request);
    for (const auto action : {Action::hold, Action::discard})
        if (to_text(action) == name) return action;
    return Action::release;
}

std::string channel_of(const std::string& destination) {
    return destination.substr(0, destination.find('/'));
}

// What was discarded leaves only where that is said.
bool is_meant(const store::DeliveryRow& delivery, const std::vector<std::string>& destinations) {
    if (destinations.empty()) return delivery.state == Outcome::delivered;
    return std::find(destinations.begin(), destinations.end(), delivery.destination) != destinations.end();
}

bool is_about_reprocessing(const Decision& decision) {
    return decision.records || decision.preview;
}

}  // namespace

void MessageApi::add(net::HttpRouter& router, const char* method, const char* pattern, Handler handler) {
    router.add(method, pattern, [this, handler](const HttpRequest& request) {
        if (auto refused = refusal(request)) return std::move(*refused);
        return (this->*handler)(request);
    });
}

void MessageApi::add_to(net::HttpRouter& router) {
    add(router, "GET", "/api/messages", &MessageApi::list);
    add(router, "GET", "/api/messages/{id}", &MessageApi::show);
    add(router, "GET", "/api/messages/{id}/content", &MessageApi::content);
    add(router, "POST", "/api/messages/{id}/again", &MessageApi::send_again);
    add(router, "POST", "/api/messages/{id}/reprocess", &MessageApi::reprocess);
    add(router, "POST", "/api/messages/{id}/discard", &MessageApi::discard);
    add(router, "GET", "/api/deliveries/{id}/content", &MessageApi::payload);
    add(router, "GET", "/api/queues", &MessageApi::queues);
    add(router, "GET", "/api/queues/{channel}/{destination}", &MessageApi::queue);
    for (const auto* pattern :
         {"/api/deliveries/{id}/release", "/api/deliveries/{id}/hold", "/api/deliveries/{id}/discard"})
        add(router, "POST", pattern, &MessageApi::decide_delivery);
    for (const auto* pattern :
         {"/api/queues/{channel}/{destination}/release", "/api/queues/{channel}/{destination}/hold",
          "/api/queues/{channel}/{destination}/discard"})
        add(router, "POST", pattern, &MessageApi::decide_queue);
}

HttpResponse MessageApi::list(const HttpRequest& request) {
    const auto query = message_query(request, parts_.zone, parts_.clock.now());
    if (!query) return net::http_error(query.error());
    // Before the search: what it says is found, is.
    std::optional<store::TextProgress> text;
    if (!query->text.empty() && parts_.text) {
        const auto progress = parts_.text->progress();
        if (!progress) return net::http_error(progress.error());
        text = *progress;
    }
    const auto page = parts_.messages.find(*query);
    return page ? json_answer(to_json(*page, text, parts_.zone)) : net::http_error(page.error());
}

Result<store::MessageDetail> MessageApi::message(const std::string& text) {
    const auto id = id_of(text);
    if (!id) return id.error();
    auto found = parts_.messages.message({*id});
    if (!found) return found.error();
    if (!*found) return nothing("there is no message " + text);
    return std::move(**found);
}

HttpResponse MessageApi::show(const HttpRequest& request) {
    const auto found = message(request.captures.at("id"));
    return found ? json_answer(to_json(*found, parts_.zone)) : net::http_error(found.error());
}

HttpResponse MessageApi::content(const HttpRequest& request) {
    auto found = message(request.captures.at("id"));
    if (!found) return net::http_error(found.error());
    if (found->content_removed) return removed(found->message, parts_.zone, parts_.clock.now());
    if (found->content_damaged) return net::http_error({ErrorCode::storage_content_damaged, {}, {}});
    return bytes_answer(std::move(found->content));
}

HttpResponse MessageApi::payload(const HttpRequest& request) {
    const auto& text = request.captures.at("id");
    const auto id = id_of(text);
    if (!id) return net::http_error(id.error());
    const auto row = parts_.queues.delivery({*id});
    if (!row) return net::http_error(row.error());
    if (!*row) return net::http_error(nothing("there is no delivery " + text));
    const auto message = this->message(std::to_string((*row)->message.value));
    if (!message) return net::http_error(message.error());
    for (const auto& delivery : message->deliveries) {
        if (delivery.delivery.id.value != *id) continue;
        if (delivery.delivery.as_received ? message->content_removed : delivery.payload_removed)
            return removed(message->message, parts_.zone, parts_.clock.now());
        if (delivery.delivery.as_received ? message->content_damaged : delivery.payload_damaged)
            return net::http_error({ErrorCode::storage_content_damaged, {}, {}});
        return bytes_answer(delivery.delivery.as_received ? message->content : delivery.payload);
    }
    return net::http_error(nothing("there is no delivery " + text));
}

// Those that run beside those that have something: an empty queue is worth knowing, too.
Result<std::vector<store::QueueSummary>> MessageApi::all_queues() {
    auto queues = parts_.queues.queues();
    if (!queues) return queues;
    const auto with_rows = queues->size();
    for (auto& name : parts_.destinations()) {
        const auto end = queues->begin() + static_cast<std::ptrdiff_t>(with_rows);
        if (std::any_of(queues->begin(), end, [&](const auto& queue) { return queue.destination == name; })) continue;
        queues->emplace_back().destination = std::move(name);
    }
    std::sort(queues->begin(), queues->end(),
              [](const auto& a, const auto& b) { return a.destination < b.destination; });
    return queues;
}

HttpResponse MessageApi::queues(const HttpRequest&) {
    const auto all = all_queues();
    return all ? json_answer(to_json(*all, parts_.zone)) : net::http_error(all.error());
}

Result<std::string> MessageApi::queue_named(const HttpRequest& request) {
    auto name = request.captures.at("channel") + "/" + request.captures.at("destination");
    const auto all = all_queues();
    if (!all) return all.error();
    if (std::none_of(all->begin(), all->end(), [&](const auto& queue) { return queue.destination == name; }))
        return nothing("there is no queue of this name");
    return name;
}

HttpResponse MessageApi::queue(const HttpRequest& request) {
    const auto query = queue_page_query(request);
    if (!query) return net::http_error(query.error());
    const auto name = queue_named(request);
    if (!name) return net::http_error(name.error());
    const auto rows = parts_.queues.waiting(*name, query->state, query->after, query->most);
    if (!rows) return net::http_error(rows.error());
    return json_answer(to_json(*rows, rows->size() == query->most ? rows->back().id : DeliveryId{}, parts_.zone));
}

HttpResponse MessageApi::reprocess(const HttpRequest& request) {
    const auto decision = decision_of(request.body);
    if (!decision) return net::http_error(decision.error());
    if (decision->payload || !decision->states.empty() || !decision->lane.empty())
        return net::http_error(
            {ErrorCode::api_bad_request, "reprocess takes by, reason, destinations, records and preview", {}});
    const auto message = this->message(request.captures.at("id"));
    if (!message) return net::http_error(message.error());
    if (message->content_removed) return removed(message->message, parts_.zone, parts_.clock.now());
    if (message->content_damaged) return net::http_error({ErrorCode::storage_content_damaged, {}, {}});
    runtime::ReprocessRequest wanted;
    wanted.how = {message->message.id, decision->by, decision->reason,
                  decision->records.value_or(decision->destinations.empty())};
    wanted.destinations = decision->destinations;
    wanted.preview = decision->preview.value_or(false);
    const auto done = parts_.reprocess(*message, wanted);
    if (!done) return net::http_error(done.error());
    if (!wanted.preview)
        events::emit(parts_.events, "message_reprocessed", events::Level::info,
                     "a person put a message through its channel once more",
                     {{"place", ConfigName(message->message.channel)},
                      {"outcome", ConfigName(std::string(to_text(done->committed.outcome.outcome)))}});
    return json_answer(to_json(*done));
}

HttpResponse MessageApi::send_again(const HttpRequest& request) {
    const auto decision = decision_of(request.body);
    if (!decision) return net::http_error(decision.error());
    if (decision->payload || !decision->states.empty() || !decision->lane.empty() || is_about_reprocessing(*decision))
        return net::http_error({ErrorCode::api_bad_request, "again takes by, reason and destinations", {}});
    const auto message = this->message(request.captures.at("id"));
    if (!message) return net::http_error(message.error());
    if (message->content_removed) return removed(message->message, parts_.zone, parts_.clock.now());
    if (message->content_damaged) return net::http_error({ErrorCode::storage_content_damaged, {}, {}});
    std::vector<DeliveryId> deliveries;
    for (const auto& detail : message->deliveries)
        if (is_meant(detail.delivery, decision->destinations)) deliveries.push_back(detail.delivery.id);
    const auto changed =
        parts_.control.decide(deliveries, {Action::again, decision->by, decision->reason, std::nullopt});
    if (!changed) return net::http_error(changed.error());
    return done(message->message.channel, Action::again, static_cast<std::int64_t>(changed->size()));
}

HttpResponse MessageApi::discard(const HttpRequest& request) {
    const auto decision = decision_of(request.body);
    if (!decision) return net::http_error(decision.error());
    if (decision->payload || !decision->states.empty() || !decision->lane.empty() || !decision->destinations.empty() ||
        is_about_reprocessing(*decision))
        return net::http_error({ErrorCode::api_bad_request, "a message to discard takes by and reason", {}});
    const auto message = this->message(request.captures.at("id"));
    if (!message) return net::http_error(message.error());
    const auto changed = parts_.control.discard(message->message.id, decision->by, decision->reason);
    if (!changed) return net::http_error(changed.error());
    if (*changed)
        events::emit(parts_.events, "message_discarded", events::Level::info, "a person discarded a held message",
                     {{"place", ConfigName(message->message.channel)}});
    return changed_answer(*changed ? 1 : 0);
}

HttpResponse MessageApi::decide_delivery(const HttpRequest& request) {
    const auto id = id_of(request.captures.at("id"));
    if (!id) return net::http_error(id.error());
    const auto decision = decision_of(request.body);
    if (!decision) return net::http_error(decision.error());
    const auto action = action_of(request);
    if (!decision->states.empty() || !decision->lane.empty() || !decision->destinations.empty() ||
        is_about_reprocessing(*decision))
        return net::http_error({ErrorCode::api_bad_request, "a delivery takes by, reason and payload", {}});
    if (decision->payload && action != Action::release)
        return net::http_error({ErrorCode::api_bad_request, "a payload is for release", {}});
    const auto row = parts_.queues.delivery({*id});
    if (!row) return net::http_error(row.error());
    if (!*row) return net::http_error(nothing("there is no delivery of this number"));
    const DeliveryId one{*id};
    const auto changed = parts_.control.decide({&one, 1}, {action, decision->by, decision->reason, decision->payload});
    if (!changed) return net::http_error(changed.error());
    if (changed->empty() && decision->payload && (*row)->state == Outcome::held && (*row)->begun.micros != 0)
        return net::http_error({ErrorCode::api_in_hand, {}, {}});
    return done((*row)->destination, action, static_cast<std::int64_t>(changed->size()));
}

Result<std::int64_t> MessageApi::stop_or_go_on(const std::string& destination, Action action,
                                               const Decision& decision) {
    const auto changed = action == Action::hold ? parts_.control.stop(destination, decision.by, decision.reason)
                                                : parts_.control.go_on(destination);
    if (!changed) return changed.error();
    return std::int64_t{*changed ? 1 : 0};
}

Result<std::int64_t> MessageApi::decide(const std::string& destination, Action action, const Decision& decision) {
    const bool whole = decision.states.empty() && decision.lane.empty();
    if (action == Action::hold && whole) return stop_or_go_on(destination, action, decision);
    auto states = decision.states;
    if (states.empty()) states = {action == Action::hold ? Outcome::pending : Outcome::held};
    auto changed = parts_.control.decide({destination, std::move(states), decision.lane},
                                         {action, decision.by, decision.reason, std::nullopt});
    if (!changed || !whole) return changed;
    auto went_on = stop_or_go_on(destination, action, decision);
    if (!went_on) return went_on;
    return *changed + *went_on;
}

HttpResponse MessageApi::decide_queue(const HttpRequest& request) {
    const auto decision = decision_of(request.body);
    if (!decision) return net::http_error(decision.error());
    const auto action = action_of(request);
    if (decision->payload || !decision->destinations.empty() || is_about_reprocessing(*decision))
        return net::http_error({ErrorCode::api_bad_request, "a queue takes by, reason, states and lane", {}});
    if (action == Action::discard && decision->states.empty())
        return net::http_error({ErrorCode::api_bad_request, "states is missing: what to discard", {}});
    const auto name = queue_named(request);
    if (!name) return net::http_error(name.error());
    const auto changed = decide(*name, action, *decision);
    return changed ? done(*name, action, *changed) : net::http_error(changed.error());
}

HttpResponse MessageApi::done(const std::string& place, Action action, std::int64_t changed) {
    if (changed > 0) {
        parts_.decided(channel_of(place));
        events::emit(parts_.events, "deliveries_decided", events::Level::info, "a person decided about deliveries",
                     {{"place", ConfigName(place)},
                      {"action", ConfigName(std::string(to_text(action)))},
                      {"deliveries", changed}});
    }
    return changed_answer(changed);
}

}  // namespace gantry::admin
