#include "channels/sources/sftp_inbox.hpp"

#include <algorithm>
#include <random>

#include "channels/sources/file_names.hpp"
#include "engine/base/digest.hpp"
#include "engine/sftp/refusal.hpp"
#include "engine/sftp/ssh_command.hpp"
#include "engine/sftp/whole_file.hpp"

namespace gantry::channels {
namespace {

using sftp::joined, sftp::Status;

constexpr std::int64_t second = 1'000'000;
constexpr std::chrono::milliseconds longest_pause = std::chrono::minutes(1);
constexpr std::int64_t long_untouched = 3600 * second;
constexpr auto marker = ".reader";

constexpr std::size_t mark_digits = 16;

std::string random_mark() {
    std::random_device random;
    std::string bytes;
    for (std::size_t i = 0; i < mark_digits / 2; ++i) bytes.push_back(static_cast<char>(random()));
    return hex(bytes);
}

// "orders.hl7" of "orders.hl7.0123456789abcdef"; a name that a person put there is its own.
std::string name_of(const std::string& claimed) {
    const auto dot = claimed.rfind('.');
    return dot == std::string::npos || dot == 0 || claimed.size() - dot - 1 != mark_digits ? claimed
                                                                                           : claimed.substr(0, dot);
}

Error refused(Status status) {
    return {ErrorCode::io, to_text(status), {}};
}

// ok, or the error that it means.
Result<void> done(const Result<Status>& status) {
    if (!status) return status.error();
    if (*status != Status::ok) return refused(*status);
    return {};
}

}  // namespace

SftpInbox::SftpInbox(Server server, Places places, std::string reader, WatchRules rules, std::filesystem::path identity,
                     std::chrono::milliseconds interval, const Clock& clock)
    : server_(std::move(server)),
      places_(std::move(places)),
      reader_(std::move(reader)),
      rules_(std::move(rules)),
      interval_(interval),
      clock_(clock),
      identity_(std::move(identity)),
      settled_(rules_) {}

Result<FileInbox::Entered> SftpInbox::enter() {
    anew_ = false;
    if (!identity_.held()) {
        auto id = identity_.take();
        if (!id) return id.error();
        if (!*id) return Entered::theirs;
        working_ = joined(places_.directory, "." + reader_ + "." + **id + ".reading");
        first_ = true;
    }
    if (auto connected = connect(); !connected) return connected.error();
    anew_ = std::exchange(first_, false);
    return Entered::mine;
}

void SftpInbox::leave() {
    session_.reset();
    settled_.forget();
    identity_.release();
}

Result<void> SftpInbox::connect() {
    if (!session_ || !session_->is_there()) {
        if (auto opened = open_session(); !opened) return opened;
    }
    return prepared_ ? Result<void>() : prepare();
}

// A server that is tried all the time takes it for an attack.
Result<void> SftpInbox::open_session() {
    if (passes_ > 0) return --passes_, *why_;
    prepared_ = false;
    auto session = sftp::Session::open(server_.command, server_.waits);
    if (!session) {
        const auto most = static_cast<int>(std::max<std::int64_t>(longest_pause / interval_, 1));
        passes_ = std::min((1 << std::min(failures_++, 16)) - 1, most);
        why_ = session.error();
        return *why_;
    }
    session_ = std::move(*session);
    failures_ = 0;
    return {};
}

// The marker tells the clock of the file system that the ages are told by: a file was changed before the second after
// its time, and the marker was written after the second of its.
Result<void> SftpInbox::prepare() {
    if (auto made = session_->make_directory(working_); !made) return made.error();
    const auto path = joined(working_, marker);
    const auto file = session_->open_anew(path);
    if (!file) return file.error();
    if (!file->ok()) return refused(file->status);
    if (auto written = done(session_->write(file->value, "read by the channel " + reader_ + "\n")); !written)
        return written;
    if (auto closed = done(session_->close(file->value)); !closed) return closed;
    const auto written = session_->lstat(path);
    if (!written) return written.error();
    if (!written->ok()) return refused(written->status);
    const auto now = clock_.now().micros;
    ahead_ = written->value.modified ? *written->value.modified * second - now : 0;
    settled_.forget();
    prepared_ = true;
    return {};
}

Result<std::vector<sftp::Entry>> SftpInbox::entries_of(const std::string& directory) {
    auto entries = session_->list(directory);
    if (!entries) return entries.error();
    if (entries->ok()) return std::move(entries->value);
    prepared_ = false;  // a directory may have been made anew
    return refused(entries->status);
}

// By our clock, and no earlier than it was.
std::int64_t SftpInbox::changed_at(const sftp::Attributes& attributes) const {
    return (std::int64_t(attributes.modified.value_or(0)) + 1) * second - ahead_;
}

FileListing SftpInbox::files_among(const std::vector<sftp::Entry>& entries, Instant now) const {
    FileListing out;
    for (const auto& [name, attributes] : entries)
        if (attributes.is_regular())
            out.emplace(name, SeenFile{0, attributes.size.value_or(0), changed_at(attributes), now});
    return out;
}

Result<std::vector<std::string>> SftpInbox::claimed() {
    const auto entries = entries_of(working_);
    if (!entries) return entries.error();
    const auto files = files_among(*entries, {});
    std::vector<std::string> out;
    for (const auto& [name, seen] : files)
        if (name.front() != '.') out.push_back(name);
    const bool by_time = rules_.order == WatchRules::Order::time;
    const auto key = [&](const std::string& claimed) {
        return std::make_pair(by_time ? files.find(claimed)->second.changed : 0, name_of(claimed));
    };
    std::stable_sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    return out;
}

Result<std::vector<std::string>> SftpInbox::look(Instant now) {
    const auto entries = entries_of(places_.directory);
    if (!entries) return entries.error();
    if (auto looked = look_at_others(*entries, now); !looked) return looked.error();
    auto files = files_among(*entries, now);
    std::erase_if(files, [this](const auto& each) { return !settled_.wants(each.first); });
    return settled_.look(std::move(files), now);
}

// A directory in which another installation has claimed nothing and put nothing away for long.
bool SftpInbox::is_left(const sftp::Entry& entry, Instant now) const {
    const auto& [name, attributes] = entry;
    return attributes.is_directory() && name.starts_with("." + reader_ + ".") && name.ends_with(".reading") &&
           joined(places_.directory, name) != working_ && now.micros - changed_at(attributes) > long_untouched;
}

Result<void> SftpInbox::look_at_others(const std::vector<sftp::Entry>& entries, Instant now) {
    std::size_t left = 0;
    for (const auto& entry : entries) {
        if (!is_left(entry, now)) continue;
        const auto theirs = session_->list(joined(places_.directory, entry.name));
        if (!theirs) return theirs.error();
        left += static_cast<std::size_t>(std::count_if(theirs->value.begin(), theirs->value.end(),
                                                       [](const auto& each) { return each.name.front() != '.'; }));
    }
    left_elsewhere_ = left;
    return {};
}

Result<std::optional<std::string>> SftpInbox::claim(const std::string& name) {
    auto claimed = shortened(name) + "." + random_mark();
    const auto from = joined(places_.directory, name), to = claimed_path(claimed);
    const auto renamed = session_->renames_atomically() ? session_->replace(from, to) : session_->rename(from, to);
    if (!renamed) return renamed.error();
    if (*renamed == Status::ok) return std::optional(std::move(claimed));
    const auto there = session_->lstat(from);
    if (!there) return there.error();
    if (there->status == Status::no_such_file) return std::optional<std::string>();
    prepared_ = false;
    return refused(*renamed);
}

Result<void> SftpInbox::give_back(const std::string& claimed) {
    if (auto connected = connect(); !connected) return connected;
    const auto moved = move(claimed_path(claimed), joined(places_.directory, name_of(claimed)));
    return moved ? Result<void>() : moved.error();
}

// A link is not followed: what it leads to may not be for us.
Result<std::string> SftpInbox::read(const std::string& claimed, std::size_t limit) {
    const auto path = claimed_path(claimed);
    const auto there = session_->lstat(path);
    if (!there) return there.error();
    if (!there->ok()) return refused(there->status);
    if (!there->value.is_regular()) return Error{ErrorCode::io, "it is no plain file", {}};
    auto content = session_->read(path, limit);
    if (!content) return content.error();
    if (!content->ok()) return refused(content->status);
    if (!content->value.within_limit) return Error{ErrorCode::net_too_large, {}, {}};
    read_ = content->value.attributes;
    return std::move(content->value.bytes);
}

Result<bool> SftpInbox::changed(const std::string& claimed) {
    if (auto connected = connect(); !connected) return connected.error();
    const auto now = session_->lstat(claimed_path(claimed));
    if (!now) return now.error();
    if (now->status == Status::no_such_file) return false;  // taken away, as it was
    if (!now->ok()) return refused(now->status);
    return now->value.size != read_.size || now->value.modified != read_.modified;
}

Result<void> SftpInbox::archive(const std::string& claimed, Instant now) {
    if (auto connected = connect(); !connected) return connected;
    if (!places_.archive.empty()) return move_into(claimed, places_.archive, now, {});
    const auto removed = session_->remove(claimed_path(claimed));
    return removed && *removed == Status::no_such_file ? Result<void>() : done(removed);
}

Result<void> SftpInbox::refuse(const std::string& claimed, const std::string& report, Instant now) {
    if (auto connected = connect(); !connected) return connected;
    return move_into(claimed, places_.error, now, report);
}

Result<void> SftpInbox::answer(const std::string& claimed, const std::string& acknowledgments, Instant now) {
    if (auto connected = connect(); !connected) return connected;
    const auto write = [&](const std::string& to) -> Result<Moved> {
        const auto there = holds(to, acknowledgments);
        if (!there) return there.error();
        return *there ? Result<Moved>(Moved::done) : write_new(to, acknowledgments);
    };
    return under_a_free_name(places_.replies, name_of(claimed) + ".ack", now, write);
}

// Whether the file is gone is asked first: an earlier connection may have moved it.
Result<SftpInbox::Moved> SftpInbox::move(const std::string& from, const std::string& to) {
    const auto renamed = session_->rename(from, to);
    if (!renamed) return renamed.error();
    if (*renamed == Status::ok) return Moved::done;
    const auto left = session_->lstat(from);
    if (!left) return left.error();
    if (left->status == Status::no_such_file) return Moved::gone;
    const auto there = session_->lstat(to);
    if (!there) return there.error();
    if (there->ok()) return Moved::taken;
    return refused(*renamed);
}

Result<SftpInbox::Moved> SftpInbox::write_new(const std::string& to, std::string_view content) {
    using End = sftp::Written::End;
    const auto slash = to.rfind('/');
    const auto directory = slash == std::string::npos ? "" : to.substr(0, slash + 1);
    if (!aside_.empty())
        if (const auto removed = session_->remove(aside_); !removed) return removed.error();
    aside_ = directory + "." + to.substr(directory.size()) + "." + random_mark() + ".part";
    auto written = write_whole(*session_, aside_, to, content, sftp::Over::if_free);
    if (session_->usable()) aside_.clear();
    if (written.end == End::done) return Moved::done;
    if (written.end == End::taken) return Moved::taken;
    return written.end == End::refused ? refused(written.status) : std::move(written.error);
}

Result<bool> SftpInbox::holds(const std::string& path, std::string_view content) {
    const auto there = session_->lstat(path);
    if (!there) return there.error();
    if (!there->ok() || !there->value.is_regular() || there->value.size != content.size()) return false;
    const auto read = session_->read(path, content.size());
    if (!read) return read.error();
    return read->ok() && read->value.bytes == content;
}

// The reason is there before the file.
Result<void> SftpInbox::move_into(const std::string& claimed, const std::string& directory, Instant now,
                                  const std::string& beside) {
    const auto from = claimed_path(claimed);
    return under_a_free_name(directory, name_of(claimed), now, [&](const std::string& to) -> Result<Moved> {
        if (beside.empty()) return move(from, to);
        const auto reason = to + ".error";
        const auto there = holds(reason, beside);  // of an earlier try, whose file may be there too
        if (!there) return there.error();
        if (*there) return move(from, to);
        auto written = write_new(reason, beside);
        if (!written || *written != Moved::done) return written;
        auto moved = move(from, to);
        if (moved && *moved != Moved::done) (void)session_->remove(reason);
        return moved;
    });
}

// Tries one name after the other.
template <class Try>
Result<void> SftpInbox::under_a_free_name(const std::string& directory, const std::string& name, Instant now,
                                          const Try& attempt) {
    if (auto made = done(make_directories(*session_, directory)); !made) return made;
    for (int number = 0; number < most_names; ++number) {
        const auto moved = attempt(joined(directory, free_name(shortened(name), number, now)));
        if (!moved) return moved.error();
        if (*moved != Moved::taken) return {};
    }
    return refused(Status::failure);
}

std::string SftpInbox::claimed_path(const std::string& claimed) const {
    return joined(working_, claimed);
}

}  // namespace gantry::channels
