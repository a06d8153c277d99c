// Any bytes as a mapping document: every problem has its place in the document; a document is compiled exactly when it
// has no error; and what was compiled turns every sample message into effects or a reject with a reason, always the
// same. One that writes makes a message of each.
#include <vector>

#include "engine/hl7/batch.hpp"
#include "engine/hl7/location.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using fuzz::must;

namespace {

std::vector<hl7::Message> sample_messages() {
    std::vector<hl7::Message> out;
    for (const auto& entry : std::filesystem::directory_iterator(fuzz::source("conf/samples"))) {
        auto text = fuzz::file_text(entry.path());
        for (auto& c : text) c = c == '\n' ? '\r' : c;
        if (auto message = hl7::Message::parse(std::move(text))) out.push_back(std::move(*message));
    }
    must(out.size() >= 3, "the sample messages are read");
    return out;
}

void evaluates(const mappings::Mapping& mapping, const hl7::Message& message) {
    static const Zone zone("Europe/Berlin");
    mappings::MappingContext context;
    context.channel = "fuzz";
    context.zone = &zone;
    context.coverage = true;
    const Instant received{1'795'392'000'000'000};
    const auto effects = evaluate(mapping, message, context, received);
    const bool rejected = effects.disposition == effects::Disposition::reject;
    must(rejected == effects.error.has_value(), "a reject has a reason, and nothing else has one");
    if (rejected && !effects.error->place.empty())
        must(!hl7::error_location(effects.error->place).segment.empty(), "the reason has a place in the message");
    const auto again = evaluate(mapping, message, context, received);
    const auto why = [](const effects::Effects& one) { return one.error ? one.error->text() : std::string(); };
    must(again.orders.size() == effects.orders.size() && why(again) == why(effects), "evaluation is a function");
}

void writes(const mappings::Outgoing& mapping, const hl7::Message& message) {
    const mappings::MappingContext context;
    const auto copy = mapping.write(message, context), again = mapping.write(message, context);
    must(copy.ok() == again.ok() && (!copy || *copy == *again), "writing is a function");
    if (!copy) return must(!copy.error().text().empty(), "what is not written has a reason");
    const auto read = hl7::Message::parse(*copy);
    must(read.ok(), "a changed copy is a message");
    must(read->msh().field(2).raw() == message.msh().field(2).raw(), "its delimiters are those of the message");
}

void outgoing(const json::Value& document, std::string_view text, const std::vector<hl7::Message>& messages) {
    json::Diagnostics problems("fuzz.json");
    const auto mapping = mappings::Outgoing::compile("fuzz", document, fuzz::shipped_tables(), problems);
    fuzz::stands_inside(problems, text);
    must(mapping.has_value() != problems.has_errors(), "a document is compiled exactly when it has no error");
    if (mapping)
        for (const auto& message : messages) writes(*mapping, message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const auto messages = sample_messages();
    const auto text = fuzz::text_of(data, size);
    const auto document = json::parse(text);
    if (!document) return 0;
    if (mappings::is_outgoing(*document)) return outgoing(*document, text, messages), 0;
    json::Diagnostics problems("fuzz.json");
    const auto mapping = compile("fuzz", *document, fuzz::shipped_tables(), problems);
    fuzz::stands_inside(problems, text);
    must(mapping.has_value() != problems.has_errors(), "a document is compiled exactly when it has no error");
    if (mapping)
        for (const auto& message : messages) evaluates(*mapping, message);
    return 0;
}
