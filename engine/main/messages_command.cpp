#include "engine/main/messages_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "engine/base/base64.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/api_printing.hpp"
#include "engine/main/text_table.hpp"

namespace gantry {
namespace {

constexpr std::size_t largest_page = 500;

// A member's bytes, however the API wrote them.
std::string bytes_of(const json::Value& object, const std::string& member) {
    if (object.find(member)) return text_of(object, member.c_str());
    return from_base64(text_of(object, (member + "_base64").c_str())).value_or(std::string());
}

// What came last is looked at page by page; a page of a search may be empty and still say where to go on.
class MessageList {
  public:
    MessageList(const ApiClient& api, const MessagesOptions& options, std::ostream& err)
        : api_(api), options_(options), err_(err) {}

    Result<void> read() {
        std::string before;
        do {
            const auto most = std::min(options_.most - messages_.size(), largest_page);
            auto query = options_.filters;
            query.emplace_back("limit", std::to_string(most));
            if (!before.empty()) query.emplace_back("before", before);
            auto page = api_.get("/api/messages" + query_text(query));
            if (!page) return std::move(page).error();
            before = text_of(*page, "next");
            if (const auto* text = page->find("text"); text && !indexed_) indexed_ = *text;
            if (const auto* list = page->find("messages"))
                messages_.insert(messages_.end(), list->items().begin(), list->items().end());
            tell(before);
        } while (!before.empty() && messages_.size() < options_.most);
        if (told_) err_ << "\r\x1b[K" << std::flush;
        next_ = before;
        return {};
    }

    void print(std::ostream& out) const {
        print_lag();
        TextTable table({"ID", "RECEIVED", "CHANNEL", "TYPE", "CONTROL ID", "OUTCOME", "BECAUSE"});
        for (const auto& message : messages_)
            table.add({text_of(message, "id"), time_of(message, "received"), text_of(message, "channel"),
                       text_of(message, "type"), text_of(message, "control_id"), text_of(message, "outcome"),
                       because(message)});
        if (table.empty()) {
            out << "no messages\n";
            return;
        }
        table.print(out);
        if (!next_.empty()) out << "there may be more: --before " << next_ << "\n";
    }

    std::vector<std::string> oldest_first() const {
        std::vector<std::string> out;
        for (auto message = messages_.rbegin(); message != messages_.rend(); ++message)
            out.push_back(text_of(*message, "id"));
        return out;
    }

    void print_json(std::ostream& out) const {
        json::Writer writer(json::Form::pretty);
        writer.begin_object().key("messages").begin_array();
        for (const auto& message : messages_) writer.value(message);
        writer.end_array().member_if("next", next_);
        if (indexed_) writer.key("text").value(*indexed_);
        writer.end_object();
        out << writer.text() << "\n";
    }

  private:
    static std::string because(const json::Value& message) {
        for (const auto* member : {"error", "filtered_by"})
            if (auto text = text_of(message, member); !text.empty()) {
                const auto detail = text_of(message, "detail");
                if (!detail.empty()) text.append(": ").append(detail);
                return text;
            }
        const auto original = text_of(message, "duplicate_of");
        return original.empty() ? original : "of " + original;
    }

    // What came last may be missing.
    void print_lag() const {
        const auto* waiting = indexed_ ? indexed_->find("waiting") : nullptr;
        if (!waiting || waiting->integer() == 0) return;
        const auto count = waiting->integer();
        constexpr std::int64_t countable = 10'000;
        err_ << (count > countable ? "more than " + std::to_string(countable) : std::to_string(count))
             << " messages are not searched yet";
        if (const auto to = time_of(*indexed_, "indexed_to"); !to.empty()) err_ << ": those after " << to;
        err_ << "\n";
    }

    void tell(const std::string& before) {
        if (before.empty() || &err_ != &std::cerr || ::isatty(STDERR_FILENO) == 0) return;
        told_ = true;
        err_ << "\r\x1b[K" << messages_.size() << " found, searching before " << before << std::flush;
    }

    const ApiClient& api_;
    const MessagesOptions& options_;
    std::ostream& err_;
    std::vector<json::Value> messages_;
    std::optional<json::Value> indexed_;  // how far the index of words was, of a search by text
    std::string next_;
    bool told_ = false;
};

void line(std::ostream& out, const std::string& name, const std::string& value) {
    if (!value.empty()) out << name << std::string(14 - std::min<std::size_t>(name.size(), 13), ' ') << value << "\n";
}

// A segment per line.
void print_hl7(std::ostream& out, const std::string& bytes) {
    std::string text = bytes;
    std::replace(text.begin(), text.end(), '\r', '\n');
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n') c = ' ';
    while (text.ends_with('\n')) text.pop_back();
    std::size_t from = 0;
    while (from <= text.size() && !text.empty()) {
        const auto end = std::min(text.find('\n', from), text.size());
        out << "  " << text.substr(from, end - from) << "\n";
        from = end + 1;
    }
}

// When, who and why.
std::string circumstances(const json::Value& decision) {
    const auto reason = text_of(decision, "reason");
    return "at " + time_of(decision, "at") + " by " + text_of(decision, "by") + (reason.empty() ? "" : ": " + reason);
}

void print_decisions(std::ostream& out, const json::Value& message) {
    const auto why = [](const json::Value& one) { return " " + circumstances(one); };
    if (const auto* discarded = message.find("discarded")) line(out, "discarded", circumstances(*discarded));
    if (const auto* of = message.find("reprocessing")) line(out, "reprocesses", text_of(*of, "original") + why(*of));
    if (const auto* all = message.find("reprocessed"))
        for (const auto& one : all->items()) line(out, "reprocessed as", text_of(one, "message") + why(one));
}

void print_changes(std::ostream& out, const json::Value& message) {
    const auto* changes = message.find("changes");
    if (!changes || changes->items().empty()) return;
    out << "\nchanged\n";
    for (const auto& change : changes->items()) {
        const auto* created = change.find("created");
        out << "  " << text_of(change, "record") << " " << text_of(change, "id")
            << (created && created->boolean() ? " created" : "") << ":";
        if (const auto* fields = change.find("fields"))
            for (const auto& field : fields->members()) out << " " << field.key;
        out << "\n";
    }
}

void print_delivery(std::ostream& out, const json::Value& delivery) {
    out << "\ndelivery " << text_of(delivery, "id") << " to " << text_of(delivery, "destination") << ": "
        << text_of(delivery, "state") << "\n";
    out << "  attempts " << text_of(delivery, "attempts") << ", lane " << lane_of(delivery) << "\n";
    if (const auto next = time_of(delivery, "next_attempt"); !next.empty()) out << "  next attempt " << next << "\n";
    if (const auto begun = time_of(delivery, "attempt_begun"); !begun.empty())
        out << "  an attempt began " << begun << "; how it ended is not known (yet)\n";
    if (const auto* history = delivery.find("history"))
        for (const auto& entry : history->items())
            out << "  " << time_of(entry, "started") << "  " << text_of(entry, "state") << "  "
                << text_of(entry, "detail") << "\n";
    if (delivery.find("payload_removed")) out << "  payload of its own: removed by retention\n";
    if (delivery.find("payload_damaged")) out << "  payload of its own: damaged, it cannot be read any more\n";
    if (const auto payload = bytes_of(delivery, "payload"); !payload.empty()) {
        out << "  payload of its own:\n";
        print_hl7(out, payload);
    }
}

void print(std::ostream& out, const json::Value& message) {
    line(out, "message", text_of(message, "id"));
    for (const auto* name : {"channel", "type"}) line(out, name, text_of(message, name));
    line(out, "control id", text_of(message, "control_id"));
    line(out, "received", time_of(message, "received"));
    line(out, "from", text_of(message, "peer"));
    line(out, "outcome", text_of(message, "outcome"));
    line(out, "error", text_of(message, "error"));
    for (const auto* name : {"detail", "place"}) line(out, name, text_of(message, name));
    line(out, "filtered by", text_of(message, "filtered_by"));
    line(out, "duplicate of", text_of(message, "duplicate_of"));
    line(out, "revision", text_of(message, "revision"));
    print_decisions(out, message);
    out << "\ncontent\n";
    if (message.find("content_removed"))
        out << "  removed by retention; it cannot be sent again\n";
    else if (message.find("content_damaged"))
        out << "  damaged, it cannot be read any more; it cannot be sent again\n";
    else
        print_hl7(out, bytes_of(message, "content"));
    out << "\nreply\n";
    print_hl7(out, bytes_of(message, "reply"));
    print_changes(out, message);
    if (const auto* deliveries = message.find("deliveries"))
        for (const auto& delivery : deliveries->items()) print_delivery(out, delivery);
}

std::string again_body(const ReprocessOptions& options) {
    json::Writer body;
    body.begin_object().member("by", options.by).member_if("reason", options.reason);
    if (!options.destinations.empty()) {
        body.key("destinations").begin_array();
        for (const auto& destination : options.destinations) body.value(destination);
        body.end_array();
    }
    if (options.current) {
        if (!options.destinations.empty()) body.member("records", options.records);
        body.member("preview", options.preview);
    }
    body.end_object();
    return std::move(body).text();
}

struct SentAgain {
    std::size_t messages = 0;
    std::size_t removed = 0;  // by retention: there is nothing to send any more
    std::size_t failed = 0;   // refused by the channel as it is now
    std::int64_t deliveries = 0;
};

std::string records_of(const json::Value& answer) {
    std::string out;
    if (const auto* records = answer.find("records"))
        for (const auto& record : records->items()) {
            const auto reason = text_of(record, "reason");
            out += ", " + text_of(record, "record") + " " + text_of(record, "what");
            if (!reason.empty()) out += " (" + reason + ")";
        }
    return out;
}

// What became of one message, or would.
void print_reprocessed(std::ostream& out, const std::string& id, const json::Value& answer) {
    out << id << " -> ";
    if (const auto message = text_of(answer, "message"); !message.empty()) out << message << " ";
    out << text_of(answer, "outcome") << records_of(answer);
    for (const auto* name : {"error", "filtered_by", "detail", "place"})
        if (const auto text = text_of(answer, name); !text.empty()) out << ", " << text;
    if (const auto* deliveries = answer.find("deliveries"))
        for (const auto& delivery : deliveries->items()) out << ", to " << text_of(delivery, "destination");
    out << "\n";
    if (const auto* deliveries = answer.find("deliveries"))
        for (const auto& delivery : deliveries->items()) print_hl7(out, bytes_of(delivery, "payload"));
}

void count(const json::Value& answer, SentAgain& done) {
    if (const auto* changed = answer.find("changed")) done.deliveries += changed->integer();
    if (const auto* deliveries = answer.find("deliveries"))
        done.deliveries += static_cast<std::int64_t>(deliveries->items().size());
    if (answer.find("error")) ++done.failed;
    ++done.messages;
}

// One after the other, not faster than the rate. done: also what was done when an error ends it.
Result<void> send_again(const ApiClient& api, const std::vector<std::string>& ids, const ReprocessOptions& options,
                        std::ostream& out, SentAgain& done) {
    const std::chrono::duration<double> pause(1 / options.rate);
    const auto body = again_body(options);
    for (const auto& id : ids) {
        if (done.messages > 0 && !options.preview) std::this_thread::sleep_for(pause);
        const auto answer =
            api.post("/api/messages/" + net::percent_encoded(id) + (options.current ? "/reprocess" : "/again"), body);
        const bool one_of_many = options.id.empty();
        if (!answer && one_of_many && answer.error().code == ErrorCode::api_not_found) {
            ++done.removed;
            continue;
        }
        if (!answer) return answer.error();
        if (options.current) print_reprocessed(out, id, *answer);
        count(*answer, done);
    }
    return {};
}

bool narrows(const QueryValues& filters) {
    return std::any_of(filters.begin(), filters.end(), [](const auto& filter) { return !filter.second.empty(); });
}

}  // namespace

int run_reprocess(const ApiClient& api, const ReprocessOptions& options, std::ostream& out, std::ostream& err) {
    if (options.id.empty() && !narrows(options.list.filters))
        return fail({ErrorCode::usage, "which messages: a number, or what to search for", {}}, err);
    std::vector<std::string> ids{options.id};
    MessageList list(api, options.list, err);
    if (options.id.empty()) {
        if (const auto read = list.read(); !read) return fail(read.error(), err);
        ids = list.oldest_first();
    }
    if (options.preview && !options.current) {
        if (options.id.empty()) list.print(out);
        out << "preview: " << ids.size() << " messages, nothing was sent\n";
        return 0;
    }
    SentAgain done;
    const std::string what = options.preview ? "preview: " : "reprocess: ";
    if (const auto sent = send_again(api, ids, options, out, done); !sent) {
        out << what << done.messages << " of " << ids.size() << " messages, then it failed\n";
        return fail(sent.error(), err);
    }
    out << what << done.messages << " messages, " << done.deliveries << " deliveries";
    if (done.failed > 0) out << ", " << done.failed << " refused";
    if (options.preview) out << ", nothing was done";
    if (done.removed > 0) out << "; of " << done.removed << " the content was removed by retention";
    out << "\n";
    return 0;
}

int run_messages(const ApiClient& api, const MessagesOptions& options, std::ostream& out, std::ostream& err) {
    MessageList list(api, options, err);
    if (const auto read = list.read(); !read) return fail(read.error(), err);
    options.json ? list.print_json(out) : list.print(out);
    return 0;
}

int run_message_show(const ApiClient& api, const ShowOptions& options, std::ostream& out, std::ostream& err) {
    const auto path = "/api/messages/" + net::percent_encoded(options.id);
    if (options.content) {
        const auto bytes = api.bytes(path + "/content");
        if (!bytes) return fail(bytes.error(), err);
        out << *bytes;
        return 0;
    }
    const auto message = api.get(path);
    if (!message) return fail(message.error(), err);
    if (options.json)
        out << json::serialise(*message, json::Form::pretty) << "\n";
    else
        print(out, *message);
    return 0;
}

}  // namespace gantry
