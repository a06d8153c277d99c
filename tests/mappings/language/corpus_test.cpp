// Every order and patient message of the corpus gives effects or a named reject.
#include <algorithm>
#include <map>

#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {

BOOST_AUTO_TEST_SUITE(corpus)

BOOST_AUTO_TEST_CASE(every_message_is_applied_or_named) {
    const std::filesystem::path folder = std::string(GANTRY_TEST_CORPUS) + "/hl7v2";
    if (!std::filesystem::exists(folder)) {
        BOOST_TEST_MESSAGE("skipped: no corpus at " << folder);
        return;
    }
    std::map<std::string, int> seen;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const auto message = hl7::Message::parse(file_text(entry.path()));
        if (!message) continue;
        auto context = filler_context();
        context.processing_ids = {};
        const auto effects = shipped_mappings().evaluate(*message, context, received_at);
        const bool filtered = effects.disposition == effects::Disposition::filter && !effects.filtered_by.empty();
        BOOST_TEST((effects.disposition == effects::Disposition::apply || effects.error || filtered), entry.path());
        const auto result = effects.error ? std::string(info(effects.error->code).name)
                            : filtered    ? std::string("filtered")
                                          : std::string("applied");
        ++seen[std::string(message->type()) + " " + result];
        if (message->type() == "ORM" || message->type() == "OMG" || message->type() == "OMI")
            BOOST_TEST_MESSAGE(entry.path().filename() << ": " << (effects.error ? effects.error->text() : "applied"));
    }
    for (const auto& [what, count] : seen) BOOST_TEST_MESSAGE(what << ": " << count);
    BOOST_TEST(seen["ORM applied"] >= 5);
    BOOST_TEST(seen["ADT applied"] >= 20);
    BOOST_TEST(seen["ORU applied"] >= 20);
    BOOST_TEST(seen["MDM applied"] >= 5);
    BOOST_TEST(seen["ORU hl7.unsupported_type"] == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
