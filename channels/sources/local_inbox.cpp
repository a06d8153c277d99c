#include "channels/sources/local_inbox.hpp"

#include <unistd.h>

#include <cerrno>

namespace gantry::channels {

LocalInbox::LocalInbox(Places places, const std::string& reader, WatchRules rules)
    : places_(std::move(places)), watched_(places_.directory, reader, std::move(rules)) {}

Result<FileInbox::Entered> LocalInbox::enter() {
    const auto entered = watched_.enter();
    if (!entered) return entered.error();
    return *entered == WatchedDirectory::Entered::mine ? Entered::mine : Entered::theirs;
}

Result<std::optional<std::string>> LocalInbox::claim(const std::string& name) {
    const auto claimed = watched_.claim(name);
    if (!claimed) return claimed.error();
    return *claimed == Moved::done ? std::optional(name) : std::nullopt;
}

Result<void> LocalInbox::give_back(const std::string& claimed) {
    const auto given = watched_.give_back(claimed);
    return given ? Result<void>() : given.error();
}

Result<std::string> LocalInbox::read(const std::string& claimed, std::size_t limit) {
    read_.reset();
    auto file = ClaimedFile::open(watched_.place_of(claimed), limit);
    if (!file) return file.error();
    read_.emplace(std::move(*file));
    return std::move(read_->bytes);
}

Result<bool> LocalInbox::changed(const std::string&) {
    return !read_ || read_->changed();
}

Result<void> LocalInbox::archive(const std::string& claimed, Instant now) {
    const auto place = watched_.place_of(claimed);
    if (!places_.archive.empty()) return move_into(place, places_.archive, claimed, now);
    if (::unlink(place.c_str()) != 0 && errno != ENOENT) return io_error();
    return {};
}

Result<void> LocalInbox::refuse(const std::string& claimed, const std::string& report, Instant now) {
    return move_into(watched_.place_of(claimed), places_.error, claimed, now, report);
}

Result<void> LocalInbox::answer(const std::string& claimed, const std::string& acknowledgments, Instant now) {
    return write_into(places_.replies, claimed + ".ack", acknowledgments, now);
}

}  // namespace gantry::channels
