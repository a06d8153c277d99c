// Any bytes from the start of a DICOM connection, through DCMTK, in memory: the greeter never changes its mind as bytes
// come; an association is accepted only when the greeter let it through and the called AE title is ours; everything we
// send is whole PDUs; and every conversation ends with its bytes.
#include <algorithm>
#include <vector>

#include "engine/dicom/greeter.hpp"
#include "engine/dicom/service.hpp"
#include "tests/engine/dicom/sample_rows.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using namespace gantry::dicom;
using fuzz::must;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t most_output = 8u << 20;

// A peer that has said all it has to say, and reads everything.
class Recorded final : public ByteStream {
  public:
    Recorded(std::string_view bytes, std::string& sent) : left_(bytes), sent_(sent) {}
    Result<std::size_t> read(char* into, std::size_t most, milliseconds) override {
        const auto size = std::min(most, left_.size());
        std::copy_n(left_.data(), size, into);
        left_.remove_prefix(size);
        return size;
    }
    Result<void> write(const char* from, std::size_t size, milliseconds) override {
        sent_.append(from, size);
        must(sent_.size() < most_output, "answers are bounded");
        return {};
    }
    bool readable(milliseconds) override { return true; }
    void shut_down() noexcept override { left_ = {}; }
    const Peer& peer() const override { return peer_; }
    bool loopback() const override { return true; }
    int descriptor() const override { return -1; }

  private:
    std::string_view left_;
    std::string& sent_;
    Peer peer_{"127.0.0.1:1"};
};

class Rows final : public WorklistCatalog {
  public:
    Result<void> find(const effects::WorklistQuery&, const Take& take) override {
        for (const auto* name :
             {"SMITH^JOHN", "M\xC3\xBCller^Anna", "\xE5\xB1\xB1\xE7\x94\xB0^\xE5\xA4\xAA\xE9\x83\x8E"})
            if (!take(samples::row(name))) break;
        return {};
    }
};

void never_changes_its_mind(std::string_view bytes, Greeting whole) {
    for (std::size_t size = 1; size < std::min<std::size_t>(bytes.size(), 300); ++size) {
        const auto early = association_greeter(bytes.substr(0, size));
        if (early == Greeting::refuse) must(whole == Greeting::refuse, "what was refused stays refused");
        if (early == Greeting::complete) must(whole == Greeting::complete, "what was complete stays complete");
    }
}

// The types of the PDUs sent, which must be whole.
std::vector<char> pdus(std::string_view sent) {
    std::vector<char> types;
    while (!sent.empty()) {
        must(sent.size() >= 6, "a PDU has a head");
        std::size_t length = 0;
        for (const char c : sent.substr(2, 4)) length = length << 8 | static_cast<unsigned char>(c);
        must(length <= sent.size() - 6, "a PDU is whole");
        types.push_back(sent[0]);
        sent.remove_prefix(6 + length);
    }
    return types;
}

std::string called_title(std::string_view request) {
    const auto field = request.substr(10, 16);
    const auto end = field.find_last_not_of(" \0");
    return std::string(end == std::string_view::npos ? std::string_view() : field.substr(0, end + 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static Rows rows;
    static const FixedClock clock(Instant{1'795'435'200'000'000});
    static DicomService service({}, rows, events::nowhere(), clock, Zone("UTC"));
    const auto bytes = fuzz::text_of(data, size);
    const auto greeting = association_greeter(bytes);
    never_changes_its_mind(bytes, greeting);
    std::string sent;
    service.serve(std::make_unique<Recorded>(bytes, sent));
    const auto types = pdus(sent);
    for (const char type : types) must(type >= 2 && type <= 7 && type != 5, "only PDUs that a server sends");
    if (types.empty()) return 0;
    const bool accepted = types.front() == 2;
    must(std::count(types.begin(), types.end(), 2) == (accepted ? 1 : 0), "an association is accepted once");
    if (!accepted) return 0;
    must(greeting == Greeting::complete, "an association is accepted only when the greeter let it through");
    must(called_title(bytes) == "GANTRY", "an association is accepted only in our name");
    return 0;
}
