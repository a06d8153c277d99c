#include "tests/durability/hospital.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "engine/base/clock.hpp"
#include "engine/hl7/mllp.hpp"
#include "engine/net/client.hpp"

namespace gantry::durability {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience(20'000);
constexpr unsigned patients = 200;  // shared by all connections, so that their orders meet in one record

std::string now_text() {
    static const Zone utc("UTC");
    const auto now = utc.local(SystemClock().now());
    return now.date() + now.time();
}

// Letters that no compression makes much shorter, the same for the same seed.
std::string drawn_text(const std::string& seed, std::size_t size) {
    std::minstd_rand random(static_cast<unsigned>(std::hash<std::string>()(seed)));
    std::string out(size, ' ');
    for (auto& letter : out) letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[random() % 62];
    return out;
}

bool is_accepted(const std::string& reply) {
    return reply.find("\rMSA|AA|") != std::string::npos;
}

}  // namespace

std::string order_message(const std::string& control, const std::string& patient, const std::string& placer,
                          const std::string& order_control, const std::string& reason, std::size_t extra) {
    const auto now = now_text();
    return "MSH|^~\\&|HIS|KILL HOSPITAL|GANTRY|RADIOLOGY|" + now + "||ORM^O01|" + control + "|P|2.3.1\rPID|1||" +
           patient + "^^^KILL^MR||KILL^" + patient + "||19610417|F\rORC|" + order_control + "|" + placer +
           "^HIS|||SC||^^^20301124093000^^R||" + now + "|||D100^ORDERER^OTTO\rOBR|1|" + placer +
           "^HIS||CTABD^CT ABDOMEN^LOCAL|R|||||||||||D100^ORDERER^OTTO||||||||CT|||^^^20301124093000^^R||||^" + reason +
           "\r" + (extra == 0 ? "" : "NTE|1||" + drawn_text(control, extra) + "\r");
}

// MSA-1 says no, and an ERR has a sentence: in ERR-8 since v2.5, in ERR-1 or MSA-3 before.
bool says_why(const std::string& reply) {
    const auto msa = reply.find("\rMSA|");
    if (msa == std::string::npos || reply.find("\rERR|") == std::string::npos) return false;
    const auto code = reply.substr(msa + 5, 3);
    const auto text = reply.find('|', reply.find('|', msa + 5) + 1);
    const bool sentence = text != std::string::npos && text < reply.find('\r', msa + 1) && reply[text + 1] != '\r';
    return sentence && (code == "AR|" || code == "AE|" || code == "CR|" || code == "CE|");
}

// One connection's work.
class Hospital::Desk {
  public:
    Desk(Hospital& hospital, unsigned number)
        : hospital_(hospital),
          name_("K" + std::to_string(hospital.options_.seed) + "-" + std::to_string(number)),
          random_(hospital.options_.seed * 1000 + number) {}

    void next() {
        const auto dice = random_() % 100;
        if (dice < 15 && !mine_.empty())
            repeat(mine_[random_() % mine_.size()]);
        else if (dice < 25 && !mine_.empty())
            send_new(mine_[random_() % mine_.size()], false);
        else
            send_new(
                {{}, "S" + std::to_string(random_() % patients), name_ + "-" + std::to_string(serial_ + 1), {}, {}},
                true);
    }

  private:
    void repeat(const Acknowledged& earlier) {
        const auto reply = exchange(earlier.message);
        if (!reply.empty() && reply != earlier.reply) ++hospital_.contradicted_;
    }

    void send_new(const Acknowledged& order, bool opens) {
        auto entry = order;
        entry.control_id = name_ + "C" + std::to_string(++serial_);
        entry.message = order_message(entry.control_id, order.patient, order.placer, opens ? "NW" : "XO",
                                      "REASON " + std::to_string(serial_), hospital_.options_.extra_bytes);
        entry.reply = exchange(entry.message);
        if (entry.reply.empty()) return;
        if (opens) mine_.push_back(entry);
        if (!opens) entry.placer.clear();
        hospital_.file(std::move(entry));
    }

    // The same bytes until they are accepted; empty: given up.
    std::string exchange(const std::string& message) {
        bool hang_up = random_() % 50 == 0;  // a cable that is pulled between message and answer
        while (!hospital_.abandoned_) {
            auto reply = attempt(message, std::exchange(hang_up, false));
            if (reply && is_accepted(*reply)) {
                ++hospital_.accepted_;
                return std::move(*reply);
            }
            if (reply)
                hospital_.refused(*reply);
            else
                again();
            std::this_thread::sleep_for(milliseconds(reply ? 50 : 5));
        }
        return {};
    }

    void again() {
        ++hospital_.resent_;
        stream_.reset();
    }

    std::optional<std::string> attempt(const std::string& message, bool hang_up) {
        if (!stream_ && !connect()) return std::nullopt;
        const auto frame = hl7::mllp_frame(message);
        if (!stream_->write(frame.data(), frame.size(), patience) || hang_up) return std::nullopt;
        std::array<char, 4096> buffer;
        for (;;) {
            if (auto reply = decoder_.next()) return std::move(reply->content);
            const auto got = stream_->read(buffer.data(), buffer.size(), patience);
            if (!got || *got == 0) return std::nullopt;
            decoder_.feed({buffer.data(), *got});
        }
    }

    bool connect() {
        auto made = net::connect("127.0.0.1", hospital_.options_.port, patience);
        if (!made) return false;
        stream_ = std::move(*made);
        decoder_ = hl7::MllpDecoder();
        return true;
    }

    Hospital& hospital_;
    std::string name_;
    std::minstd_rand random_;
    std::vector<Acknowledged> mine_;
    unsigned serial_ = 0;
    std::unique_ptr<ByteStream> stream_;
    hl7::MllpDecoder decoder_;
};

Hospital::Hospital(const Options& options) : options_(options) {
    for (unsigned number = 0; number < options.connections; ++number)
        threads_.emplace_back([this, number] { work(number); });
}

Hospital::~Hospital() {
    stop();
}

void Hospital::stop() {
    stopping_ = true;
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void Hospital::abandon() {
    abandoned_ = true;
    stop();
}

void Hospital::work(unsigned number) {
    Desk desk(*this, number);
    std::minstd_rand random(number + 1);
    while (!stopping_) {
        desk.next();
        std::this_thread::sleep_for(milliseconds(random() % (2 * options_.pause_ms + 1)));
    }
}

void Hospital::refused(const std::string& reply) {
    ++refused_;
    if (!says_why(reply)) ++wordless_;
    const std::lock_guard lock(mutex_);
    last_refusal_ = reply;
}

std::string Hospital::last_refusal() const {
    const std::lock_guard lock(mutex_);
    return last_refusal_;
}

void Hospital::file(Acknowledged entry) {
    const std::lock_guard lock(mutex_);
    journal_.push_back(std::move(entry));
}

}  // namespace gantry::durability
