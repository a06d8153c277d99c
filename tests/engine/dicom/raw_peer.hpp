// A DICOM peer byte by byte, without DCMTK: the messages of PS3.8 9.3 and PS3.7 as text, and an association that is
// kept. For peers that misbehave, for many of them at once, and for measuring the engine and not a client.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::dicom::samples {

inline std::string big(std::uint64_t value, int size) {
    std::string out;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
    return out;
}
inline std::string little(std::uint32_t value, int size) {
    std::string out;
    for (int i = 0; i < size; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
    return out;
}
inline std::uint32_t read_big(std::string_view bytes) {
    std::uint32_t out = 0;
    for (const char byte : bytes) out = out << 8 | static_cast<unsigned char>(byte);
    return out;
}
inline std::uint32_t read_little(std::string_view bytes) {
    std::uint32_t out = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[i]);
    return out;
}

// PS3.8 9.3: PDU and the items of an association request.
inline std::string item(char type, const std::string& value) {
    return std::string{type, 0} + big(value.size(), 2) + value;
}
inline std::string pdu(char type, const std::string& body) {
    return std::string{type, 0} + big(body.size(), 4) + body;
}

inline constexpr const char* verification = "1.2.840.10008.1.1";
inline constexpr const char* worklist = "1.2.840.10008.5.1.4.31";

// A-ASSOCIATE-RQ for worklist (presentation context 1) and verification (3), both in Implicit VR Little Endian only.
// max_pdu: what the peer can receive.
inline std::string association_request(const std::string& called = "GANTRY", const std::string& calling = "CT01",
                                       std::uint32_t max_pdu = 0x4000) {
    const auto padded = [](std::string title) { return title.append(16 - title.size(), ' '); };
    const auto context = [](char id, const char* abstract_syntax) {
        return item(0x20, std::string{id, 0, 0, 0} + item(0x30, abstract_syntax) + item(0x40, "1.2.840.10008.1.2"));
    };
    const std::string user = item(0x51, big(max_pdu, 4)) + item(0x52, "1.2.3");
    return pdu(1, std::string("\0\1\0\0", 4) + padded(called) + padded(calling) + std::string(32, '\0') +
                      item(0x10, "1.2.840.10008.3.1.1.1") + context(1, worklist) + context(3, verification) +
                      item(0x50, user));
}

inline std::string element(std::uint32_t group, std::uint32_t number, const std::string& value) {
    return little(group, 2) + little(number, 2) + little(static_cast<std::uint32_t>(value.size()), 4) + value;
}
// A value made even, as text is.
inline std::string text_element(std::uint32_t group, std::uint32_t number, std::string value, char padding = ' ') {
    if (value.size() % 2 != 0) value += padding;
    return element(group, number, value);
}
inline std::string sequence(std::uint32_t group, std::uint32_t number, const std::string& only_item) {
    return element(group, number, element(0xFFFE, 0xE000, only_item));
}

// P-DATA-TF with one value. head: 1 command, 2 last fragment.
inline std::string pdv(char head, const std::string& bytes, char context = 1) {
    return pdu(4, big(bytes.size() + 2, 4) + std::string{context, head} + bytes);
}

inline std::string command(const char* sop_class, std::uint32_t field, std::uint32_t id, bool dataset) {
    return text_element(0, 2, sop_class, '\0') + element(0, 0x100, little(field, 2)) +
           element(0, 0x110, little(id, 2)) + (dataset ? element(0, 0x700, little(0, 2)) : std::string()) +
           element(0, 0x800, little(dataset ? 1 : 0x101, 2));
}
inline std::string find_request(std::uint32_t id = 7) {
    return pdv(3, command(worklist, 0x20, id, true));
}
inline std::string echo_request(std::uint32_t id = 7) {
    return pdv(3, command(verification, 0x30, id, false), 3);
}
inline std::string cancel_request(std::uint32_t id = 7) {
    return pdv(3, element(0, 0x100, little(0xFFF, 2)) + element(0, 0x120, little(id, 2)) +
                      element(0, 0x800, little(0x101, 2)));
}

// One association on 127.0.0.1. Blocking; every wait ends after `patience`. One thread.
class RawAssociation {
  public:
    static constexpr std::chrono::milliseconds patience{20'000};

    // What answered one request.
    struct Answered {
        std::optional<std::uint16_t> status;     // the final one; nothing: the peer is gone or silent
        std::vector<std::uint16_t> pending;      // statuses of the answers before it
        std::vector<std::string> datasets;       // their identifiers, Implicit VR Little Endian
        std::size_t bytes = 0, longest_pdu = 0;  // of all PDUs; of one, its head too
    };

    explicit RawAssociation(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    ~RawAssociation() {
        if (socket_ >= 0) ::close(socket_);
    }
    RawAssociation(RawAssociation&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)),
          connected_(other.connected_),
          buffer_(std::move(other.buffer_)),
          last_id_(other.last_id_) {}
    RawAssociation(const RawAssociation&) = delete;
    RawAssociation& operator=(const RawAssociation&) = delete;

    bool connected() const { return connected_; }
    int descriptor() const { return socket_; }

    // Asks for the association; false: rejected, closed, or no answer.
    bool open(const std::string& called = "GANTRY", const std::string& calling = "CT01",
              std::uint32_t max_pdu = 0x4000) {
        if (!send(association_request(called, calling, max_pdu))) return false;
        greeting = next_pdu();
        return !greeting.empty() && greeting[0] == '\2';
    }
    // What answered it: A-ASSOCIATE-AC or -RJ.
    std::string greeting;
    bool echo() {
        const auto answered = send(echo_request(++last_id_)) ? answers() : Answered{};
        return answered.status == std::uint16_t{0};
    }
    // identifier: a data set in Implicit VR Little Endian.
    Answered find(const std::string& identifier) {
        return send(find_request(++last_id_) + pdv(2, identifier)) ? answers() : Answered{};
    }
    // A-RELEASE; false: the peer did not confirm it.
    bool release() {
        if (!send(pdu(5, std::string(4, '\0')))) return false;
        const auto answer = next_pdu();
        return !answer.empty() && answer[0] == '\6';
    }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // The next whole PDU; empty: none came.
    std::string next_pdu() {
        while (buffer_.size() - at_ < 6 || buffer_.size() - at_ < 6 + length_of_next()) {
            if (!more()) return {};
        }
        const auto size = 6 + length_of_next();
        std::string out = buffer_.substr(at_, size);
        at_ += size;
        if (at_ == buffer_.size()) {
            buffer_.clear();
            at_ = 0;
        }
        return out;
    }

    // Everything up to the final answer of the request that was sent.
    Answered answers() {
        Answered out;
        std::string dataset, command_set;
        for (;;) {
            const auto whole = next_pdu();
            if (whole.empty() || whole[0] != '\4') return out;
            out.bytes += whole.size();
            out.longest_pdu = std::max(out.longest_pdu, whole.size());
            std::string_view rest = std::string_view(whole).substr(6);
            while (rest.size() >= 6) {
                const auto size = read_big(rest.substr(0, 4));
                const char head = rest[5];
                (head & 1 ? command_set : dataset).append(rest.substr(6, size - 2));
                rest.remove_prefix(4 + size);
                if (head == 3 && !take_command(std::exchange(command_set, {}), out)) return out;
                if (head == 2) out.datasets.push_back(std::exchange(dataset, {}));
            }
        }
    }

  private:
    std::uint32_t length_of_next() const { return read_big(std::string_view(buffer_).substr(at_ + 2, 4)); }

    bool more() {
        pollfd one{socket_, POLLIN, 0};
        std::array<char, 65536> bytes{};
        if (::poll(&one, 1, static_cast<int>(patience.count())) <= 0) return false;
        const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (got > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(got));
        return got > 0;
    }

    // False: it was the final one.
    static bool take_command(std::string_view elements, Answered& out) {
        std::uint16_t status = 0xFFFF;
        while (elements.size() >= 8) {
            const auto size = read_little(elements.substr(4, 4));
            if (read_little(elements.substr(0, 4)) == 0x09000000)
                status = static_cast<std::uint16_t>(read_little(elements.substr(8, size)));
            elements.remove_prefix(8 + std::min<std::size_t>(size, elements.size() - 8));
        }
        if (status == 0xFF00 || status == 0xFF01) return out.pending.push_back(status), true;
        out.status = status;
        return false;
    }

    int socket_;
    bool connected_ = false;
    std::string buffer_;
    std::size_t at_ = 0;
    std::uint32_t last_id_ = 0;
};

}  // namespace gantry::dicom::samples
