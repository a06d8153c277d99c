#include "engine/runtime/intake_pipeline.hpp"

#include <pthread.h>

namespace gantry::runtime {
namespace {

void name_thread(std::thread& thread, const char* name) {
    pthread_setname_np(thread.native_handle(), name);
}

}  // namespace

IntakePipeline::IntakePipeline(const std::vector<store::Intake*>& intakes, const Options& options, Observer committed)
    : options_(options), committed_(std::move(committed)) {
    for (auto* intake : intakes) {
        auto& committer = *committers_.emplace_back(std::make_unique<Committer>(intake, options.waiting * 2));
        committer.thread = std::thread([this, &committer] { commit(committer); });
        name_thread(committer.thread, "committer");
    }
    for (std::size_t i = 0; i < options.interpreters; ++i) {
        auto& lane = *lanes_.emplace_back(std::make_unique<BoundedQueue<Raw>>(options.waiting * 2));
        name_thread(interpreters_.emplace_back([this, &lane] { interpret(lane); }), "interpreter");
    }
}

IntakePipeline::~IntakePipeline() {
    drain();
}

bool IntakePipeline::full() const {
    const auto waiting = waiting_.load(std::memory_order_relaxed);
    // One message larger than the whole budget must still pass, alone.
    return waiting >= options_.waiting ||
           (waiting > 0 && waiting_bytes_.load(std::memory_order_relaxed) >= options_.waiting_bytes);
}

Intake::Submitted IntakePipeline::submit(const std::shared_ptr<const Mapper>& mapper, Inbound&& message,
                                         std::uint64_t lane, Done done) {
    if (stopping_) return Submitted::stopping;
    if (full()) return Submitted::full;
    const auto bytes = message.bytes.size();
    waiting_.fetch_add(1, std::memory_order_relaxed);
    waiting_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    if (lanes_[lane % lanes_.size()]->push({mapper, std::move(message), std::move(done), lane}))
        return Submitted::taken;
    release(1, bytes);
    return Submitted::stopping;
}

Intake::Submitted IntakePipeline::submit(const std::shared_ptr<const Mapper>& mapper, store::Unit&& unit,
                                         std::uint64_t lane, Done done) {
    if (stopping_) return Submitted::stopping;
    if (full()) return Submitted::full;
    const auto bytes = unit.content.size();
    waiting_.fetch_add(1, std::memory_order_relaxed);
    waiting_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    store::prepare(unit);
    if (committers_[lane % committers_.size()]->ready.push({std::move(unit), mapper, std::move(done)}))
        return Submitted::taken;
    release(1, bytes);
    return Submitted::stopping;
}

void IntakePipeline::when_room(std::function<void()> call) {
    {
        const std::lock_guard lock(room_mutex_);
        room_calls_.push_back(std::move(call));
    }
    // Room may have come between the refusal and this call, with nobody left to tell.
    if (!full()) release(0, 0);
}

void IntakePipeline::release(std::size_t messages, std::size_t bytes) {
    waiting_.fetch_sub(messages, std::memory_order_relaxed);
    waiting_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    std::vector<std::function<void()>> calls;
    {
        const std::lock_guard lock(room_mutex_);
        if (full()) return;
        calls.swap(room_calls_);
    }
    for (auto& call : calls) call();
}

void IntakePipeline::interpret(BoundedQueue<Raw>& from) {
    for (auto batch = from.take(16); !batch.empty(); batch = from.take(16)) {
        for (auto& raw : batch) {
            auto unit = raw.mapper->interpret(std::move(raw.message));
            store::prepare(unit);
            committers_[raw.lane % committers_.size()]->ready.push(
                {std::move(unit), std::move(raw.mapper), std::move(raw.done)});
        }
    }
}

void IntakePipeline::commit(Committer& committer) {
    auto& ready_units = committer.ready;
    for (auto batch = ready_units.take(options_.batch); !batch.empty(); batch = ready_units.take(options_.batch)) {
        std::vector<store::Unit> units;
        units.reserve(batch.size());
        std::size_t bytes = 0;
        for (auto& ready : batch) {
            bytes += ready.unit.content.size();
            units.push_back(std::move(ready.unit));
        }
        if (options_.before) options_.before(units);
        auto results = committer.store->commit(units);
        committed_(units, results);
        for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(results[i]));
        release(batch.size(), bytes);
    }
}

void IntakePipeline::drain() {
    stopping_ = true;
    for (auto& lane : lanes_) lane->close();
    for (auto& thread : interpreters_) {
        if (thread.joinable()) thread.join();
    }
    for (auto& committer : committers_) {
        committer->ready.close();
        if (committer->thread.joinable()) committer->thread.join();
    }
}

}  // namespace gantry::runtime
