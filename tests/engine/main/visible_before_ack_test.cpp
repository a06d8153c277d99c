// An order is on the worklist before its sender hears that it was taken.
#include <boost/test/unit_test.hpp>

#include "engine/dicom/client.hpp"
#include "engine/dicom/tags.hpp"
#include "engine/main/store_worklist.hpp"
#include "engine/main/trial.hpp"
#include "engine/runtime/intake_pipeline.hpp"
#include "tests/engine/dicom/service_harness.hpp"
#include "tests/engine/runtime/pipeline_parts.hpp"
#include "tests/engine/store/databases.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

std::string order_message(const std::string& n) {
    return "MSH|^~\\&|HIS|HOSPITAL|GANTRY|RADIOLOGY|20261123080000||ORM^O01|M" + n + "|P|2.3.1\rPID|1||" + n +
           "^^^HOSP^MR||SAMPLE^ADA||19610417|F\rORC|NW|P" + n + "^HIS|||SC||^^^20261123093000^^R\rOBR|1|P" + n +
           "^HIS||CTABD^CT ABDOMEN^LOCAL||||||||||||||A" + n + "||||||CT\r";
}

// What a modality is answered now, and whether the order is in it.
std::string answer_for(const dicom::samples::RunningService& service, const std::string& accession) {
    const dicom::RemoteAe remote{"127.0.0.1", static_cast<std::uint16_t>(service.port), "CT01", "GANTRY",
                                 std::chrono::seconds(20)};
    const auto found = dicom::find_worklist(remote, {{"0008,0050", accession}});
    if (!found) return "no answer";
    return found->size() == 1 && found->front().value(dicom::tags::AccessionNumber) == accession ? "visible"
                                                                                                 : "not visible";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(visible_before_ack)

STORE_TEST_CASE(an_order_is_visible_to_c_find_before_its_acknowledgment_leaves) {
    const auto place = place_of(current_kind());
    const auto configuration = load_configuration(std::filesystem::path(GANTRY_SOURCE_DIR) / "conf");
    const FixedClock clock(Instant{1'795'420'800'000'000});  // 2026-11-23T08:00:00Z
    const Zone zone("UTC");
    store::StoreOptions options;
    options.url = place->url();
    const auto store = store::open(options, place->directory(), clock, events::nowhere());
    BOOST_REQUIRE(store.ok());
    StoreWorklist worklist((*store)->worklist(), {});
    dicom::samples::RunningService service({}, true, &worklist);
    runtime::testing::Tally answers;
    {
        runtime::IntakePipeline intake((*store)->intakes(), {}, [](auto, auto) {});
        const auto mapper = make_mapper(*configuration->channel("his-orders"), zone, 1);
        for (int i = 1; i <= 20; ++i) {
            const auto n = std::to_string(i);
            // What a source sends the acknowledgment in: the modality asks before that.
            const auto acknowledge = [&, n](const store::Committed& done) {
                const bool accepted = done.reply.find("MSA|AA|M" + n) != std::string::npos;
                answers.add(accepted ? answer_for(service, "A" + n) : done.reply);
            };
            runtime::Inbound message{order_message(n), "127.0.0.1:40000", clock.now(), {}};
            BOOST_REQUIRE(
                (intake.submit(mapper, std::move(message), 1, acknowledge) == runtime::Intake::Submitted::taken));
        }
        BOOST_TEST(answers.wait(20));
    }
    for (const auto& answer : answers.all()) BOOST_TEST(answer == "visible");
}

BOOST_AUTO_TEST_SUITE_END()
