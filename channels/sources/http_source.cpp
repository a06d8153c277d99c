#include "channels/sources/http_source.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "channels/sources/bell.hpp"
#include "engine/hl7/batch_answer.hpp"
#include "engine/hl7/decode.hpp"

namespace gantry::channels {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

// The name of the specification (2.4), that of its example, and what HAPI sent before.
constexpr std::string_view hl7_types[] = {"x-application/hl7-v2+er7", "application/hl7-v2+er7", "application/hl7-v2"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
    return out;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct ContentType {
    std::string type, charset;  // as the sender writes them; the charset without quotes
};

// RFC 9110, 8.3.1. Nothing: it is not HL7 v2 in vertical bars.
std::optional<ContentType> hl7_type(std::string_view header) {
    ContentType out;
    for (bool first = true; first || !header.empty(); first = false) {
        const auto end = std::min(header.find(';'), header.size());
        auto part = trimmed(header.substr(0, end));
        header.remove_prefix(std::min(end + 1, header.size()));
        if (first) out.type = part;
        if (first || lower(part.substr(0, 8)) != "charset=") continue;
        part = trimmed(part.substr(8));
        if (part.size() > 1 && part.front() == '"' && part.back() == '"') part = part.substr(1, part.size() - 2);
        out.charset = part;
    }
    const auto known = [&](std::string_view type) { return lower(out.type) == type; };
    if (std::none_of(std::begin(hl7_types), std::end(hl7_types), known)) return std::nullopt;
    return out;
}

// The acknowledgment is written around what the sender wrote, so ASCII must be in it.
bool holds_ascii(const std::string& charset) {
    const auto name = lower(charset);
    const bool wide = name.find("utf-16") != std::string::npos || name.find("utf16") != std::string::npos ||
                      name.find("utf-32") != std::string::npos || name.find("utf32") != std::string::npos;
    return charset.empty() || (!wide && hl7::is_known_charset(charset));
}

net::HttpResponse not_now(ErrorCode code, std::string detail) {
    auto out = net::http_error({code, std::move(detail), {}});
    out.headers.emplace_back("Retry-After", "5");
    return out;
}

// What the thread of a request and the committer share.
struct Answers {
    explicit Answers(std::size_t messages) : texts(messages), open(messages) {}
    Bell bell;
    std::vector<std::string> texts;
    std::size_t open;
    bool lost = false, room = false;  // lost: one was not stored
};

std::string wrong_path(const HttpSourceOptions& options) {
    const auto& path = options.path;
    const bool plain = path.find_first_of("{}*?#% ") == std::string::npos;
    return !path.empty() && path.front() == '/' && plain ? ""
                                                         : "a path begins with / and has none of { } * ? # % in it";
}

}  // namespace

// What answers requests. Any thread.
class HttpSource::Session {
  public:
    Session(HttpSourceOptions options, ConfigName channel, runtime::Intake& intake,
            std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock, events::Sink& sink)
        : options_(std::move(options)),
          channel_(std::move(channel)),
          intake_(intake),
          mapper_(std::move(mapper)),
          clock_(clock),
          sink_(sink) {}

    void stop() { stopped_ = true; }

    net::HttpResponse answer(const net::HttpRequest& request) const {
        const auto* header = request.headers.find("Content-Type");
        const auto type = header ? hl7_type(*header) : std::nullopt;
        if (!type) return unknown_type("the content type must be x-application/hl7-v2+er7");
        if (!holds_ascii(type->charset)) return unknown_type("this character set cannot be read; use utf-8");
        if (request.body.empty()) return net::http_error({ErrorCode::http_bad_request, "there is no message", {}});
        return exchange(request, *type);
    }

  private:
    static net::HttpResponse unknown_type(std::string detail) {
        auto out = net::http_error({ErrorCode::http_media_type, std::move(detail), {}});
        out.headers.emplace_back("Accept-Post", std::string(hl7_types[0]));
        return out;
    }

    net::HttpResponse exchange(const net::HttpRequest& request, const ContentType& type) const {
        const auto batch = hl7::split_batch(request.body);
        auto messages = messages_of(request, batch);
        for (auto& message : messages) message.character_set = type.charset;
        const auto limit = std::chrono::steady_clock::now() + options_.commit_timeout;
        const auto answers = std::make_shared<Answers>(messages.size());
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const auto refused = submit(messages[i], i, answers, limit);
            if (refused) return turned_away(*refused);
        }
        if (!committed(*answers, limit))
            return turned_away({ErrorCode::overloaded, "it is not known yet whether the message was stored", {}});
        if (answers->lost) return turned_away({ErrorCode::storage_unavailable, {}, {}});
        const bool several = answers->texts.size() > 1 || (batch.enveloped() && !batch.messages.empty());
        return {200,
                {{"Content-Type", type.type + (type.charset.empty() ? "" : "; charset=" + type.charset)}},
                several ? hl7::BatchAnswer(batch).text(answers->texts) : answers->texts.front()};
    }

    // At least one. A batch that cannot be taken is refused like one message.
    std::vector<runtime::Inbound> messages_of(const net::HttpRequest& request, const hl7::Batch& batch) const {
        const auto one = [&](std::string_view bytes, std::optional<Error> broken = {}) {
            return runtime::Inbound{std::string(bytes), request.peer.text(), clock_.now(), std::move(broken)};
        };
        std::vector<runtime::Inbound> out;
        if (!batch.several())
            out.push_back(one(request.body));
        else if (batch.messages.empty())
            out.push_back(one(request.body, Error{ErrorCode::hl7_not_hl7, "a batch without messages", "MSH"}));
        else if (batch.messages.size() > options_.max_batch)
            out.push_back(one(request.body, Error{ErrorCode::hl7_too_many,
                                                  "more than " + std::to_string(options_.max_batch) + " in one batch",
                                                  {}}));
        else
            for (const auto message : batch.messages) out.push_back(one(message));
        return out;
    }

    // Nothing: it was taken. A request whose first message finds no room is turned away at once; the rest of a batch
    // waits for it.
    std::optional<Error> submit(const runtime::Inbound& message, std::size_t number,
                                const std::shared_ptr<Answers>& answers, TimePoint limit) const {
        using Submitted = runtime::Intake::Submitted;
        const auto lane = std::hash<std::string>()(message.peer);  // that of one connection
        for (;;) {
            if (stopped_) return Error{ErrorCode::overloaded, "the channel ends", {}};
            auto copy = message;
            const auto submitted =
                intake_.submit(mapper_->get(), std::move(copy), lane, [answers, number](store::Committed done) {
                    answers->bell.ring([&] {
                        answers->lost |= !done.durable;
                        answers->texts[number] = std::move(done.reply);
                        --answers->open;
                    });
                });
            if (submitted == Submitted::taken) return std::nullopt;
            if (submitted == Submitted::stopping) return Error{ErrorCode::overloaded, "the engine ends", {}};
            if (number == 0 || !room(answers, limit)) return Error{ErrorCode::overloaded, {}, {}};
        }
    }

    bool room(const std::shared_ptr<Answers>& answers, TimePoint limit) const {
        answers->bell.ring([&] { answers->room = false; });
        intake_.when_room([answers] { answers->bell.ring([&] { answers->room = true; }); });
        std::unique_lock lock(answers->bell.mutex);
        return answers->bell.rung.wait_until(lock, limit, [&] { return answers->room; });
    }

    static bool committed(Answers& answers, TimePoint limit) {
        std::unique_lock lock(answers.bell.mutex);
        return answers.bell.rung.wait_until(lock, limit, [&] { return answers.open == 0; });
    }

    net::HttpResponse turned_away(Error why) const {
        events::emit(sink_, "http_turned_away", events::Level::debug,
                     "a request was answered with 503, so that its sender comes again",
                     {{"channel", channel_}, {"error", why.code}});
        return not_now(why.code, std::move(why.detail));
    }

    const HttpSourceOptions options_;
    const ConfigName channel_;
    runtime::Intake& intake_;
    const std::shared_ptr<const runtime::CurrentMapper> mapper_;
    const Clock& clock_;
    events::Sink& sink_;
    std::atomic<bool> stopped_ = false;
};

const settings::Schema<HttpSourceOptions>& http_source_schema() {
    using Options = HttpSourceOptions;
    static const auto schema = [] {
        settings::Schema<Options> out("http",
                                      "HL7 v2 over HTTP: each POST is answered after the commit of its message.");
        declare_place(out);
        out.option("path", &Options::path, "where messages are posted to")
            .example("\"/orders\"")
            .check(wrong_path)
            .option("max_message", &Options::max_message, "a longer request is answered with 413")
            .range(settings::ByteSize{1024}, settings::ByteSize{1u << 30})
            .option("max_batch", &Options::max_batch, "messages in one request; a longer batch is refused as a whole")
            .range(1, 100'000)
            .option("request_timeout", &Options::request_timeout,
                    "a request that was begun must be complete after this")
            .range(std::chrono::milliseconds(100), std::chrono::hours(1))
            .option("commit_timeout", &Options::commit_timeout,
                    "a request whose messages are not committed after this is answered with 503")
            .range(std::chrono::milliseconds(100), std::chrono::hours(1))
            .option("max_requests", &Options::max_requests,
                    "answered at once, each with a thread; further ones get 503")
            .range(1, 10'000);
        declare_limits(out);
        return out;
    }();
    return schema;
}

HttpSource::HttpSource(ConfigName channel, HttpSourceOptions options, net::Lobby& lobby, runtime::Intake& intake,
                       std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock, events::Sink& sink)
    : ListeningSource(channel, options, lobby),
      options_(std::move(options)),
      sink_(sink),
      session_(std::make_shared<Session>(options_, std::move(channel), intake, std::move(mapper), clock, sink)) {}

HttpSource::~HttpSource() = default;

net::HttpOptions HttpSource::http_options() const {
    net::HttpOptions out;
    out.request_timeout = options_.request_timeout;
    out.max_body = options_.max_message;
    out.max_threads = options_.max_requests;
    return out;
}

// Needs nothing of the source, as its connections go on without it.
net::HttpRouter HttpSource::router() const {
    net::HttpRouter out;
    out.add("POST", options_.path,
            [session = session_](const net::HttpRequest& request) { return session->answer(request); });
    return out;
}

Result<net::PortId> HttpSource::open() {
    return net::add_http_port(lobby(), port_options(), http_options(), router(), sink_);
}

void HttpSource::go_on(net::PortId port, ListeningSource&) {
    net::replace_http_port(lobby(), port, port_options(), http_options(), router(), sink_);
}

void HttpSource::stop() {
    if (!port()) return;
    lobby().close_port(*port());
    session_->stop();
}

std::string HttpSource::place() const {
    return ListeningSource::place() + options_.path;
}

}  // namespace gantry::channels
