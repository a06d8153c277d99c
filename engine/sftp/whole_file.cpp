#include "engine/sftp/whole_file.hpp"

namespace gantry::sftp {
namespace {

using End = Written::End;

Written lost(const Error& error, End end = End::lost) {
    return {end, Status::connection_lost, error};
}

// ok, and the first that is not.
Result<Status> write_and_sync(Session& session, const Handle& file, std::string_view content) {
    auto written = session.write(file, content);
    if (!written || *written != Status::ok || !session.syncs()) return written;
    return session.sync(file);
}

Result<Status> rename_over(Session& session, const std::string& from, const std::string& to) {
    if (session.renames_atomically()) return session.replace(from, to);
    auto renamed = session.rename(from, to);
    if (!renamed || *renamed == Status::ok) return renamed;
    const auto removed = session.remove(to);
    if (!removed || *removed != Status::ok) return renamed;
    return session.rename(from, to);
}

Written give_up(Session& session, const std::string& aside, Status status) {
    if (const auto removed = session.remove(aside); !removed) return lost(removed.error());
    return {End::refused, status, {}};
}

// A server that cannot sync may be of a kind that renames no file that is open.
Written settle(Session& session, const Handle& file, const std::string& aside, const std::string& to, Over over) {
    const bool keeps_open = session.syncs();
    if (!keeps_open) {
        const auto closed = session.close(file);
        if (!closed) return lost(closed.error());
        if (*closed != Status::ok) return give_up(session, aside, *closed);
    }
    const auto renamed = over == Over::whatever ? rename_over(session, aside, to) : session.rename(aside, to);
    if (!renamed) return lost(renamed.error(), End::doubt);
    if (*renamed != Status::ok) {
        if (keeps_open && !session.close(file)) return lost({ErrorCode::net_closed, {}, {}});
        const auto there = session.lstat(to);
        if (!there) return lost(there.error());
        auto out = give_up(session, aside, *renamed);
        if (out.end == End::refused && over == Over::if_free && there->ok()) out.end = End::taken;
        return out;
    }
    // The rename changed the file itself too, so that journals write both. It has its name, whatever comes of this.
    if (keeps_open && session.sync(file)) (void)session.close(file);
    return {};
}

}  // namespace

Written write_whole(Session& session, const std::string& aside, const std::string& to, std::string_view content,
                    Over over) {
    const auto file = session.open_anew(aside);
    if (!file) return lost(file.error());
    if (!file->ok()) return {End::refused, file->status, {}};
    const auto written = write_and_sync(session, file->value, content);
    if (!written) return lost(written.error());
    if (*written == Status::ok) return settle(session, file->value, aside, to, over);
    if (const auto closed = session.close(file->value); !closed) return lost(closed.error());
    return give_up(session, aside, *written);
}

Result<Status> make_directories(Session& session, const std::string& directory) {
    const auto there = session.lstat(directory);
    if (!there) return there.error();
    if (there->ok()) return Status::ok;
    for (std::size_t end = 0; end != std::string::npos;) {
        end = directory.find('/', end + 1);
        const auto made = session.make_directory(directory.substr(0, end));
        if (!made) return made.error();
    }
    const auto made = session.lstat(directory);
    if (!made) return made.error();
    return made->status;
}

}  // namespace gantry::sftp
