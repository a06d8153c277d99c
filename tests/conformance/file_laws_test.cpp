// What destinations that write files promise where there is no network to fail: a disk that is full, a place that is
// missing or cannot be written, a crash between writing and recording.
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "tests/channels/destinations/destination_parts.hpp"
#include "tests/conformance/destination_setup.hpp"
#include "tests/engine/store/temporary_directory.hpp"

using namespace gantry;
using namespace gantry::conformance;
namespace fs = std::filesystem;

namespace {

std::string message(const std::string& id, std::size_t more = 0) {
    return "MSH|^~\\&|A|B|C|D|20261123||ORM^O01|" + id + "|P|2.5.1\rPID|1||4711^^^HOSP\rNTE|1||" +
           std::string(more, 'x') + "\xe4\xff\r";
}

// For as long as it lives no file may be longer, as on a disk that has no more room.
class LittleRoom {
  public:
    explicit LittleRoom(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{bytes, before_.rlim_max};
        before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~LittleRoom() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, before_handler_);
    }
    LittleRoom(const LittleRoom&) = delete;
    LittleRoom& operator=(const LittleRoom&) = delete;

  private:
    rlimit before_{};
    void (*before_handler_)(int) = SIG_DFL;
};

class Outbox {
  public:
    explicit Outbox(const DestinationSetup& setup) : setup_(setup), destination_(make()) {}

    std::string deliver(std::int64_t number, const std::string& payload) {
        store::DeliveryWork work;
        work.id = DeliveryId{number};
        work.payload = payload;
        const auto answer = destination_->deliver(work);
        BOOST_TEST(answer.detail.find("4711") == std::string::npos, "patient data in: " << answer.detail);
        return channels::testing::word(answer);
    }
    void begin_again() { destination_ = make(); }
    bool is_of_this_machine() const { return setup_.with.empty(); }
    fs::path place() const { return data_.path() / "outbox"; }
    // Of all files there, whatever their names.
    std::vector<std::string> contents() const {
        std::vector<std::string> out;
        std::error_code missing;
        for (const auto& entry : fs::directory_iterator(place(), missing)) {
            std::ifstream in(entry.path(), std::ios::binary);
            out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        }
        std::sort(out.begin(), out.end());
        return out;
    }

  private:
    std::unique_ptr<runtime::Destination> make() { return make_destination(setup_, 0, "20s", data_.path()); }

    const DestinationSetup& setup_;
    store::testing::TemporaryDirectory data_;
    std::unique_ptr<runtime::Destination> destination_;
};

using Contents = std::vector<std::string>;

void for_every_writer(const std::function<void(Outbox&)>& law) {
    for (const auto& setup : destination_setups) {
        if (setup.over_tcp || !is_usable(setup.with)) continue;
        BOOST_TEST_CONTEXT("destination " << setup.kind << " " << setup.with) {
            Outbox outbox(setup);
            law(outbox);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file_laws)

BOOST_AUTO_TEST_CASE(what_is_delivered_is_there_byte_for_byte_and_once) {
    for_every_writer([](auto& outbox) {
        for (int life = 0; life < 2; ++life) {
            BOOST_TEST(outbox.deliver(1, message("M1")) == "delivered");
            BOOST_TEST(outbox.deliver(2, message("M2", 100'000)) == "delivered");
            outbox.begin_again();
        }
        BOOST_CHECK(outbox.contents() == (Contents{message("M1"), message("M2", 100'000)}));
    });
}

// The limit is one of this program, and not of a server (tests/channels/destinations/sftp_destination_test.cpp has
// that).
BOOST_AUTO_TEST_CASE(a_full_disk_leaves_nothing_and_is_got_over) {
    for_every_writer([](auto& outbox) {
        if (!outbox.is_of_this_machine()) return;
        BOOST_TEST(outbox.deliver(1, message("M1")) == "delivered");
        for (const rlim_t room : {0, 1, 4096}) {
            const LittleRoom little(room);
            BOOST_TEST(outbox.deliver(2, message("M2", 100'000)) == "retry");
            BOOST_TEST(outbox.contents().size() == 1u);
        }
        BOOST_TEST(outbox.deliver(2, message("M2", 100'000)) == "delivered");
        BOOST_CHECK(outbox.contents() == (Contents{message("M1"), message("M2", 100'000)}));
    });
}

BOOST_AUTO_TEST_CASE(a_place_that_is_gone_is_made_again) {
    for_every_writer([](auto& outbox) {
        BOOST_TEST(outbox.deliver(1, message("M1")) == "delivered");
        fs::remove_all(outbox.place());
        BOOST_TEST(outbox.deliver(2, message("M2")) == "delivered");
        BOOST_CHECK(outbox.contents() == Contents{message("M2")});
    });
}

// Permissions stop no test that runs as root; a file and a loop of links stop everybody.
BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_tried_again_and_got_over) {
    for_every_writer([](auto& outbox) {
        std::ofstream(outbox.place()) << "a file where the directory should be";
        BOOST_TEST(outbox.deliver(1, message("M1")) == "retry");
        fs::remove(outbox.place());
        fs::create_symlink(outbox.place(), outbox.place());
        BOOST_TEST(outbox.deliver(1, message("M1")) == "retry");
        fs::remove(outbox.place());
        BOOST_TEST(outbox.deliver(1, message("M1")) == "delivered");
        BOOST_CHECK(outbox.contents() == Contents{message("M1")});
    });
}

BOOST_AUTO_TEST_SUITE_END()
