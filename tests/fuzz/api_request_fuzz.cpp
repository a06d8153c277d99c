// Any bytes as what a request to /api says: the parameters of a search, the body of a decision, a moment. Whatever is
// taken keeps to what the store is promised, and what is refused is refused with a sentence.
#include "engine/admin/moment.hpp"
#include "engine/admin/requests.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using fuzz::must;

namespace {

constexpr Instant now{1'795'424'400'000'000};  // 2026-11-23T09:00:00Z

bool has_control_characters(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20) return true;
    return false;
}

// "name=value" lines.
net::HttpRequest request_of(std::string_view text) {
    net::HttpRequest out;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto equals = std::min(line.find('='), line.size());
        out.query.emplace_back(line.substr(0, equals), line.substr(std::min(line.size(), equals + 1)));
    }
    return out;
}

void check_search(std::string_view text) {
    const auto query = admin::message_query(request_of(text), Zone("UTC"), now);
    if (!query) return must(!query.error().detail.empty(), "a refusal says why");
    must(query->most >= 1 && query->most <= 500, "a page has a size");
    must(query->before.value >= 0, "a message has a number");
    must(query->type.find_first_of("%_'") == std::string::npos, "a type is no pattern");
    for (const auto* value : {&query->channel, &query->control_id, &query->accession_number, &query->placer.number,
                              &query->patient.value, &query->study_instance_uid})
        must(!has_control_characters(*value), "what is searched for is text");
}

void check_decision(std::string_view text) {
    const auto decision = admin::decision_of(std::string(text));
    if (!decision) return must(!decision.error().detail.empty(), "a refusal says why");
    must(!decision->by.empty(), "a decision is somebody's");
    must(!has_control_characters(decision->by) && !has_control_characters(decision->reason), "who and why are text");
    must(decision->states.size() <= std::size(store::waiting_states), "each state is named once");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const auto text = fuzz::text_of(data + 1, size - 1);
    if (data[0] % 3 == 0) check_search(text);
    if (data[0] % 3 == 1) check_decision(text);
    if (data[0] % 3 == 2) (void)admin::moment_of(text, Zone("UTC"), now);
    if (const auto id = admin::id_of(text)) must(*id > 0, "an id is a number");
    return 0;
}
