// The messages of one file on their way through the intake, in their order, and what has become of them.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "channels/sources/bell.hpp"
#include "channels/sources/file_content.hpp"
#include "channels/sources/file_report.hpp"
#include "engine/runtime/current_mapper.hpp"

namespace gantry::channels {

// One thread; the intake calls back on others.
class FileSubmission {
  public:
    struct Way {
        runtime::Intake& intake;
        const runtime::CurrentMapper& mapper;
        std::uint64_t lane = 0;
        std::string peer;
        std::size_t in_flight = 1;  // messages that are submitted before the first of them is answered
        bool keep_acknowledgments = false;
    };
    // content, intake and mapper must outlive it.
    FileSubmission(const FileContent& content, Way way, std::shared_ptr<Bell> bell);

    // Submits what is not stored yet, and waits until everything submitted is answered. stored: all of it is durable.
    // not_stored: the store could not take one; none after it was submitted once that was known; to be called again
    // later. stopped: so was the bell, or the intake.
    enum class End : std::uint8_t { stored, not_stored, stopped };
    End run(Instant received);

    // Between the runs.
    std::size_t stored() const;  // messages that are durable, refused ones among them
    std::size_t taken() const;   // those that were not refused
    const FileReport& report() const;
    const std::vector<std::string>& acknowledgments() const;

  private:
    enum class Fate : std::uint8_t { open, taken, refused };
    struct State;  // guarded by the bell's mutex while a run lasts
    bool is_open(std::size_t message) const;
    End wait_for_turn();
    End submit(std::size_t message, Instant received);
    bool wait_for_room();
    End wait_for_answers(End end);
    std::size_t count(Fate fate) const;

    const FileContent& content_;
    const Way way_;
    std::shared_ptr<Bell> bell_;
    std::shared_ptr<State> state_;
};

}  // namespace gantry::channels
