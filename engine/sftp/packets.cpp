#include "engine/sftp/packets.hpp"

#include <algorithm>

namespace gantry::sftp {
namespace {

// Section 3.
enum class Type : std::uint8_t {
    init = 1,
    version = 2,
    open = 3,
    close = 4,
    read = 5,
    write = 6,
    lstat = 7,
    fstat = 8,
    opendir = 11,
    readdir = 12,
    remove = 13,
    mkdir = 14,
    rename = 18,
    status = 101,
    handle = 102,
    data = 103,
    name = 104,
    attrs = 105,
    extended = 200
};

// Section 5.
constexpr std::uint32_t has_size = 0x1, has_owner = 0x2, has_permissions = 0x4, has_times = 0x8,
                        has_extended = 0x80000000;
constexpr std::uint32_t kind_of_file = 0170000, regular = 0100000, directory = 0040000;

constexpr std::uint32_t our_version = 3;
constexpr std::uint32_t new_file = 0640, new_directory = 0750;

class Writer {
  public:
    explicit Writer(Type type) : bytes_(4, '\0') { bytes_.push_back(static_cast<char>(type)); }
    Writer(Type type, std::uint32_t id) : Writer(type) { number(id, 4); }

    Writer& number(std::uint64_t value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) bytes_.push_back(static_cast<char>(value >> shift));
        return *this;
    }
    Writer& text(std::string_view value) {
        number(value.size(), 4);
        bytes_.append(value);
        return *this;
    }
    std::string packet() {
        const auto length = bytes_.size() - 4;
        for (int i = 0; i < 4; ++i) bytes_[static_cast<std::size_t>(i)] = static_cast<char>(length >> (24 - 8 * i));
        return std::move(bytes_);
    }

  private:
    std::string bytes_;
};

// Once something is missing, all that follows is nothing.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : left_(bytes) {}

    std::uint64_t number(std::size_t bytes) {
        std::uint64_t out = 0;
        for (const char byte : take(bytes)) out = out << 8 | static_cast<unsigned char>(byte);
        return out;
    }
    std::uint32_t word() { return static_cast<std::uint32_t>(number(4)); }
    std::string text() { return std::string(take(word())); }
    Type type() { return static_cast<Type>(number(1)); }
    bool fine() const { return fine_; }
    bool more() const { return fine_ && !left_.empty(); }

  private:
    std::string_view take(std::size_t bytes) {
        fine_ = fine_ && bytes <= left_.size();
        if (!fine_) return {};
        const auto out = left_.substr(0, bytes);
        left_.remove_prefix(bytes);
        return out;
    }

    std::string_view left_;
    bool fine_ = true;
};

Attributes read_attributes(Reader& in) {
    Attributes out;
    const auto flags = in.word();
    if (flags & has_size) out.size = in.number(8);
    if (flags & has_owner) in.number(8);
    if (flags & has_permissions) out.permissions = in.word();
    if (flags & has_times) in.word(), out.modified = in.word();
    if (flags & has_extended)
        for (auto pairs = in.word(); pairs > 0 && in.fine(); --pairs) in.text(), in.text();
    return out;
}

Names read_names(Reader& in) {
    Names out;
    for (auto left = in.word(); left > 0 && in.fine(); --left) {
        auto name = in.text();
        in.text();  // as ls -l would print it
        auto attributes = read_attributes(in);
        if (in.fine()) out.entries.push_back({std::move(name), attributes});
    }
    return out;
}

Status read_status(Reader& in) {
    const auto code = in.word();
    return code > static_cast<std::uint32_t>(Status::unsupported) ? Status::failure : static_cast<Status>(code);
}

Error out_of_step() {
    return {ErrorCode::net_closed, "what the server sent is not SFTP", {}};
}

std::string about(Type type, std::uint32_t id, std::string_view name) {
    return Writer(type, id).text(name).packet();
}

bool is_kind(const std::optional<std::uint32_t>& permissions, std::uint32_t kind) {
    return permissions && (*permissions & kind_of_file) == kind;
}

}  // namespace

std::string to_text(Status status) {
    switch (status) {
        case Status::ok:
            return "the server says that it is done";
        case Status::eof:
            return "the server says that there is no more";
        case Status::no_such_file:
            return "the server says that there is no such file or directory";
        case Status::permission_denied:
            return "the server says that it is not permitted";
        case Status::unsupported:
            return "the server cannot do that";
        default:
            return "the server says that it failed (the disk may be full, or the name may not be allowed)";
    }
}

bool Attributes::is_regular() const {
    return is_kind(permissions, regular);
}
bool Attributes::is_directory() const {
    return is_kind(permissions, directory);
}

std::string init_packet() {
    return Writer(Type::init).number(our_version, 4).packet();
}
std::string open_packet(std::uint32_t id, std::string_view path, OpenFor what) {
    Writer out(Type::open, id);
    out.text(path).number(static_cast<std::uint32_t>(what), 4);
    if (what == OpenFor::reading) return out.number(0, 4).packet();
    return out.number(has_permissions, 4).number(new_file, 4).packet();
}
std::string close_packet(std::uint32_t id, std::string_view handle) {
    return about(Type::close, id, handle);
}
std::string read_packet(std::uint32_t id, std::string_view handle, std::uint64_t offset, std::uint32_t length) {
    return Writer(Type::read, id).text(handle).number(offset, 8).number(length, 4).packet();
}
std::string write_packet(std::uint32_t id, std::string_view handle, std::uint64_t offset, std::string_view data) {
    return Writer(Type::write, id).text(handle).number(offset, 8).text(data).packet();
}
std::string lstat_packet(std::uint32_t id, std::string_view path) {
    return about(Type::lstat, id, path);
}
std::string fstat_packet(std::uint32_t id, std::string_view handle) {
    return about(Type::fstat, id, handle);
}
std::string opendir_packet(std::uint32_t id, std::string_view path) {
    return about(Type::opendir, id, path);
}
std::string readdir_packet(std::uint32_t id, std::string_view handle) {
    return about(Type::readdir, id, handle);
}
std::string remove_packet(std::uint32_t id, std::string_view path) {
    return about(Type::remove, id, path);
}
std::string mkdir_packet(std::uint32_t id, std::string_view path) {
    return Writer(Type::mkdir, id).text(path).number(has_permissions, 4).number(new_directory, 4).packet();
}
std::string rename_packet(std::uint32_t id, std::string_view from, std::string_view to) {
    return Writer(Type::rename, id).text(from).text(to).packet();
}
std::string posix_rename_packet(std::uint32_t id, std::string_view from, std::string_view to) {
    return Writer(Type::extended, id).text("posix-rename@openssh.com").text(from).text(to).packet();
}
std::string fsync_packet(std::uint32_t id, std::string_view handle) {
    return Writer(Type::extended, id).text("fsync@openssh.com").text(handle).packet();
}

bool Version::offers(std::string_view extension) const {
    return std::any_of(extensions.begin(), extensions.end(), [&](const auto& each) { return each.first == extension; });
}

Result<Version> read_version(std::string_view payload) {
    Reader in(payload);
    const auto type = in.type();
    Version out{in.word(), {}};
    while (in.more()) {
        auto name = in.text();
        out.extensions.emplace_back(std::move(name), in.text());
    }
    if (type != Type::version || !in.fine()) return out_of_step();
    return out;
}

Result<Reply> read_reply(std::string_view payload) {
    Reader in(payload);
    const auto type = in.type();
    Reply out{in.word(), {}};
    switch (type) {
        case Type::status:
            out.content = read_status(in);  // a server of an older version sends no text after it
            break;
        case Type::handle:
            out.content = Handle{in.text()};
            break;
        case Type::data:
            out.content = Data{in.text()};
            break;
        case Type::name:
            out.content = read_names(in);
            break;
        case Type::attrs:
            out.content = read_attributes(in);
            break;
        default:
            return out_of_step();
    }
    if (!in.fine()) return out_of_step();
    return out;
}

Result<std::optional<std::string>> PacketReader::next() {
    Reader in(std::string_view(bytes_).substr(at_));
    const std::size_t length = in.word();
    if (!in.fine()) return std::optional<std::string>();
    if (length == 0 || length > longest) return out_of_step();
    if (bytes_.size() - at_ - 4 < length) return std::optional<std::string>();
    std::optional<std::string> out(std::in_place, bytes_, at_ + 4, length);
    at_ += 4 + length;
    // What was read is let go of now and then, so that many small packets are not moved again and again.
    if (at_ == bytes_.size() || at_ > longest) bytes_.erase(0, std::exchange(at_, 0));
    return out;
}

}  // namespace gantry::sftp
