#include "engine/main/send.hpp"

#include <unistd.h>

#include <fstream>
#include <future>
#include <sstream>

#include "engine/hl7/ack.hpp"
#include "engine/hl7/mllp.hpp"
#include "engine/net/client.hpp"
#include "engine/net/socket.hpp"
#include "engine/net/socket_stream.hpp"

namespace gantry {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// Answers every message with one code; closes after `most` of them.
class Receiver {
  public:
    explicit Receiver(hl7::AcknowledgmentCode code, int most = 1'000'000)
        : listener_(std::move(*net::listen_on("127.0.0.1", 0))), code_(code), most_(most) {
        thread_ = std::thread([this] { accept(); });
    }
    ~Receiver() {
        stopping_ = true;
        thread_.join();
        for (auto& peer : peers_) peer.wait();
    }
    std::uint16_t port() const { return net::local_port(listener_.get()); }

  private:
    void accept() {
        while (!stopping_) {
            if (!net::wait_for(listener_.get(), 1 /* POLLIN */, net::now() + milliseconds(20))) continue;
            net::SocketAddress address;
            net::Fd fd(::accept4(listener_.get(), address.raw(), address.size(), SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (!fd) continue;
            auto stream = std::make_shared<net::SocketStream>(net::Accepted{std::move(fd), address.peer(), true, {}});
            peers_.push_back(std::async(std::launch::async, [this, stream] { serve(*stream); }));
        }
    }

    void serve(ByteStream& stream) {
        hl7::MllpDecoder decoder;
        char buffer[4096];
        while (!stopping_) {
            const auto got = stream.read(buffer, sizeof buffer, milliseconds(50));
            if (!got && got.error().code == ErrorCode::net_timeout) continue;
            if (!got || *got == 0) return;
            decoder.feed({buffer, *got});
            while (const auto frame = decoder.next()) {
                if (most_-- <= 0) return stream.shut_down();
                hl7::Reply reply;
                reply.code = code_;
                const auto answer = hl7::mllp_frame(hl7::acknowledge(hl7::read_ack_context(frame->content), reply));
                (void)stream.write(answer.data(), answer.size(), milliseconds(1000)).ok();
            }
        }
    }

    net::Fd listener_;
    hl7::AcknowledgmentCode code_;
    std::atomic<int> most_;
    std::atomic<bool> stopping_ = false;
    std::vector<std::future<void>> peers_;
    std::thread thread_;
};

struct Sending {
    Sending() : directory(fs::temp_directory_path() / ("gantry_send_" + std::to_string(::getpid()))) {
        fs::create_directories(directory);
        std::ofstream(directory / "a.hl7") << "MSH|^~\\&|HIS|H|G|R|20261123||ORM^O01|M1|P|2.3.1\nPID|1||S1\n";
        options.host = "127.0.0.1";
        options.files = {directory / "a.hl7"};
        options.timeout = milliseconds(5000);
    }
    ~Sending() { fs::remove_all(directory); }
    int run(std::uint16_t port) {
        options.port = port;
        return run_send(options, out, err);
    }

    fs::path directory;
    SendOptions options;
    std::ostringstream out, err;
};

BOOST_FIXTURE_TEST_SUITE(sending, Sending)

BOOST_AUTO_TEST_CASE(shows_the_answer) {
    Receiver receiver(hl7::AcknowledgmentCode::AA);
    BOOST_TEST(run(receiver.port()) == 0);
    BOOST_TEST(out.str().find("\nMSA|AA|M1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_exit_code_1) {
    Receiver receiver(hl7::AcknowledgmentCode::AE);
    BOOST_TEST(run(receiver.port()) == 1);
}

BOOST_AUTO_TEST_CASE(no_connection_is_exit_code_74) {
    const auto free_port = [] { return net::local_port(net::listen_on("127.0.0.1", 0)->get()); }();
    BOOST_TEST(run(free_port) == 74);
    BOOST_TEST(err.str().find("gantry send: ") == 0);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_exit_code_74) {
    options.files = {directory / "b.hl7"};
    BOOST_TEST(run(1) == 74);
}

BOOST_AUTO_TEST_CASE(repeats_over_several_connections_and_keeps_a_journal) {
    Receiver receiver(hl7::AcknowledgmentCode::AA);
    options.repeat = 200;
    options.connections = 3;
    options.start = 7;
    options.journal = directory / "journal";
    BOOST_TEST(run(receiver.port()) == 0);
    BOOST_TEST(out.str().find("AA 200, AE 0, AR 0") != std::string::npos);
    std::ifstream journal(options.journal);
    std::set<std::string> serials;
    for (std::string line; std::getline(journal, line);) serials.insert(line.substr(line.find('-') + 1));
    BOOST_TEST(serials.size() == 200);
    BOOST_TEST(serials.count("7") == 1);
    BOOST_TEST(serials.count("206") == 1);
}

BOOST_AUTO_TEST_CASE(a_rate_is_kept) {
    Receiver receiver(hl7::AcknowledgmentCode::AA);
    options.repeat = 20;
    options.connections = 2;
    options.rate = 100;
    const auto begin = net::now();
    BOOST_TEST(run(receiver.port()) == 0);
    BOOST_TEST((net::now() - begin >= milliseconds(185)));
}

BOOST_AUTO_TEST_CASE(a_connection_lost_under_way_is_exit_code_74) {
    Receiver receiver(hl7::AcknowledgmentCode::AA, 5);
    options.repeat = 20;
    options.json = true;
    BOOST_TEST(run(receiver.port()) == 74);
    BOOST_TEST(out.str().find("\"AA\": 5") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
