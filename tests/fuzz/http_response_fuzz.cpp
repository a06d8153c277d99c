// Any bytes from a web server, cut anywhere: they are read the same way however they are cut; no more is kept than the
// limits; what is whole stays as it is whatever comes after; half of a response that says how long it is is none; and
// an order is delivered only by what names it.
#include "channels/destinations/http_reply.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using namespace gantry::net;
using fuzz::must;
using State = HttpResponseReader::State;

namespace {

constexpr HttpResponseReader::Limits limits{2048, 1024};

HttpResponseReader read(std::string_view bytes, std::size_t width, bool ends) {
    HttpResponseReader reader(limits);
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        const bool whole = reader.state() == State::whole;
        const auto body = reader.response().body;
        reader.feed(bytes.substr(at, width));
        must(!whole || (reader.state() == State::whole && reader.response().body == body), "a whole response stays");
    }
    if (ends) reader.end();
    return reader;
}

std::string outcome(const HttpResponseReader& reader) {
    std::string out = std::to_string(int(reader.state())) + reader.why();
    if (reader.state() != State::whole) return out;
    out += std::to_string(reader.response().status) + (reader.reusable() ? "reusable" : "");
    for (const auto& [name, value] : reader.response().headers) out += name + ": " + value + "\n";
    return out + reader.response().body;
}

void check_whole(const HttpResponseReader& reader, bool ends) {
    const auto& response = reader.response();
    must(response.status >= 200 && response.status <= 999, "an answer has a final status");
    must(response.body.size() <= limits.body, "a body has a limit");
    must(reader.measured() || ends, "without a length only the end is the end");
    must(!reader.reusable() || reader.measured(), "who closes is not asked again");
    for (const auto& [name, value] : response.headers)
        must(!name.empty() && (name + value).find_first_of("\r\n") == std::string::npos, "a header is one line");
    HttpCall call;
    call.end = HttpCall::End::answered;
    call.sent = true;
    call.response = response;
    call.measured = reader.measured();
    channels::SentMessage message;
    message.control_id = "M1";
    const auto answer = channels::http_answer(call, message, {});
    must(answer.verdict != runtime::Destination::Verdict::away, "what was answered was sent");
    if (answer.verdict == runtime::Destination::Verdict::delivered)
        must(response.body.find('1') != std::string::npos, "only what names the message delivers it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 1) return 0;
    const bool ends = (data[0] & 8) != 0;
    const auto bytes = fuzz::text_of(data + 1, size - 1);
    const auto reader = read(bytes, bytes.size() + 1, ends);
    must(outcome(read(bytes, 1 + data[0] % 7, ends)) == outcome(reader), "cuts change nothing");
    if (reader.state() != State::whole) return 0;
    check_whole(reader, ends);
    // The last byte of an exact one is needed.
    if (reader.reusable())
        must(read(bytes.substr(0, bytes.size() - 1), bytes.size(), true).state() == State::broken, "half is none");
    return 0;
}
