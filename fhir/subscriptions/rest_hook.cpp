#include "fhir/subscriptions/rest_hook.hpp"

#include "engine/net/tls.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

net::HttpCallerOptions caller_options(const net::HttpUrl& url, const SubscriptionTerms& terms,
                                      const SubscriptionOptions& options) {
    constexpr std::size_t most_answer = 64u << 10;
    net::HttpCallerOptions out;
    out.reply_timeout = terms.timeout;
    out.limits.body = most_answer;
    if (url.secure) out.tls = std::make_shared<net::TlsClient>(options.tls.value_or(net::TlsClientOptions()));
    return out;
}

bool accepted(const net::HttpCall& call) {
    return call.end == net::HttpCall::End::answered && call.response.status / 100 == 2;
}

std::string refusal(const net::HttpCall& call) {
    if (call.end != net::HttpCall::End::answered) return call.why;
    return "the subscriber answers " + std::to_string(call.response.status);
}

}  // namespace

Result<std::string> focus_of(const Event& event, const HookContext& context) {
    const auto id = record_id(event.id);
    if (!id || !searchable_type(event.type)) return std::string();
    const Shelf shelf(context.search, context.projection);
    auto found = shelf.get(event.type, {&*id, 1});
    if (!found) return found.error();
    return found->empty() ? std::string() : std::move(found->front().json);
}

RestHook::RestHook(std::int64_t subscription, SubscriptionTerms terms, const HookContext& context)
    : subscription_(subscription),
      terms_(std::move(terms)),
      context_(context),
      url_(net::parse_http_url(terms_.endpoint).value()),
      caller_(url_, caller_options(url_, terms_, context.options)) {}

Notification RestHook::notification(NotificationType type, std::string_view status, std::int64_t events) const {
    return {type, subscription_, terms_.topic->canonical, status, terms_.content, events, context_.clock.now(), {}};
}

net::HttpCall RestHook::send(const Notification& notification) {
    Wanted form;
    form.format = terms_.format;
    const auto body = laid_out(notification_bundle(notification, context_.base), form);
    net::HttpFields fields{{"Content-Type", std::string(content_type(form))}, {"User-Agent", "Gantry"}};
    fields.insert(fields.end(), terms_.headers.begin(), terms_.headers.end());
    auto call = caller_.call(net::write_http_request(url_, "POST", fields, body, true));
    if (accepted(call))
        last_sent_ = context_.clock.now().micros;
    else
        caller_.close();
    return call;
}

runtime::Destination::Answer RestHook::deliver(const store::DeliveryWork& work) {
    const auto event = read_event(work.payload);
    if (!event) return {Verdict::refused, "it is no event"};
    auto told = notification(NotificationType::event_notification, "active", work.number);
    auto& one = told.told.emplace_back(NumberedEvent{work.number, *event, {}});
    if (terms_.content == PayloadContent::full_resource) {
        auto focus = focus_of(*event, context_);
        if (!focus) return {Verdict::retry, "the database cannot be read"};
        one.resource = std::move(*focus);
    }
    const auto call = send(told);
    if (accepted(call)) return {Verdict::delivered, {}};
    switch (call.end) {
        case net::HttpCall::End::away:
            return {Verdict::away, call.why};
        case net::HttpCall::End::unanswered:
            return {Verdict::in_doubt, call.why};
        case net::HttpCall::End::answered:
            break;
    }
    return {Verdict::retry, refusal(call)};
}

std::string RestHook::tell(NotificationType type, std::string_view status, std::int64_t events) {
    const auto call = send(notification(type, status, events));
    return accepted(call) ? std::string() : refusal(call);
}

}  // namespace gantry::fhir
