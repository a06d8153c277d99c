#include "engine/alarms/alarm_worker.hpp"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <utility>

#include "engine/alarms/alarm_mail.hpp"
#include "engine/net/jose.hpp"

namespace gantry::alarms {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds between_looks{60}, between_tries{60};
constexpr std::chrono::milliseconds turn_time{1000};

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// Where it happened: the first name of the configuration in the event.
std::string place_of(const events::View& event) {
    for (const auto* field = event.begin; field != event.end; ++field)
        if (const auto* name = std::get_if<ConfigName>(&field->value)) return name->text();
    return {};
}

net::SmtpServer server_of(const SmtpOptions& options) {
    net::SmtpServer out;
    out.host = options.host;
    out.port = static_cast<std::uint16_t>(options.port);
    out.security = options.security;
    out.tls = std::make_shared<net::TlsClient>(options.tls);
    out.user = options.user;
    out.password = options.password;
    return out;
}

}  // namespace

AlarmWorker::AlarmWorker(const AlarmOptions& options, Queues queues, const Clock& clock, const Zone& zone,
                         events::Sink& log)
    : options_(options),
      queues_(std::move(queues)),
      clock_(clock),
      zone_(zone),
      log_(log),
      server_(server_of(options.smtp)),
      board_(options.rules()),
      thread_([this] { run(); }) {
    ::pthread_setname_np(thread_.native_handle(), "gantry-alarms");
}

void AlarmWorker::emit(const events::View& event) noexcept {
    const auto name = event.name.text();
    const bool away = name == "destination_away", back = name == "destination_back";
    if (event.level != events::Level::error && !away && !back) return;
    try {
        const auto place = place_of(event);
        const auto at = clock_.now();
        const std::lock_guard lock(mutex_);
        if (away)
            board_.note_away(place, at);
        else if (back)
            board_.note_back(place, at);
        else
            board_.note(std::string(name), place, std::string(event.sentence.text()), 1, at);
    } catch (const std::exception&) {
        // Out of memory: it is in the log.
    }
}

void AlarmWorker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        stop_.request_stop();
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void AlarmWorker::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            if (changed_.wait_for(lock, turn_time, [&] { return stopping_; })) return;
        }
        try {
            turn();
        } catch (const std::exception&) {
            // Out of memory: there will be another turn.
        }
    }
}

void AlarmWorker::turn() {
    const auto at = Steady::now();
    if (!looked_ || at - *looked_ >= between_looks) {
        looked_ = at;
        if (const auto oldest = queues_()) {
            const std::lock_guard lock(mutex_);
            board_.note_queues(*oldest, clock_.now());
        }
    }
    if (failed_ && at - *failed_ < between_tries) return;
    std::vector<Alarm> alarms;
    {
        const std::lock_guard lock(mutex_);
        alarms = board_.due(clock_.now());
    }
    if (alarms.empty()) return;
    if (tell(alarms)) return failed_.reset();
    failed_ = Steady::now();
    const std::lock_guard lock(mutex_);
    board_.give_back(alarms);
}

bool AlarmWorker::tell(const std::vector<Alarm>& alarms) {
    const auto host = host_name();
    auto mail = alarm_mail(alarms, host, clock_.now(), zone_);
    mail.from = options_.from;
    mail.to = options_.to;
    mail.id = net::random_id() + "@" + (host.empty() ? "gantry" : host);
    const auto sent = net::send_mail(server_, mail, options_.smtp.timeout, stop_.get_token());
    const bool before = std::exchange(unsent_, !sent.ok());
    if (sent)
        events::emit(log_, "alarms_sent", events::Level::info, "alarms were mailed",
                     {{"alarms", static_cast<std::int64_t>(alarms.size())}});
    else if (!before)
        events::emit(log_, "alarms_unsent", events::Level::warning,
                     "alarms could not be mailed; they are tried again as long as the engine runs",
                     {{"error", sent.error().code}, {"server", ConfigName(options_.smtp.host)}});
    return sent.ok();
}

}  // namespace gantry::alarms
