// What a file source reads from, wherever that is: files that others put somewhere, each claimed by one reader, read,
// and put away. Before the claim a file belongs to its writer; from then on, whatever ends in between, it is either
// among the claimed() or where it was put away.
//
//   NAME  --claim()-->  claimed  --read()-->  submitted  --archive() or refuse()-->  put away
//
// Errors of all: net_refused, net_closed, net_timeout: the place cannot be reached now, and what was asked for may have
// been done; io: it was reached and would not. All may be tried again. One thread.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"

namespace gantry::channels {

class FileInbox {
  public:
    virtual ~FileInbox() = default;

    // To be called before each look. mine: this object may read. theirs: another one of this name does.
    enum class Entered : std::uint8_t { mine, theirs };
    virtual Result<Entered> enter() = 0;
    // Whether enter() became the reader this time: what lies claimed was left by an earlier one.
    virtual bool entered_anew() const = 0;
    virtual void leave() = 0;

    // What has been claimed and is still there, in order, as claim() named it.
    virtual Result<std::vector<std::string>> claimed() = 0;
    // Names of what is ready to be claimed, in order (settled_files.hpp).
    virtual Result<std::vector<std::string>> look(Instant now) = 0;
    // As look() saw it: files that another reader of this name has claimed and not touched for long. They need a person
    // when that one is gone for good.
    virtual std::size_t left_elsewhere() const { return 0; }
    // What it is called in all that follows; none: it has vanished, another reader was faster, or one of that name is
    // claimed already.
    virtual Result<std::optional<std::string>> claim(const std::string& name) = 0;
    // The opposite. Where its name is taken it stays claimed.
    virtual Result<void> give_back(const std::string& claimed) = 0;

    // The bytes of a claimed file. Errors: net_too_large, more of them than the limit; io, this file cannot be read.
    virtual Result<std::string> read(const std::string& claimed, std::size_t limit) = 0;
    // Somebody has written to the file since it was read: who does not rename it into its place may still have it open.
    virtual Result<bool> changed(const std::string& claimed) = 0;

    // Where a file goes whose messages were all accepted; it is deleted where there is no such place. One that is gone
    // is no error, of this and refuse().
    virtual Result<void> archive(const std::string& claimed, Instant now) = 0;
    // Where a file goes that was not; the report is beside it before.
    virtual Result<void> refuse(const std::string& claimed, const std::string& report, Instant now) = 0;
    // The acknowledgments of a file, where they are wanted. Said again they are there once.
    virtual Result<void> answer(const std::string& claimed, const std::string& acknowledgments, Instant now) = 0;
};

}  // namespace gantry::channels
