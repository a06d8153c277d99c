#include "channels/sources/file_submission.hpp"

#include <algorithm>

namespace gantry::channels {

struct FileSubmission::State {
    std::vector<Fate> fates;
    std::vector<std::string> acknowledgments;  // empty: they are not kept
    FileReport report;
    std::size_t in_flight = 0;
    bool failed = false, room = false;

    void answered(std::size_t message, store::Committed&& done) {
        --in_flight;
        if (!done.durable) return void(failed = true);
        const bool refused = is_refusal(done);
        fates[message] = refused ? Fate::refused : Fate::taken;
        if (refused) report.refused(message + 1, done);
        if (!acknowledgments.empty()) acknowledgments[message] = std::move(done.reply);
    }
};

FileSubmission::FileSubmission(const FileContent& content, Way way, std::shared_ptr<Bell> bell)
    : content_(content), way_(std::move(way)), bell_(std::move(bell)), state_(std::make_shared<State>()) {
    const auto messages = content.messages().size();
    state_->fates.resize(messages, Fate::open);
    if (way_.keep_acknowledgments) state_->acknowledgments.resize(messages);
}

FileSubmission::End FileSubmission::run(Instant received) {
    state_->failed = false;
    auto end = End::stored;
    for (std::size_t i = 0; i < content_.messages().size() && end == End::stored; ++i) {
        if (!is_open(i)) continue;
        end = wait_for_turn();
        if (end == End::stored) end = submit(i, received);
    }
    return wait_for_answers(end);
}

bool FileSubmission::is_open(std::size_t message) const {
    const std::lock_guard lock(bell_->mutex);
    return state_->fates[message] == Fate::open;
}

FileSubmission::End FileSubmission::wait_for_turn() {
    std::unique_lock lock(bell_->mutex);
    bell_->rung.wait(lock, [&] { return bell_->stopped || state_->failed || state_->in_flight < way_.in_flight; });
    if (state_->failed) return End::not_stored;
    return bell_->stopped ? End::stopped : End::stored;
}

FileSubmission::End FileSubmission::submit(std::size_t message, Instant received) {
    using Submitted = runtime::Intake::Submitted;
    const auto& [bytes, too_large] = content_.messages()[message];
    for (;;) {
        runtime::Inbound inbound{std::string(bytes), way_.peer, received, {}};
        if (too_large) inbound.broken = Error{ErrorCode::net_too_large, {}, {}};
        bell_->ring([&] { ++state_->in_flight; });
        const auto submitted = way_.intake.submit(way_.mapper.get(), std::move(inbound), way_.lane,
                                                  [bell = bell_, state = state_, message](store::Committed done) {
                                                      bell->ring([&] { state->answered(message, std::move(done)); });
                                                  });
        if (submitted == Submitted::taken) return End::stored;
        bell_->ring([&] { --state_->in_flight; });
        if (submitted == Submitted::stopping || !wait_for_room()) return End::stopped;
    }
}

// False: stopped.
bool FileSubmission::wait_for_room() {
    bell_->ring([&] { state_->room = false; });
    way_.intake.when_room([bell = bell_, state = state_] { bell->ring([&] { state->room = true; }); });
    std::unique_lock lock(bell_->mutex);
    bell_->rung.wait(lock, [&] { return bell_->stopped || state_->room; });
    return !bell_->stopped;
}

// However long it takes: the intake answers everything that it took, also when it ends.
FileSubmission::End FileSubmission::wait_for_answers(End end) {
    std::unique_lock lock(bell_->mutex);
    bell_->rung.wait(lock, [&] { return state_->in_flight == 0; });
    return state_->failed && end == End::stored ? End::not_stored : end;
}

std::size_t FileSubmission::count(Fate fate) const {
    return static_cast<std::size_t>(std::count(state_->fates.begin(), state_->fates.end(), fate));
}

std::size_t FileSubmission::stored() const {
    return count(Fate::taken) + count(Fate::refused);
}

std::size_t FileSubmission::taken() const {
    return count(Fate::taken);
}

const FileReport& FileSubmission::report() const {
    return state_->report;
}

const std::vector<std::string>& FileSubmission::acknowledgments() const {
    return state_->acknowledgments;
}

}  // namespace gantry::channels
