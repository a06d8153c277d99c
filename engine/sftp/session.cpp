#include "engine/sftp/session.hpp"

#include <algorithm>

namespace gantry::sftp {
namespace {

// What every server takes (section 3 of the draft), and how many of them are on their way: enough for a network that
// takes its time, and no more than the buffers between us and the server, so that nobody waits for room on both sides.
constexpr std::uint32_t piece_size = 32u << 10;
constexpr std::size_t most_pieces = 16;

constexpr std::size_t longest_handle = 256;

bool is_name(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos;
}

Child::Deadline within(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const std::vector<std::string>& command, Waits waits,
                                               const Interrupt* interrupt) {
    auto child = Child::start(command, interrupt);
    if (!child) return Error{ErrorCode::net_refused, child.error().detail, {}};
    std::unique_ptr<Session> out(new Session(std::move(*child), waits));
    if (auto greeted = out->greet(); !greeted) {
        auto why = greeted.error();
        if (why.code == ErrorCode::net_closed) why.code = ErrorCode::net_refused;
        return why;
    }
    return out;
}

Result<void> Session::greet() {
    const auto deadline = within(waits_.connect);
    if (auto sent = child_->write(init_packet(), deadline); !sent) return over(sent.error());
    auto first = packet(deadline);
    if (!first) return first.error();
    auto version = read_version(*first);
    if (!version) return over(version.error());
    if (version->number < 3) return over({ErrorCode::net_closed, "the server speaks an older SFTP than version 3", {}});
    version_ = std::move(*version);
    return {};
}

bool Session::is_there() {
    if (!child_) return false;
    auto more = child_->read(std::chrono::steady_clock::now());
    if (more)
        reader_.feed(*more);  // the answer to a close that nobody waited for
    else if (more.error().code != ErrorCode::net_timeout)
        (void)over(more.error());
    return usable();
}

Error Session::over(Error why) {
    if (child_ && why.code == ErrorCode::net_closed && why.detail.empty()) why.detail = child_->last_words();
    child_.reset();
    return why;
}

Error Session::out_of_step() {
    return over({ErrorCode::net_closed, "the server answered what it was not asked", {}});
}

Result<std::string> Session::packet(Child::Deadline deadline) {
    for (;;) {
        auto next = reader_.next();
        if (!next) return over(next.error());
        if (*next) return std::move(**next);
        auto more = child_->read(deadline);
        if (!more) return over(more.error());
        reader_.feed(*more);
    }
}

Result<void> Session::ask(std::uint32_t id, const std::string& packet) {
    if (!child_) return Error{ErrorCode::net_closed, "the session is over", {}};
    if (auto sent = child_->write(packet, within(waits_.answer)); !sent) return over(sent.error());
    awaited_.insert(id);
    return {};
}

Result<Reply> Session::answer_to(std::uint32_t id) {
    if (auto early = early_.extract(id)) return std::move(early.mapped());
    const auto deadline = within(waits_.answer);
    while (child_) {
        auto payload = packet(deadline);
        if (!payload) return payload.error();
        auto reply = read_reply(*payload);
        if (!reply) return over(reply.error());
        if (unwanted_.erase(reply->id) > 0) continue;
        if (awaited_.erase(reply->id) == 0) return out_of_step();
        if (reply->id == id) return reply;
        early_.emplace(reply->id, std::move(*reply));
    }
    return Error{ErrorCode::net_closed, "the session is over", {}};
}

Result<Reply> Session::call(std::uint32_t id, const std::string& packet) {
    if (auto asked = ask(id, packet); !asked) return asked.error();
    return answer_to(id);
}

Result<Status> Session::status_of(std::uint32_t id, const std::string& packet) {
    auto reply = call(id, packet);
    if (!reply) return reply.error();
    const auto* status = std::get_if<Status>(&reply->content);
    return status ? Result<Status>(*status) : out_of_step();
}

// That it is done is no answer to what asks for a value.
template <class T>
Result<Answer<T>> Session::value_of(std::uint32_t id, const std::string& packet) {
    auto reply = call(id, packet);
    if (!reply) return reply.error();
    if (auto* value = std::get_if<T>(&reply->content)) return Answer<T>{Status::ok, std::move(*value)};
    const auto* status = std::get_if<Status>(&reply->content);
    if (!status || *status == Status::ok) return out_of_step();
    return Answer<T>{*status, {}};
}

// Their answers are passed over when they come.
void Session::forget(const std::deque<Piece>& pieces) {
    for (const auto& [id, offset, length] : pieces) {
        if (early_.erase(id) == 0 && awaited_.erase(id) > 0) unwanted_.insert(id);
    }
}

// Nobody waits for it: whatever the answer is, nothing would be done about it.
Result<void> Session::close_unasked(const Handle& handle) {
    const auto id = fresh();
    if (auto asked = ask(id, close_packet(id, handle.bytes)); !asked) return asked.error();
    awaited_.erase(id);
    unwanted_.insert(id);
    return {};
}

Result<Answer<Attributes>> Session::lstat(const std::string& path) {
    const auto id = fresh();
    return value_of<Attributes>(id, lstat_packet(id, path));
}

Result<Answer<std::vector<Entry>>> Session::list(const std::string& directory) {
    const auto id = fresh();
    auto handle = value_of<Handle>(id, opendir_packet(id, directory));
    if (!handle) return handle.error();
    if (!handle->ok()) return Answer<std::vector<Entry>>{handle->status, {}};
    auto out = entries_of(handle->value);
    if (auto closed = close_unasked(handle->value); out && !closed) return closed.error();
    return out;
}

Result<Answer<std::vector<Entry>>> Session::entries_of(const Handle& directory) {
    Answer<std::vector<Entry>> out;
    while (out.value.size() < most_entries) {
        const auto id = fresh();
        auto names = value_of<Names>(id, readdir_packet(id, directory.bytes));
        if (!names) return names.error();
        if (names->status == Status::eof || (names->ok() && names->value.entries.empty())) break;
        if (!names->ok()) return Answer<std::vector<Entry>>{names->status, {}};
        for (auto& entry : names->value.entries)
            if (is_name(entry.name)) out.value.push_back(std::move(entry));
    }
    return out;
}

Result<Answer<Content>> Session::read(const std::string& path, std::uint64_t limit) {
    const auto id = fresh();
    auto handle = value_of<Handle>(id, open_packet(id, path, OpenFor::reading));
    if (!handle) return handle.error();
    if (!handle->ok()) return Answer<Content>{handle->status, {}};
    const auto asked = fresh();
    auto attributes = value_of<Attributes>(asked, fstat_packet(asked, handle->value.bytes));
    if (!attributes) return attributes.error();
    Answer<Content> out{attributes->status, {{}, attributes->value, attributes->value.size.value_or(0) <= limit}};
    if (out.ok() && out.value.attributes.is_regular() && out.value.within_limit) {
        auto data = data_of(handle->value, out.value.attributes.size.value_or(0));
        if (!data) return data.error();
        out.status = data->status;
        out.value.bytes = std::move(data->value);
    }
    if (auto closed = close_unasked(handle->value); !closed) return closed.error();
    return out;
}

Result<Answer<std::string>> Session::data_of(const Handle& file, std::uint64_t size) {
    Answer<std::string> out;
    std::deque<Piece> window;
    std::uint64_t asked = 0;
    while (out.value.size() < size) {
        while (window.size() < most_pieces && asked < size) {
            const auto length = static_cast<std::uint32_t>(std::min<std::uint64_t>(piece_size, size - asked));
            const auto id = fresh();
            if (auto sent = ask(id, read_packet(id, file.bytes, asked, length)); !sent) return sent.error();
            window.push_back({id, asked, length});
            asked += length;
        }
        const auto first = window.front();
        window.pop_front();
        const auto taken = take_piece(file, first, out.value);
        if (!taken) return taken.error();
        if (*taken == Status::ok) continue;
        forget(window);
        if (*taken != Status::eof) out = {*taken, {}};
        break;
    }
    return out;
}

// A server may give less than it was asked for.
Result<Status> Session::take_piece(const Handle& file, Piece piece, std::string& into) {
    while (piece.length > 0) {
        auto reply = answer_to(piece.id);
        if (!reply) return reply.error();
        if (const auto* status = std::get_if<Status>(&reply->content))
            return *status == Status::ok ? Result<Status>(out_of_step()) : *status;
        const auto* data = std::get_if<Data>(&reply->content);
        if (!data || data->bytes.empty() || data->bytes.size() > piece.length) return out_of_step();
        into += data->bytes;
        piece.offset += data->bytes.size();
        piece.length -= static_cast<std::uint32_t>(data->bytes.size());
        if (piece.length == 0) break;
        const auto id = fresh();
        if (auto sent = ask(id, read_packet(id, file.bytes, piece.offset, piece.length)); !sent) return sent.error();
        piece.id = id;
    }
    return Status::ok;
}

Result<Status> Session::make_directory(const std::string& path) {
    const auto id = fresh();
    return status_of(id, mkdir_packet(id, path));
}
Result<Status> Session::remove(const std::string& path) {
    const auto id = fresh();
    return status_of(id, remove_packet(id, path));
}
Result<Status> Session::rename(const std::string& from, const std::string& to) {
    const auto id = fresh();
    return status_of(id, rename_packet(id, from, to));
}
Result<Status> Session::replace(const std::string& from, const std::string& to) {
    const auto id = fresh();
    return status_of(id, posix_rename_packet(id, from, to));
}

Result<Answer<Handle>> Session::open_anew(const std::string& path) {
    const auto id = fresh();
    auto out = value_of<Handle>(id, open_packet(id, path, OpenFor::writing_anew));
    if (out && out->value.bytes.size() > longest_handle) return out_of_step();
    return out;
}

Result<Status> Session::write(const Handle& file, std::string_view content) {
    std::deque<Piece> window;
    for (std::size_t at = 0; at < content.size() || !window.empty();) {
        if (at < content.size() && window.size() < most_pieces) {
            const auto part = content.substr(at, piece_size);
            const auto id = fresh();
            if (auto sent = ask(id, write_packet(id, file.bytes, at, part)); !sent) return sent.error();
            window.push_back({id, at, static_cast<std::uint32_t>(part.size())});
            at += part.size();
            continue;
        }
        auto reply = answer_to(window.front().id);
        if (!reply) return reply.error();
        window.pop_front();
        const auto* status = std::get_if<Status>(&reply->content);
        if (!status) return out_of_step();
        if (*status == Status::ok) continue;
        forget(window);
        return *status;
    }
    return Status::ok;
}

Result<Status> Session::sync(const Handle& file) {
    const auto id = fresh();
    return status_of(id, fsync_packet(id, file.bytes));
}
Result<Status> Session::close(const Handle& file) {
    const auto id = fresh();
    return status_of(id, close_packet(id, file.bytes));
}

}  // namespace gantry::sftp
