// A directory with files in it, and a source that reads them into the real pipeline with a store that does as it is
// told.
#pragma once
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "channels/sources/file_source.hpp"
#include "engine/hl7/header.hpp"
#include "engine/runtime/intake_pipeline.hpp"
#include "tests/channels/sources/mllp_parts.hpp"
#include "tests/engine/store/temporary_directory.hpp"

namespace gantry::channels::testing {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

// Only a test that has gone wrong runs into the limit.
inline void wait_until(const std::function<bool()>& holds) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        BOOST_REQUIRE(std::chrono::steady_clock::now() < limit);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

inline std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

// As a sender does that wants it seen as a whole.
inline void put(const fs::path& path, const std::string& text) {
    const auto aside = path.parent_path() / ("." + path.filename().string() + ".tmp");
    write_file(aside, text);
    fs::rename(aside, path);
}

// Of plain files whose name does not start with a dot, in order.
inline Names names_in(const fs::path& directory) {
    Names out;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(directory, failed)) {
        const auto name = entry.path().filename().string();
        if (entry.is_regular_file(failed) && name.front() != '.') out.push_back(name);
    }
    std::sort(out.begin(), out.end());
    return out;
}

inline std::string message(const std::string& control_id, const std::string& more = {}) {
    return "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123090000||ADT^A08|" + control_id +
           "|P|2.3.1\rPID|1||7^^^H^MR||SMITH^ADA" + more + "\r";
}

inline std::string acknowledgment_of(const std::string& control_id, const std::string& code = "AA") {
    return "MSH|^~\\&|GANTRY|RAD|HIS|HOSP|20261123090001||ACK|R" + control_id + "|P|2.3.1\rMSA|" + code + "|" +
           control_id + "\r";
}

// A message with REFUSE in it is rejected, one with UNABLE is recorded and answered AE. While it is broken, nothing is
// stored.
class TellingStore final : public store::Intake {
  public:
    std::vector<store::Committed> commit(std::span<store::Unit> units) override {
        const std::lock_guard lock(mutex_);
        std::vector<store::Committed> out;
        for (const auto& unit : units) {
            const auto number = control_id(unit.content);
            asked_.push_back(number);
            out.push_back(verdict(unit, number));
            if (!out.back().durable) continue;
            stored_.push_back(number);
            contents_.push_back(unit.content);
            peers_.push_back(unit.peer);
        }
        return out;
    }
    // Of what was stored, in the order of the commits: control ids, contents, peers. Of what was tried: control ids.
    Names stored() const { return copy(stored_); }
    Names contents() const { return copy(contents_); }
    Names peers() const { return copy(peers_); }
    Names asked() const { return copy(asked_); }
    // Stores so many more, and then nothing until it is told otherwise.
    void break_after(std::size_t messages) {
        const std::lock_guard lock(mutex_);
        left_ = messages;
    }
    void mend() { break_after(std::size_t(-1)); }

  private:
    static std::string control_id(const std::string& content) { return hl7::read_header(content).echo(10); }

    store::Committed verdict(const store::Unit& unit, const std::string& number) {
        using effects::Outcome;
        store::Committed out;
        out.outcome.message = static_cast<std::int64_t>(stored_.size()) + 1;
        out.durable = left_ > 0;
        if (left_ == 0) {
            out.outcome.outcome = Outcome::rejected;
            out.outcome.error = Error{ErrorCode::storage_unavailable, {}, {}};
            out.reply = acknowledgment_of(number, "AR");
            return out;
        }
        --left_;
        out.reply = acknowledgment_of(number);
        if (unit.effects.error) out.outcome.error = unit.effects.error;
        if (unit.content.find("REFUSE") != std::string::npos)
            out.outcome.error = Error{ErrorCode::hl7_missing_field, "PID-5", "PID-5"};
        if (out.outcome.error) {
            out.outcome.outcome = Outcome::rejected;
            out.reply = acknowledgment_of(number, "AE");
        }
        if (unit.content.find("UNABLE") == std::string::npos) return out;
        out.outcome.records.emplace_back().reason = "the procedure has already started";
        out.reply = acknowledgment_of(number, "AE");
        return out;
    }
    Names copy(const Names& names) const {
        const std::lock_guard lock(mutex_);
        return names;
    }

    mutable std::mutex mutex_;
    std::size_t left_ = std::size_t(-1);
    Names stored_, contents_, peers_, asked_;
};

class CarryingMapper final : public runtime::Mapper {
  public:
    store::Unit interpret(runtime::Inbound message) const override {
        store::Unit unit;
        unit.peer = std::move(message.peer);
        unit.content = std::move(message.bytes);
        unit.effects.error = std::move(message.broken);
        return unit;
    }
};

// Names of the events there were.
class Heard final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override {
        const std::lock_guard lock(mutex_);
        names_.emplace_back(event.name.text());
    }
    std::size_t count(const std::string& name) const {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::count(names_.begin(), names_.end(), name));
    }

  private:
    mutable std::mutex mutex_;
    Names names_;
};

// Options that do not make a test wait; everything has a place.
inline FileSourceOptions quick() {
    FileSourceOptions out;
    out.directory = "inbox";
    out.archive = "archive";
    out.error = "error";
    out.interval = std::chrono::milliseconds(2);
    out.min_age = std::chrono::milliseconds(0);
    return out;
}

// The directories are there from the beginning, the source from start() on.
struct FilePlace {
    explicit FilePlace(FileSourceOptions how = quick()) : options(std::move(how)) { fs::create_directories(inbox()); }

    std::unique_ptr<FileSource> make(runtime::Intake& into, const std::string& channel = "adt") {
        return std::make_unique<FileSource>(ConfigName(channel), options, root(), into, mapper, clock, heard);
    }
    void start() {
        source = make(intake);
        BOOST_REQUIRE(source->start().ok());
    }
    void end() { source.reset(); }

    const fs::path& root() const { return directory.path(); }
    fs::path inbox() const { return root() / "inbox"; }
    fs::path archive() const { return root() / "archive"; }
    fs::path error() const { return root() / "error"; }
    fs::path claimed() const { return inbox() / ".adt.reading"; }
    void wait_for_archive(const Names& names) const {
        wait_until([&] { return names_in(archive()) == names; });
    }
    void wait_for_error(const Names& names) const {
        wait_until([&] { return names_in(error()) == names; });
    }

    FileSourceOptions options;
    store::testing::TemporaryDirectory directory;
    SystemClock clock;
    Heard heard;
    TellingStore store;
    runtime::IntakePipeline intake{store, {}, [](auto, auto) {}};
    std::shared_ptr<runtime::CurrentMapper> mapper =
        std::make_shared<runtime::CurrentMapper>(std::make_shared<CarryingMapper>());
    std::unique_ptr<FileSource> source;
};

// A source whose messages the test answers.
struct Started {
    Started(FilePlace& place, ScriptedIntake& into) : intake(into), source(place.make(into)) {
        BOOST_REQUIRE(source->start().ok());
    }
    ~Started() {
        source->stop();
        intake.let_go();
    }
    Started(const Started&) = delete;
    Started& operator=(const Started&) = delete;
    ScriptedIntake& intake;
    std::unique_ptr<FileSource> source;
};

}  // namespace gantry::channels::testing
