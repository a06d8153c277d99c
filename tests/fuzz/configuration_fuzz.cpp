// Any bytes as one of the configuration's documents (the first byte chooses: engine.json, a channel, a code table, a
// case file): every problem has its place in the document; options that were read without a problem are inside their
// limits.
#include "channels/catalog/channel_document.hpp"
#include "engine/main/case_file.hpp"
#include "engine/main/configuration.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using fuzz::must;

namespace {

// No variables and no directory: what a document names outside of itself is not there.
settings::Environment nothing_around() {
    return {"/nonexistent", [](const std::string&) { return std::optional<std::string>(); }};
}

void engine_options(const json::Value& document, json::Diagnostics& problems) {
    const auto options = engine_schema().read(document, "", problems, nothing_around());
    if (problems.has_errors()) return;
    must(options.http.port >= 0 && options.http.port <= 65535, "a port is one");
    must(options.committers >= 1 && options.committers <= 4, "committers are between 1 and 4");
    must(options.node >= 0 && options.node <= 1023, "a node is between 0 and 1023");
}

void channel(const json::Value& document, std::string_view text, json::Diagnostics& problems) {
    static const auto mappings = [] {
        std::map<std::string, mappings::Mapping, std::less<>> out;
        for (const auto& one : fuzz::shipped_mappings().all()) out.emplace(one.name(), one);
        return out;
    }();
    static const std::map<std::string, mappings::Outgoing, std::less<>> outgoing{
        {"orders-to-pacs", fuzz::shipped_outgoing()}};
    const auto environment = nothing_around();
    const channels::ChannelSurroundings around{fuzz::shipped_tables(), mappings, outgoing, environment};
    const auto channel = channels::read_channel("fuzz", document, std::string(text), around, problems);
    if (problems.has_errors()) return;
    must(channel.make_source != nullptr, "a channel without a problem has a source");
    must(channel.handling.mappings.all().empty() == !channel.resource_types.empty(),
         "a channel without a problem has mappings, or takes resources");
}

void table(const json::Value& document, json::Diagnostics& problems) {
    const auto table = mappings::Table::load("fuzz", document, problems);
    must(table.has_value() != problems.has_errors(), "a table is loaded exactly when it has no error");
    if (!table) return;
    must(!table->key().empty(), "a table has a key");
    const std::vector<std::string_view> codes(table->key().size(), "M");
    if (const auto row = table->find(codes)) must(*row < table->rows(), "what is found is in the table");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const auto text = fuzz::text_of(data + 1, size - 1);
    json::Diagnostics problems("fuzz.json");
    if (data[0] % 4 == 3) {
        const auto read = read_case("fuzz.json", std::string(text), problems);
        must(read.has_value() != problems.has_errors(), "a case is read exactly when it has no error");
    } else if (const auto document = json::parse(text)) {
        if (data[0] % 4 == 0) engine_options(*document, problems);
        if (data[0] % 4 == 1) channel(*document, text, problems);
        if (data[0] % 4 == 2) table(*document, problems);
    }
    fuzz::stands_inside(problems, text);
    return 0;
}
