// Reports as they are stored and read back, on every database.
#include "engine/effects/report_text.hpp"
#include "engine/store/report_content_text.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

using effects::OrderField;
using effects::ReportField;
using effects::ResultStatus;

effects::ReportLine line(const std::string& text) {
    effects::ReportLine out;
    out.code = "IMP";
    out.section = ReportField::impression;
    out.section_said = true;
    out.text = text;
    return out;
}

struct Result {
    std::string placer = "P1", filler = "F1", patient = "100001", text = "normal", time = "20261123100000";
    ResultStatus status = ResultStatus::final;
    std::string document;  // bytes
};

effects::Effects effects_of(const Result& result) {
    effects::Effects out;
    out.ordering_key = result.patient;
    out.patient = patient(result.patient);
    auto& report = out.reports.emplace_back();
    report.place = "OBR[1]";
    report.status = result.status;
    report.status_source = "OBR-25";
    report.event_time = result.time;
    report.imaging = true;
    auto& order = report.orders.emplace_back();
    order.place = "OBR[1]";
    order.placer = {result.placer, "HIS"};
    order.filler = {result.filler, "RIS"};
    order.action = effects::OrderAction::complete;
    order.fields.set(OrderField::placer_number, result.placer, "OBR-2");
    order.fields.set(OrderField::procedure_code, "CHEST", "OBR-4");
    report.fields.set(ReportField::report_number, result.filler, "OBR-3");
    report.fields.set(ReportField::report_date, result.time, "OBR-22");
    report.fields.set(ReportField::radiologist, "READER^RUTH", "OBR-32");
    if (!result.text.empty()) report.lines.push_back(line(result.text));
    if (!result.document.empty()) report.documents.push_back({"application/pdf", result.document, "DI", ""});
    return out;
}

store::Unit result(const std::string& control_id, const Result& what = {}) {
    return unit(control_id, effects_of(what));
}

std::vector<effects::ReportRecord> reports(Site& site, const store::RecordsReader::ReportFilter& filter = {}) {
    auto all = site->records().reports(filter, 100);
    BOOST_REQUIRE(all.ok());
    return std::move(all).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_reports)

STORE_TEST_CASE(a_report_comes_back_as_it_was_written) {
    Site site;
    site.commit(order("1"));
    site.commit(result("2", {.text = "line one\n\nline \xc3\xa4", .document = std::string("%PDF-\0\xff", 7)}));
    site.reopen();
    const auto all = reports(site);
    BOOST_REQUIRE(all.size() == 1u);
    const auto& report = all.front();
    BOOST_TEST(report.fields[ReportField::impression] == "line one\n\nline \xc3\xa4");
    BOOST_TEST(report.fields[ReportField::status] == "FINAL");
    BOOST_TEST(report.fields[ReportField::report_number] == "F1");
    BOOST_TEST(report.reported_by.value != 0);
    BOOST_REQUIRE(report.versions.size() == 1u);
    BOOST_TEST(report.current_version == report.versions[0].id);
    BOOST_TEST(report.versions[0].time == "20261123100000");
    BOOST_TEST((report.versions[0].lines == std::vector{line("line one\n\nline \xc3\xa4")}));
    BOOST_TEST(report.last_change == report.versions[0].change);
    const auto document = site->records().document(report.fields[ReportField::document_digest]);
    BOOST_REQUIRE(document.ok() && document->has_value());
    BOOST_TEST((**document).bytes == std::string("%PDF-\0\xff", 7));
    BOOST_TEST((**document).about.media_type == "application/pdf");
    const auto orders = site->records().orders({}, 10);
    BOOST_REQUIRE(orders.ok() && orders->size() == 1u);
    BOOST_TEST(orders->front().fields[OrderField::status] == "COMPLETED");
    BOOST_TEST((report.orders == std::vector{orders->front().id}));
}

STORE_TEST_CASE(a_document_that_is_not_there) {
    Site site;
    const auto document = site->records().document("00");
    BOOST_TEST((document.ok() && !document->has_value()));
}

STORE_TEST_CASE(versions_meet_within_one_batch_and_over_several) {
    Site site;
    std::vector<store::Unit> batch;
    batch.push_back(order("1"));
    batch.push_back(result("2", {.text = "maybe", .time = "20261123095000", .status = ResultStatus::preliminary}));
    batch.push_back(result("3"));
    for (const auto& done : site.commit(std::move(batch))) BOOST_TEST(outcome(done) == "delivered");
    site.commit(result("4", {.text = "nodule", .time = "20261123101000", .status = ResultStatus::corrected}));
    const auto all = reports(site);
    BOOST_REQUIRE(all.size() == 1u);
    BOOST_TEST(all[0].versions.size() == 3u);
    BOOST_TEST(all[0].fields[ReportField::result_status] == "corrected");
    BOOST_TEST(all[0].fields[ReportField::finalized_date] == "20261123100000");
    BOOST_TEST(effects::text_of(all[0].versions[0].lines) == "maybe");
    BOOST_TEST(site.one("SELECT count(*) FROM radiology_report") == "1");
    BOOST_TEST(site.one("SELECT count(*) FROM report_order") == "1");
    BOOST_TEST(site.one("SELECT count(*) FROM report_key") == "1");
}

STORE_TEST_CASE(one_document_is_stored_once) {
    Site site;
    std::vector<store::Unit> batch;
    batch.push_back(result("1", {.document = "%PDF-1"}));
    batch.push_back(result("2", {.placer = "P2", .filler = "F2", .document = "%PDF-1"}));
    site.commit(std::move(batch));
    site.commit(result("3", {.placer = "P3", .filler = "F3", .document = "%PDF-1"}));
    BOOST_TEST(reports(site).size() == 3u);
    BOOST_TEST(site.one("SELECT count(*) FROM report_document") == "1");
}

STORE_TEST_CASE(reports_are_found_by_accession_number) {
    Site site;
    site.commit(order("1"));
    site.commit(order("2", {.placer = "P2", .accession = "A2"}));
    site.commit(result("3"));
    site.commit(result("4", {.placer = "P2", .filler = "F2"}));
    const auto found = reports(site, {{}, "A2"});
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].fields[ReportField::report_number] == "F2");
    BOOST_TEST(reports(site, {{}, "A3"}).empty());
    BOOST_TEST(reports(site, {found[0].id, {}}).size() == 1u);
}

// A unit that cannot be stored leaves nothing of its report, and the batch around it is as if it had not been there.
STORE_TEST_CASE(a_refused_result_leaves_nothing) {
    Site site;
    site.commit(order("1"));
    std::vector<store::Unit> batch;
    batch.push_back(result("2", {.patient = "100002"}));
    batch.push_back(result("3"));
    const auto done = site.commit(std::move(batch));
    BOOST_TEST(outcome(done[0]) == "held: order.ambiguous");
    BOOST_TEST(outcome(done[1]) == "delivered");
    BOOST_TEST(site.one("SELECT count(*) FROM report_version") == "1");
    BOOST_TEST(site.one("SELECT count(*) FROM patient") == "1");
}

STORE_TEST_CASE(the_change_row_says_what_it_was_before) {
    Site site;
    site.commit(result("1"));
    site.commit(result("2", {.text = "nodule", .time = "20261123101000"}));
    const auto patches = site.latest(1).front().patches;
    BOOST_TEST(patches.find(R"("impression":["normal","OBX-5"])") != std::string::npos, patches);
    BOOST_TEST(patches.find(R"("status":["FINAL","OBR-25"])") != std::string::npos, patches);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(report_content)

BOOST_AUTO_TEST_CASE(a_version_comes_back_from_its_text) {
    effects::ReportVersion version;
    version.status = ResultStatus::corrected;
    version.addendum = true;
    version.part = "DOC2^RIS";
    version.announces = "announced";
    version.said[ReportField::radiologist] = "READER^RUTH";
    version.lines = {line("one \" two\n"), line("")};
    version.lines[0].says = effects::ReportLine::Says::keep;
    version.lines[0].sub_id = "1.2";
    version.lines[0].set_id = "7";
    version.lines[1].says = effects::ReportLine::Says::withdraw;
    version.lines[1].section_said = false;
    version.lines[0].parts = {{ReportField::findings, 0, 3}, {ReportField::impression, 4, 5}};
    version.documents = {{"ab", "application/pdf", 12, "DI", "1"}};
    effects::ReportVersion back;
    store::read_report_content(store::report_content_text(version), back);
    BOOST_TEST((back.status == version.status));
    BOOST_TEST(back.addendum);
    BOOST_TEST(back.part == version.part);
    BOOST_TEST(back.announces == version.announces);
    BOOST_TEST((back.said == version.said));
    BOOST_TEST((back.lines == version.lines));
    BOOST_TEST((back.documents == version.documents));
}

BOOST_AUTO_TEST_CASE(what_is_no_content_leaves_the_version_empty) {
    for (const auto* text : {"", "{", "[]", "{\"lines\": 7}", "{\"lines\": [{\"parts\": [[\"nowhere\", -1, 2.5]]}]}"}) {
        effects::ReportVersion version;
        store::read_report_content(text, version);
        BOOST_TEST(version.part.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
