// Messages and delivery queues under /api: what is there, and what a person decides. Answered only to this machine
// (local_only.hpp): there are patients in it.
//
//   GET  /api/messages?…                              newest first; parameters as in requests.hpp
//   GET  /api/messages/ID                             one with its contents, what it changed, and its deliveries
//   GET  /api/messages/ID/content                     its bytes as received
//   POST /api/messages/ID/again                       what it delivered then is delivered once more, as it was; with
//                                                     "destinations" only there
//   POST /api/messages/ID/reprocess                   puts it through its channel once more, as the channel is now, as
//   a
//                                                     message of its own; with "destinations" only there, and then
//                                                     without changing records unless "records" is true. "preview":
//                                                     true says what it would do, and does nothing
//   GET  /api/deliveries/ID/content                   the bytes that are delivered
//   POST /api/deliveries/ID/{release,hold,discard}    {"by": …, "reason": …}; release takes a "payload"
//   GET  /api/queues                                  every queue with its counts
//   GET  /api/queues/CHANNEL/DESTINATION?state=…      its deliveries in that state, oldest first
//   POST /api/queues/CHANNEL/DESTINATION/hold         stops it; with a "lane", holds what waits in that lane
//   POST /api/queues/CHANNEL/DESTINATION/release      lets it go on, and releases what is held in it; with "states" or
//   a
//                                                     "lane" those, and the destination stays as it is
//   POST /api/queues/CHANNEL/DESTINATION/discard      what is in "states"
//
// A POST answers {"changed": N}; what was done before is not done again, and counts 0. 400 for what cannot be
// understood, 409 for a payload of a delivery that is under way, 404 for a number or name that is not there, 410 for a
// content that retention has removed (and for sending it again), 503 when the database does not answer.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "engine/admin/requests.hpp"
#include "engine/base/events.hpp"
#include "engine/net/http.hpp"
#include "engine/runtime/reprocessing.hpp"
#include "engine/store/delivery_control.hpp"
#include "engine/store/text_index.hpp"

namespace gantry::admin {

// Any thread. What the parts refer to must outlive it, and it the router.
class MessageApi {
  public:
    struct Parts {
        store::MessageReader& messages;
        store::QueueReader& queues;
        store::DeliveryControl& control;
        const Zone& zone;
        const Clock& clock;
        events::Sink& events;
        std::function<std::vector<std::string>()> destinations;  // "channel/name" of those that run
        // Errors: api_not_found (the channel does not run), storage_unavailable.
        std::function<Result<runtime::Reprocessed>(const store::MessageDetail& original,
                                                   const runtime::ReprocessRequest& request)>
            reprocess;
        std::function<void(const std::string& channel)> decided;  // the workers look at it
        store::TextIndex* text = nullptr;                         // whose progress is told with a search by text
    };
    explicit MessageApi(Parts parts) : parts_(std::move(parts)) {}

    void add_to(net::HttpRouter& router);

  private:
    using Handler = net::HttpResponse (MessageApi::*)(const net::HttpRequest&);
    using Action = store::Instruction::Action;
    void add(net::HttpRouter& router, const char* method, const char* pattern, Handler handler);
    net::HttpResponse list(const net::HttpRequest& request);
    net::HttpResponse show(const net::HttpRequest& request);
    net::HttpResponse content(const net::HttpRequest& request);
    net::HttpResponse payload(const net::HttpRequest& request);
    net::HttpResponse queues(const net::HttpRequest& request);
    net::HttpResponse queue(const net::HttpRequest& request);
    net::HttpResponse reprocess(const net::HttpRequest& request);
    net::HttpResponse send_again(const net::HttpRequest& request);
    net::HttpResponse discard(const net::HttpRequest& request);
    net::HttpResponse decide_delivery(const net::HttpRequest& request);
    net::HttpResponse decide_queue(const net::HttpRequest& request);

    Result<store::MessageDetail> message(const std::string& id);
    Result<std::vector<store::QueueSummary>> all_queues();
    Result<std::string> queue_named(const net::HttpRequest& request);
    Result<std::int64_t> decide(const std::string& destination, Action action, const Decision& decision);
    Result<std::int64_t> stop_or_go_on(const std::string& destination, Action action, const Decision& decision);
    // place: the destination, or of a message its channel.
    net::HttpResponse done(const std::string& place, Action action, std::int64_t changed);

    Parts parts_;
};

}  // namespace gantry::admin
