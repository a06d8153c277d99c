#include "engine/dicom/dcmtk/transport.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>

namespace gantry::dicom {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t gathered_at_most = 32u << 10;
constexpr milliseconds longest_to_gather{10};

class StreamConnection final : public DcmTransportConnection {
  public:
    StreamConnection(DcmNativeSocketType socket, Conversation& conversation)
        : DcmTransportConnection(socket), conversation_(conversation) {}

    OFCondition serverSideHandshake() override { return EC_Normal; }
    OFCondition clientSideHandshake() override { return EC_Normal; }
    OFCondition renegotiate(const char*) override { return EC_Normal; }
    ssize_t read(void* into, size_t most) override { return conversation_.read(into, most); }
    ssize_t write(void* from, size_t size) override { return conversation_.write(from, size); }
    void close() override { conversation_.close(); }
    void closeTransportConnection() override { conversation_.close(); }
    unsigned long getPeerCertificateLength() override { return 0; }
    unsigned long getPeerCertificate(void*, unsigned long) override { return 0; }
    OFBool networkDataAvailable(int seconds) override {
        conversation_.flush();
        return conversation_.readable(std::min(conversation_.left(), milliseconds(1000LL * std::max(seconds, 0))));
    }
    // Not transparent: DCMTK must not select() on a socket that is not the peer's.
    OFBool isTransparentConnection() override { return OFFalse; }
    OFString& dumpConnectionParameters(OFString& text) override { return text = "ByteStream"; }

  private:
    Conversation& conversation_;
};

// Never EINTR, at which DCMTK would try again for ever.
ssize_t failed(int why) {
    errno = why;
    return -1;
}

}  // namespace

void Conversation::allow(milliseconds wait, std::size_t most) {
    deadline_ = std::chrono::steady_clock::now() + wait;
    budget_ = most;
}

milliseconds Conversation::left() const {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - std::chrono::steady_clock::now());
    return std::max(left, milliseconds(0));
}

bool Conversation::readable(milliseconds wait) {
    if (wait.count() > 0 && !flush()) return true;
    return stream_.readable(wait);
}

ssize_t Conversation::read(void* into, std::size_t most) {
    if (!flush()) return failed(EPIPE);
    const auto wait = left();
    if (budget_ == 0 || wait.count() == 0) return failed(ETIMEDOUT);
    const auto got = stream_.read(static_cast<char*>(into), std::min(most, budget_), wait);
    if (!got) return failed(ECONNRESET);
    budget_ -= *got;
    return static_cast<ssize_t>(*got);
}

ssize_t Conversation::write(const void* from, std::size_t size) {
    const auto now = std::chrono::steady_clock::now();
    if (gathered_.empty()) gathering_since_ = now;
    gathered_.append(static_cast<const char*>(from), size);
    if (gathered_.size() >= gathered_at_most || now - gathering_since_ >= longest_to_gather) flush();
    return gone_ ? failed(EPIPE) : static_cast<ssize_t>(size);
}

bool Conversation::flush() {
    if (gone_ || gathered_.empty()) return !gone_;
    gone_ = !stream_.write(gathered_.data(), gathered_.size(), write_timeout_);
    std::string().swap(gathered_);  // an idle association keeps no buffer
    return !gone_;
}

void Conversation::close() {
    flush();
    stream_.shut_down();
}

DcmTransportConnection* StreamLayer::createConnection(DcmNativeSocketType socket, OFBool) {
    return std::make_unique<StreamConnection>(socket, conversation_).release();
}

}  // namespace gantry::dicom
