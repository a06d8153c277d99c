// Both ends of an MLLP source: an intake that is answered by the test, and a blocking peer on loopback.
#pragma once
#include <sys/socket.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "engine/hl7/mllp.hpp"
#include "engine/net/client.hpp"
#include "engine/net/tls.hpp"
#include "engine/runtime/ports.hpp"

namespace gantry::channels::testing {

// Only the limit of a test that has gone wrong; nothing is measured by it.
inline constexpr std::chrono::milliseconds patience{20'000};

// Takes messages and lets the test answer them, one after the other.
class ScriptedIntake final : public runtime::Intake {
  public:
    Submitted submit(const std::shared_ptr<const runtime::Mapper>& mapper, runtime::Inbound&& message,
                     std::uint64_t lane, runtime::Done done) override {
        const std::lock_guard lock(mutex_);
        if (says_ != Submitted::taken) return says_;
        if (room_for_ == 0) return Submitted::full;
        --room_for_;
        taken_.push_back(std::move(message));
        lanes_.push_back(lane);
        mappers_.push_back(mapper);
        waiting_.push_back(std::move(done));
        changed_.notify_all();
        return Submitted::taken;
    }
    void when_room(std::function<void()> call) override {
        const std::lock_guard lock(mutex_);
        room_calls_.push_back(std::move(call));
        changed_.notify_all();
    }

    void say(Submitted answer) {
        const std::lock_guard lock(mutex_);
        says_ = answer;
    }
    void be_full_after(std::size_t messages) {
        const std::lock_guard lock(mutex_);
        room_for_ = messages;
    }
    // Waits until somebody wants to hear of room, and tells so.
    void make_room() {
        std::vector<std::function<void()>> calls;
        {
            std::unique_lock lock(mutex_);
            BOOST_REQUIRE(changed_.wait_for(lock, patience, [&] { return !room_calls_.empty(); }));
            says_ = Submitted::taken;
            room_for_ = std::size_t(-1);
            calls.swap(room_calls_);
        }
        for (auto& call : calls) call();
    }
    std::vector<runtime::Inbound> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        BOOST_REQUIRE(changed_.wait_for(lock, patience, [&] { return taken_.size() >= count; }));
        return taken_;
    }
    std::vector<std::uint64_t> lanes() const {
        const std::lock_guard lock(mutex_);
        return lanes_;
    }
    std::vector<std::shared_ptr<const runtime::Mapper>> mappers() const {
        const std::lock_guard lock(mutex_);
        return mappers_;
    }
    // Answers the oldest message without an answer, once it is there.
    void answer(const std::string& reply) { answer(reply, false); }
    void answer_durably(const std::string& reply) { answer(reply, true); }
    // Takes nothing more and answers what it has, so that whoever waits for it can end.
    void let_go() {
        std::deque<runtime::Done> open;
        {
            const std::lock_guard lock(mutex_);
            says_ = Submitted::stopping;
            open.swap(waiting_);
        }
        for (auto& done : open) done({});
    }

  private:
    void answer(const std::string& reply, bool durable) {
        runtime::Done done;
        {
            std::unique_lock lock(mutex_);
            BOOST_REQUIRE(changed_.wait_for(lock, patience, [&] { return !waiting_.empty(); }));
            done = std::move(waiting_.front());
            waiting_.pop_front();
        }
        store::Committed committed;
        committed.reply = reply;
        committed.durable = durable;
        done(std::move(committed));
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Submitted says_ = Submitted::taken;
    std::size_t room_for_ = std::size_t(-1);  // so many more messages
    std::vector<runtime::Inbound> taken_;
    std::vector<std::uint64_t> lanes_;
    std::vector<std::shared_ptr<const runtime::Mapper>> mappers_;
    std::deque<runtime::Done> waiting_;
    std::vector<std::function<void()>> room_calls_;
};

class Sender {
  public:
    explicit Sender(std::uint16_t port, net::TlsClient* tls = nullptr) {
        auto stream = net::connect(tls, "127.0.0.1", port, patience);
        BOOST_REQUIRE(stream.ok());
        stream_ = std::move(*stream);
    }
    void send_raw(std::string_view bytes) { BOOST_REQUIRE(stream_->write(bytes.data(), bytes.size(), patience).ok()); }
    void send(std::string_view message) { send_raw(hl7::mllp_frame(message)); }
    void half_close() { ::shutdown(stream_->descriptor(), SHUT_WR); }

    // The next frame; empty: the engine closed.
    std::string receive() {
        for (;;) {
            if (auto frame = decoder_.next()) return frame->content;
            std::array<char, 4096> piece;
            const auto got = stream_->read(piece.data(), piece.size(), patience);
            if (!got) BOOST_REQUIRE(got.error().code != ErrorCode::net_timeout);
            if (!got || *got == 0) return {};
            decoder_.feed({piece.data(), *got});
        }
    }

  private:
    std::unique_ptr<ByteStream> stream_;
    hl7::MllpDecoder decoder_;
};

}  // namespace gantry::channels::testing
