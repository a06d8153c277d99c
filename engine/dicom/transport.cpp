#include "engine/dicom/dcmtk/transport.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>

namespace gantry::dicom {
namespace {

using std::chrono::milliseconds;

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

ssize_t Conversation::read(void* into, std::size_t most) {
    const auto wait = left();
    if (budget_ == 0 || wait.count() == 0) return failed(ETIMEDOUT);
    const auto got = stream_.read(static_cast<char*>(into), std::min(most, budget_), wait);
    if (!got) return failed(ECONNRESET);
    budget_ -= *got;
    return static_cast<ssize_t>(*got);
}

ssize_t Conversation::write(const void* from, std::size_t size) {
    const auto written = stream_.write(static_cast<const char*>(from), size, write_timeout_);
    return written ? static_cast<ssize_t>(size) : failed(EPIPE);
}

DcmTransportConnection* StreamLayer::createConnection(DcmNativeSocketType socket, OFBool) {
    return std::make_unique<StreamConnection>(socket, conversation_).release();
}

}  // namespace gantry::dicom
