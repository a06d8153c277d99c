#include "fhir/interactions/export_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

namespace gantry::fhir {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffered = 256u << 10;
constexpr std::uintmax_t look_every = 8u << 20;  // bytes from one look at the room that is left to the next

Error failed(const char* what) {
    return {ErrorCode::io, std::string(what) + ": " + std::system_category().message(errno), {}};
}

}  // namespace

Result<ExportFiles::Part*> ExportFiles::part_of(std::string_view type) {
    auto& part = open_[type];
    if (part.file.open()) return &part;
    auto& before = done_[type];
    part.about = {type, std::string(type) + "." + std::to_string(before.size() + 1) + ".ndjson", 0};
    part.bytes = 0;
    const auto path = directory_ / (part.about.name + ".part");
    part.file = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!part.file.open()) return failed("a file cannot be made");
    return &part;
}

Result<void> ExportFiles::room_for(std::size_t bytes) {
    if (written_ + bytes > limits_.budget)
        return Error{ErrorCode::io, "exports have as much of the disk as they may (fhir.export.size)", {}};
    written_ += bytes;
    if (limits_.keep_free == 0 || (looked_at_ != 0 && written_ - looked_at_ < look_every)) return {};
    looked_at_ = written_;
    std::error_code unknown;
    const auto space = fs::space(directory_, unknown);
    if (!unknown && space.available < limits_.keep_free + bytes)
        return Error{
            ErrorCode::io, "the disk has no more room than the engine itself needs (fhir.export.keep_free)", {}};
    return {};
}

Result<void> ExportFiles::write(Part& part) {
    if (auto room = room_for(part.waiting.size()); !room) return room;
    if (!write_all(part.file.number(), part.waiting)) return failed("a file cannot be written");
    part.waiting.clear();
    return {};
}

Result<void> ExportFiles::close(Part& part) {
    if (auto written = write(part); !written) return written;
    if (::fsync(part.file.number()) != 0) return failed("a file cannot be written");
    part.file = Descriptor();
    const auto path = directory_ / part.about.name;
    std::error_code error;
    fs::rename(path.string() + ".part", path, error);
    if (error) return Error{ErrorCode::io, "a file cannot be named: " + error.message(), {}};
    done_[part.about.type].push_back(part.about);
    return {};
}

Result<void> ExportFiles::add(std::string_view type, std::string_view json) {
    const auto part = part_of(type);
    if (!part) return part.error();
    auto& to = **part;
    to.waiting.append(json).push_back('\n');
    to.bytes += json.size() + 1;
    ++to.about.resources;
    if (to.bytes >= limits_.part) return close(to);
    return to.waiting.size() < buffered ? Result<void>() : write(to);
}

Result<std::vector<ExportedFile>> ExportFiles::finish() {
    for (auto& [type, part] : open_) {
        if (!part.file.open()) continue;
        if (auto closed = close(part); !closed) return closed.error();
    }
    if (!sync_directory(directory_)) return failed("the directory cannot be written");
    std::vector<ExportedFile> out;
    for (const auto& [type, files] : done_) out.insert(out.end(), files.begin(), files.end());
    return out;
}

}  // namespace gantry::fhir
