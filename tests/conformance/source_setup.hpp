// How the laws about sources speak to a source of each kind. A new kind gets a row in source_setups().
#pragma once
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/hl7/header.hpp"
#include "engine/hl7/mllp.hpp"
#include "engine/net/client.hpp"
#include "engine/net/http_response_reader.hpp"
#include "tests/conformance/ssh_site.hpp"

namespace gantry::conformance {

// Only the limit of a test that has gone wrong; nothing is measured by it.
inline constexpr std::chrono::milliseconds patience{20'000};

// What a sender hears about one message. nothing: it may be in or not, and is sent again.
enum class Heard : std::uint8_t { accepted, refused, nothing };

// One sender. It sends one message at a time and hears about it.
class Sender {
  public:
    virtual ~Sender() = default;
    virtual Heard send(const std::string& message) = 0;
};

// How a protocol over TCP carries a message and its answer.
struct Wire {
    std::string (*request)(const std::string& message);
    // Cuts the answer to `message` off the front of what came; none: it is not whole.
    std::optional<Heard> (*answer)(std::string& came, const std::string& message);
    // Bytes of which no message may come: another protocol, half messages, oversized ones.
    std::vector<std::string> (*garbage)();
};

struct SourceSetup {
    std::string_view kind;
    std::string_view with;  // what is set otherwise than by default
    const Wire* wire;       // null: the kind does not listen; it reads files of the directory "inbox"
    // JSON text: quick, for small messages, on any free port. data: where the directories are.
    std::string (*options)(const std::filesystem::path& data);
};

inline std::string control_id(const std::string& message) {
    return hl7::read_header(message).echo(10);
}
inline bool says(const std::string& acknowledgment, const std::string& code, const std::string& message) {
    return acknowledgment.find("\rMSA|" + code + "|" + control_id(message)) != std::string::npos;
}
// A message that no source of the suite takes.
inline std::string oversized() {
    return "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123090000||ADT^A08|BIG|P|2.3.1\rNTE|1||" + std::string(200'000, 'x');
}

inline const Wire mllp_wire{[](const std::string& message) { return hl7::mllp_frame(message); },
                            [](std::string& came, const std::string& message) -> std::optional<Heard> {
                                hl7::MllpDecoder decoder;
                                decoder.feed(came);
                                const auto frame = decoder.next();
                                if (!frame) return std::nullopt;
                                came.clear();
                                return says(frame->content, "AA", message) ? Heard::accepted : Heard::refused;
                            },
                            [] {
                                return std::vector<std::string>{
                                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                    std::string("\0\xff\x1c\r", 4),
                                    "\x0b\x1c\r",
                                    "\x0bMSH|^~\\&|HIS|HOSP|||2026||ADT^A08|HALF|P|2.3.1\rPID|1||7",
                                    "\x0b"
                                    "no message\x1c\r",
                                    hl7::mllp_frame(oversized()),
                                    std::string(300'000, 'y')};
                            }};

inline std::string post(const std::string& body, const std::string& type = "x-application/hl7-v2+er7") {
    return "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline const Wire http_wire{[](const std::string& message) { return post(message); },
                            [](std::string& came, const std::string& message) -> std::optional<Heard> {
                                net::HttpResponseReader reader({});
                                if (reader.feed(came) != net::HttpResponseReader::State::whole) return std::nullopt;
                                came.clear();
                                const auto& response = reader.response();
                                const bool accepted = response.status == 200 && says(response.body, "AA", message);
                                return accepted ? Heard::accepted : Heard::refused;
                            },
                            [] {
                                const auto whole = post("MSH|^~\\&|HIS|HOSP|||2026||ADT^A08|HALF|P|2.3.1\rPID|1||7\r");
                                return std::vector<std::string>{
                                    hl7::mllp_frame("MSH|^~\\&|HIS\r"),
                                    std::string("\0\xff\r\n\r\n", 6),
                                    whole.substr(0, whole.size() - 5),
                                    whole.substr(0, 40),
                                    post("MSH|^~\\&|HIS\r", "text/plain"),
                                    post(""),
                                    post(oversized()),
                                    "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nMSH|^~",
                                    "POST / HTTP/1.1\r\nX: " + std::string(300'000, 'y')};
                            }};

inline std::string network_options(const std::filesystem::path&) {
    return R"({"port": 0, "max_message": "64kB"})";
}
// Of directories in `place`, which ends with "/" or is empty.
inline std::string file_options(const std::string& place, const std::string& more = {}) {
    return R"({"directory": ")" + place + R"(inbox", "archive": ")" + place + R"(done", "error": ")" + place +
           R"(bad", "interval": "2ms", "min_age": "0ms", "max_message": "64kB")" + more + "}";
}

inline const SourceSetup source_setups[] = {
    {"mllp", "", &mllp_wire, network_options},
    {"http", "", &http_wire, network_options},
    {"file", "", nullptr, [](const auto&) { return file_options(""); }},
    {"file", "sftp", nullptr,
     [](const auto& data) {
         std::filesystem::create_directories(data / "inbox");
         return file_options(data.string() + "/", R"(, "sftp": )" + ssh_server().json());
     }},
};
// Over one connection, which is kept while it can be, to the source or to a proxy before it.
class WireSender final : public Sender {
  public:
    WireSender(const Wire& wire, std::uint16_t port) : wire_(wire), port_(port) {}

    Heard send(const std::string& message) override {
        if (!stream_) connect();
        const auto request = wire_.request(message);
        if (!stream_ || !stream_->write(request.data(), request.size(), patience).ok()) return lost();
        for (std::string came;;) {
            if (const auto heard = wire_.answer(came, message)) return *heard;
            const auto more = read();
            if (more.empty()) return lost();
            came += more;
        }
    }
    // Whatever it is.
    void send_raw(const std::string& bytes) {
        if (!stream_) connect();
        if (stream_) (void)stream_->write(bytes.data(), bytes.size(), patience);
    }

  private:
    void connect() {
        auto stream = net::connect("127.0.0.1", port_, patience);
        if (stream.ok()) stream_ = std::move(*stream);
    }
    // Empty: the connection has ended.
    std::string read() {
        std::string out(65'536, '\0');
        const auto got = stream_->read(out.data(), out.size(), patience);
        if (!got && got.error().code == ErrorCode::net_timeout) BOOST_ERROR("a sender waits without end");
        out.resize(got ? *got : 0);
        return out;
    }
    Heard lost() {
        stream_.reset();
        return Heard::nothing;
    }

    const Wire& wire_;
    const std::uint16_t port_;
    std::unique_ptr<ByteStream> stream_;
};

// Puts files into the inbox, and looks for what became of them.
class FileSender final : public Sender {
  public:
    // Only while goes_on holds somebody reads them.
    FileSender(std::filesystem::path data, std::function<bool()> goes_on)
        : data_(std::move(data)), goes_on_(std::move(goes_on)) {}

    Heard send(const std::string& message) override {
        const auto name = control_id(message) + "-" + std::to_string(++count_) + ".hl7";
        const auto aside = data_ / "inbox" / ("." + name);
        std::filesystem::create_directories(aside.parent_path());
        std::ofstream(aside, std::ios::binary) << message;
        std::filesystem::rename(aside, data_ / "inbox" / name);
        const auto limit = std::chrono::steady_clock::now() + patience;
        while (goes_on_()) {
            if (std::filesystem::exists(data_ / "done" / name)) return Heard::accepted;
            if (std::filesystem::exists(data_ / "bad" / name)) return Heard::refused;
            if (std::chrono::steady_clock::now() > limit) {
                BOOST_ERROR("a file waits without end");
                break;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return Heard::nothing;
    }

  private:
    const std::filesystem::path data_;
    const std::function<bool()> goes_on_;
    int count_ = 0;
};

}  // namespace gantry::conformance
