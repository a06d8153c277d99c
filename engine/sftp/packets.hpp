// The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02) as bytes, as far as a client needs them, with OpenSSH's
// extensions posix-rename@openssh.com and fsync@openssh.com (OpenSSH's PROTOCOL, 4.3 and 4.6). Pure.
//
// Numbers are big-endian; a text or handle is its length and its bytes. What comes from the server is hostile: no
// length in it is believed before the bytes are there, and no number of entries is believed at all.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry::sftp {

// Section 7. Others that a server may send are taken as failure.
enum class Status : std::uint8_t {
    ok = 0,
    eof = 1,
    no_such_file = 2,
    permission_denied = 3,
    failure = 4,  // everything else: the name is taken, the disk is full, another file system
    bad_message = 5,
    no_connection = 6,
    connection_lost = 7,
    unsupported = 8
};
// For people: "the server says that there is no such file". Never the server's own text, which may hold a file's name.
std::string to_text(Status status);

// Section 5. What the server does not say is not set.
struct Attributes {
    std::optional<std::uint64_t> size;
    std::optional<std::uint32_t> permissions;  // as st_mode, with the kind of file
    std::optional<std::uint32_t> modified;     // seconds since 1970

    bool is_regular() const;
    bool is_directory() const;
    bool operator==(const Attributes&) const = default;
};

// What open is asked for (section 6.3, pflags).
enum class OpenFor : std::uint32_t {
    reading = 0x01,
    writing_anew = 0x02 | 0x08 | 0x10  // WRITE, CREAT, TRUNC
};

// Requests, whole, with their length in front. id: what the reply will say.
std::string init_packet();
std::string open_packet(std::uint32_t id, std::string_view path, OpenFor what);
std::string close_packet(std::uint32_t id, std::string_view handle);
std::string read_packet(std::uint32_t id, std::string_view handle, std::uint64_t offset, std::uint32_t length);
std::string write_packet(std::uint32_t id, std::string_view handle, std::uint64_t offset, std::string_view data);
std::string lstat_packet(std::uint32_t id, std::string_view path);
std::string fstat_packet(std::uint32_t id, std::string_view handle);
std::string opendir_packet(std::uint32_t id, std::string_view path);
std::string readdir_packet(std::uint32_t id, std::string_view handle);
std::string remove_packet(std::uint32_t id, std::string_view path);
std::string mkdir_packet(std::uint32_t id, std::string_view path);
// The draft: an error when `to` is there. OpenSSH links and unlinks, so that for a moment both names may be there.
std::string rename_packet(std::uint32_t id, std::string_view from, std::string_view to);
// As rename(2): atomic, and in the place of what is at `to`.
std::string posix_rename_packet(std::uint32_t id, std::string_view from, std::string_view to);
std::string fsync_packet(std::uint32_t id, std::string_view handle);

// Section 4.
struct Version {
    std::uint32_t number = 0;
    std::vector<std::pair<std::string, std::string>> extensions;  // name, data
    bool offers(std::string_view extension) const;
};

struct Handle {
    std::string bytes;
    bool operator==(const Handle&) const = default;
};
struct Data {
    std::string bytes;
    bool operator==(const Data&) const = default;
};
struct Entry {
    std::string name;  // as the server's file system has it; whoever uses it in a path looks for "/" in it first
    Attributes attributes;
    bool operator==(const Entry&) const = default;
};
struct Names {
    std::vector<Entry> entries;
    bool operator==(const Names&) const = default;
};
struct Reply {
    std::uint32_t id = 0;
    std::variant<Status, Handle, Data, Names, Attributes> content;
    bool operator==(const Reply&) const = default;
};

// payload: a packet without its length. Errors: net_closed, the bytes are no such packet; the two are out of step, and
// nothing that comes after it can be believed.
Result<Version> read_version(std::string_view payload);
Result<Reply> read_reply(std::string_view payload);

// Cuts packets out of what arrives.
class PacketReader {
  public:
    // OpenSSH sends no longer ones; the draft asks for 34,000 bytes.
    static constexpr std::size_t longest = 256u << 10;

    void feed(std::string_view bytes) { bytes_.append(bytes); }
    // The payload of the next one, or none yet. Errors: net_closed, it announces more than the longest, or nothing:
    // this is no SFTP (a login script that prints something).
    Result<std::optional<std::string>> next();

  private:
    std::string bytes_;
    std::size_t at_ = 0;
};

}  // namespace gantry::sftp
