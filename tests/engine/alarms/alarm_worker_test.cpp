#include "engine/alarms/alarm_worker.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/net/base64.hpp"
#include "tests/support/mail_server.hpp"

namespace gantry::alarms {
namespace {

using gantry::testing::MailServer;

AlarmOptions options_for(std::uint16_t port) {
    AlarmOptions out;
    out.smtp.host = "127.0.0.1";
    out.smtp.port = port;
    out.smtp.security = net::SmtpSecurity::none;
    out.from = "gantry@a.example";
    out.to = {"ops@b.example"};
    return out;
}

// Waits for events by name.
class Listening final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override {
        const std::lock_guard lock(mutex_);
        seen_.append(event.name.text()).append("\n");
        changed_.notify_all();
    }
    bool wait_for(const std::string& name) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return seen_.find(name) != seen_.npos; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string seen_;
};

void emit_dead(events::Sink& sink) {
    events::emit(sink, "delivery_dead", events::Level::error, "a delivery was given up and needs a person",
                 {{"destination", ConfigName("orders/ris")}});
}

std::optional<std::map<std::string, Instant>> no_queues() {
    return std::map<std::string, Instant>();
}

bool tells(const std::string& mail, const std::string& text) {
    // 76 characters of base64 are 57 bytes; the lines are put together again.
    const auto body = mail.find("\n\n");
    std::string whole;
    for (const char c : mail.substr(body + 2))
        if (c != '\n' && c != '.') whole.push_back(c);
    for (std::size_t shift = 0; shift < 3; ++shift) {
        const auto encoded = net::base64url(std::string(shift, ' ') + text);
        // Whole groups of the text alone.
        const std::size_t from = shift == 0 ? 0 : 4, size = (encoded.size() - from) / 4 * 4 - 4;
        if (whole.find(encoded.substr(from, size)) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(alarm_worker)

BOOST_AUTO_TEST_CASE(an_error_is_mailed_and_a_warning_is_not) {
    const FixedClock clock{Instant{1'795'424'400'000'000}};
    const Zone zone("UTC");
    MailServer mails;
    Listening log;
    AlarmWorker worker(options_for(mails.port()), no_queues, clock, zone, log);
    events::emit(worker, "file_waits", events::Level::warning, "a file waits", {{"channel", ConfigName("files")}});
    for (int i = 0; i < 5; ++i) emit_dead(worker);
    const auto got = mails.wait_for(1);
    BOOST_REQUIRE(got.size() == 1u);
    BOOST_TEST(got[0].find(": delivery_dead orders/ris\n") != std::string::npos, got[0]);
    BOOST_TEST(tells(got[0], "a delivery was given up and needs a person"), got[0]);
    BOOST_TEST(log.wait_for("alarms_sent"));
}

BOOST_AUTO_TEST_CASE(an_old_queue_is_mailed) {
    const FixedClock clock{Instant{1'795'424'400'000'000}};
    const Zone zone("UTC");
    MailServer mails;
    AlarmWorker worker(
        options_for(mails.port()),
        [&]() -> std::optional<std::map<std::string, Instant>> {
            return std::map<std::string, Instant>{{"orders/pacs", {clock.now().micros - 7'200'000'000}}};
        },
        clock, zone, events::nowhere());
    const auto got = mails.wait_for(1);
    BOOST_REQUIRE(got.size() == 1u);
    BOOST_TEST(got[0].find(": queue_old orders/pacs\n") != std::string::npos, got[0]);
}

BOOST_AUTO_TEST_CASE(a_mail_server_that_hangs_delays_nobody_and_not_the_end) {
    const FixedClock clock{Instant{1'795'424'400'000'000}};
    const Zone zone("UTC");
    const auto silent = net::listen_on("127.0.0.1", 0);
    BOOST_REQUIRE(silent.ok());
    auto options = options_for(net::local_port(silent->get()));
    options.smtp.timeout = std::chrono::hours(1);
    AlarmWorker worker(options, no_queues, clock, zone, events::nowhere());
    emit_dead(worker);
    // The worker is in the middle of a mail.
    BOOST_REQUIRE(net::wait_for(silent->get(), POLLIN, net::now() + std::chrono::seconds(20)));
    for (int i = 0; i < 100'000; ++i) emit_dead(worker);
    worker.stop();
}

BOOST_AUTO_TEST_CASE(a_mail_server_that_is_not_there_is_told_once) {
    const FixedClock clock{Instant{1'795'424'400'000'000}};
    const Zone zone("UTC");
    Listening log;
    AlarmWorker worker(options_for(1), no_queues, clock, zone, log);
    emit_dead(worker);
    BOOST_TEST(log.wait_for("alarms_unsent"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::alarms
