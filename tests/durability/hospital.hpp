// A hospital information system that loses nothing: several connections, each sending one message after the other. An
// answer that does not come because the connection broke makes it connect again and send the same bytes again, as the
// standard expects of a sender; so does an answer that refuses.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace gantry::durability {

// A message that was accepted (AA).
struct Acknowledged {
    std::string control_id, patient;
    std::string placer;  // of a new order; empty: a change of an earlier one
    std::string message, reply;
};

// An order that opens (NW) or changes (XO) what the placer number names. extra: bytes of a comment.
std::string order_message(const std::string& control, const std::string& patient, const std::string& placer,
                          const std::string& order_control, const std::string& reason, std::size_t extra);

class Hospital {
  public:
    struct Options {
        std::uint16_t port = 0;
        unsigned connections = 6, seed = 1;
        unsigned pause_ms = 10;       // between the messages of one connection, on average
        std::size_t extra_bytes = 0;  // in a comment of each order
    };
    explicit Hospital(const Options& options);
    ~Hospital();

    // Returns when every message that was begun is accepted.
    void stop();
    // The same, but what has no answer yet is given up.
    void abandon();

    // So far. refused: answers that were no AA; wordless: those of them without an AR, AE, CR or CE, an ERR and a
    // sentence.
    std::uint64_t accepted() const { return accepted_; }
    std::uint64_t refused() const { return refused_; }
    std::uint64_t wordless() const { return wordless_; }
    std::string last_refusal() const;

    // After stop() or abandon().
    const std::vector<Acknowledged>& journal() const { return journal_; }
    // Messages that were sent again because their answer did not come; answers that differ from the first AA to the
    // same bytes.
    std::uint64_t resent() const { return resent_; }
    std::uint64_t contradicted() const { return contradicted_; }

  private:
    class Desk;
    void work(unsigned number);
    void file(Acknowledged entry);
    void refused(const std::string& reply);

    Options options_;
    std::atomic<bool> stopping_{false}, abandoned_{false};
    std::atomic<std::uint64_t> resent_{0}, contradicted_{0}, accepted_{0}, refused_{0}, wordless_{0};
    mutable std::mutex mutex_;
    std::vector<Acknowledged> journal_;
    std::string last_refusal_;
    std::vector<std::thread> threads_;
};

}  // namespace gantry::durability
