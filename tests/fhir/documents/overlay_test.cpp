#include "fhir/documents/overlay.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

#include "fhir/documents/posted_resource.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"

using namespace gantry;
using namespace gantry::fhir;
using effects::RecordKind;

namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

r4::Resource resource_of(const std::string& json) {
    r4::ReadOptions options;
    options.lenient = true;
    auto read = r4::read_json(json, options);
    BOOST_REQUIRE_MESSAGE(read.resource, json);
    return std::move(*read.resource);
}

std::string text_of(const std::string& json, const std::vector<SaidField>& said) {
    const auto resource = resource_of(json);
    return posted_resource(resource.root(), said).text;
}

std::string over(const std::string& projected, RecordKind kind, const Fields& now, const std::string& text) {
    return overlay(
        projected, kind,
        [&](std::string_view field) {
            const auto at = now.find(field);
            return at == now.end() ? std::string_view() : std::string_view(at->second);
        },
        text);
}

const std::string meta = R"("meta":{"versionId":"9","lastUpdated":"2026-11-29T08:00:00.123Z"})";
const std::string projected_patient =
    R"({"resourceType":"Patient","id":"101",)" + meta +
    R"(,"identifier":[{"use":"usual","system":"urn:oid:1.2","value":"4711"}],"active":true,)"
    R"("name":[{"use":"official","family":"Muster"}],"telecom":[{"system":"phone","value":"123"}],"gender":"female"})";
const std::string posted_patient =
    R"({"resourceType":"Patient","id":"mine","meta":{"versionId":"1","profile":["http://x/profile"]},)"
    R"("text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Muster</div>"},)"
    R"("extension":[{"url":"http://x/y","valueString":"z"}],"identifier":[{"system":"urn:oid:1.2","value":"4711",)"
    R"("period":{"start":"2020"}}],"name":[{"id":"n1","family":"Muster","period":{"start":"2001"}}],)"
    R"("telecom":[{"system":"phone","value":"123","use":"home","rank":1}],"gender":"female",)"
    R"("maritalStatus":{"text":"married"},"photo":[{"contentType":"image/png","data":"AAAA"}],)"
    R"("contact":[{"name":{"family":"Other"}}]})";
const std::vector<SaidField> said_of_patient{{"name", "Muster"}, {"telecom", "123"}, {"sex", "F"}};
const Fields patient_now{{"name", "Muster"}, {"telecom", "123"}, {"sex", "F"}};

bool has(const std::string& json, const std::string& part) {
    return json.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_overlay)

BOOST_AUTO_TEST_CASE(what_was_posted_comes_back_under_our_id_and_version) {
    const auto out =
        over(projected_patient, RecordKind::patient, patient_now, text_of(posted_patient, said_of_patient));
    auto expected = resource_of(posted_patient);
    expected.set_value(expected["id"], "101");
    expected.set_value(expected["meta"]["versionId"], "9");
    expected.add(expected["meta"], "lastUpdated", "2026-11-29T08:00:00.123Z");
    expected.add(expected.root(), "active", "true");  // what the record says beside
    const auto wanted = r4::write_json(expected);
    // meta.lastUpdated is in the order of the specification, whatever was read first.
    BOOST_TEST(r4::write_json(resource_of(out)) == wanted);
    BOOST_TEST(out == wanted);
}

BOOST_AUTO_TEST_CASE(a_later_event_wins_its_element_and_leaves_the_others) {
    auto now = patient_now;
    now["telecom"] = "999";
    auto projected = projected_patient;
    projected.replace(projected.find("\"123\""), 5, "\"999\"");
    const auto out = over(projected, RecordKind::patient, now, text_of(posted_patient, said_of_patient));
    BOOST_TEST(has(out, R"("telecom":[{"system":"phone","value":"999"}])"));
    BOOST_TEST(!has(out, "\"123\""));
    for (const auto* part : {"maritalStatus", "\"period\":{\"start\":\"2001\"}", "http://x/y", "photo", "contact"})
        BOOST_TEST(has(out, part), part);
    // It says what is not so any more.
    BOOST_TEST(!has(out, "xhtml"));
}

BOOST_AUTO_TEST_CASE(what_a_later_event_took_away_is_gone) {
    auto now = patient_now;
    now["telecom"] = "";
    auto projected = projected_patient;
    const std::string telecom = R"("telecom":[{"system":"phone","value":"123"}],)";
    projected.erase(projected.find(telecom), telecom.size());
    const auto out = over(projected, RecordKind::patient, now, text_of(posted_patient, said_of_patient));
    BOOST_TEST(!has(out, "telecom"));
}

BOOST_AUTO_TEST_CASE(what_no_record_can_hold_stays_as_long_as_the_record_says_nothing) {
    const auto year = R"({"resourceType":"Patient","birthDate":"1970"})";
    const auto record = R"({"resourceType":"Patient","id":"1","birthDate":"1970-05-15"})";
    BOOST_TEST(has(over(R"({"resourceType":"Patient","id":"1"})", RecordKind::patient, {}, text_of(year, {})),
                   R"("birthDate":"1970"})"));
    BOOST_TEST(has(over(record, RecordKind::patient, {{"birth_date", "19700515"}}, text_of(year, {})),
                   R"("birthDate":"1970-05-15"})"));
}

BOOST_AUTO_TEST_CASE(numbers_of_a_patient_are_those_of_the_record) {
    const auto posted =
        R"({"resourceType":"Patient","identifier":[{"value":"1"},{"value":"2","period":{"start":"2020"}}]})";
    const auto record =
        R"({"resourceType":"Patient","id":"5","identifier":[{"use":"usual","value":"2"},{"value":"3"}]})";
    BOOST_TEST(
        over(record, RecordKind::patient, {}, text_of(posted, {})) ==
        R"({"resourceType":"Patient","id":"5","identifier":[{"value":"2","period":{"start":"2020"}},{"value":"3"}]})");
}

BOOST_AUTO_TEST_CASE(references_lead_to_our_records_and_numbers_of_orders_stay) {
    const auto record =
        R"({"resourceType":"ServiceRequest","id":"301","contained":[{"resourceType":"Observation","id":"weight"}],)"
        R"("identifier":[{"type":{"text":"PLAC"},"value":"PL-1"},{"value":"ACC1"}],"status":"active","intent":"order",)"
        R"("subject":{"reference":"Patient/101"},"requester":{"reference":"Practitioner/7","display":"Dr W"},)"
        R"("supportingInfo":[{"reference":"#weight"}]})";
    const auto posted =
        R"({"resourceType":"ServiceRequest","contained":[{"resourceType":"Practitioner","id":"p"},)"
        R"({"resourceType":"Patient","id":"pat"},{"resourceType":"Specimen","id":"s"}],)"
        R"("identifier":[{"value":"PL-1","use":"official"},{"value":"other"}],"status":"active","intent":"original-order",)"
        R"("subject":{"reference":"#pat","display":"Anna"},"requester":{"reference":"Practitioner/f1","display":"Dr W"},)"
        R"("performer":[{"reference":"#p"}],"specimen":[{"reference":"#s"}]})";
    const std::vector<SaidField> said{{"requesting_physician", "W"}};
    const Fields now{{"requesting_physician", "W"}, {"weight", "70"}};
    const auto out = over(record, RecordKind::order, now, text_of(posted, said));
    BOOST_TEST(has(out, R"("identifier":[{"use":"official","value":"PL-1"},{"value":"other"},{"value":"ACC1"}])"));
    BOOST_TEST(has(out, R"("subject":{"reference":"Patient/101","display":"Anna"})"));
    BOOST_TEST(has(out, R"("requester":{"reference":"Practitioner/7","display":"Dr W"})"));
    BOOST_TEST(has(out, R"("intent":"original-order")"));
    BOOST_TEST(has(out, R"("performer":[{"reference":"#p"}])"));
    // dom-3: the patient inside is referred to by nothing any more, our observation is.
    BOOST_TEST(!has(out, R"("id":"pat")"));
    for (const auto* id : {R"("id":"p")", R"("id":"s")", R"("id":"weight")"}) BOOST_TEST(has(out, id), id);
    // Moved to another patient since: whom it was about is no name for whom it is about.
    auto moved = now;
    moved["moved_from"] = "77";
    BOOST_TEST(
        has(over(record, RecordKind::order, moved, text_of(posted, said)), R"("subject":{"reference":"Patient/101"})"));
    // Nor is the name of another of ours, whatever led there since.
    const auto merged = R"({"resourceType":"ServiceRequest","status":"active","intent":"order",)"
                        R"("subject":{"reference":"Patient/99","display":"Anna","identifier":{"value":"4711"}}})";
    BOOST_TEST(
        has(over(record, RecordKind::order, now, text_of(merged, said)), R"("subject":{"reference":"Patient/101"})"));
}

BOOST_AUTO_TEST_CASE(a_status_is_as_posted_while_it_means_what_the_record_says) {
    const auto with = [](const std::string& type, const std::string& status) {
        return R"({"resourceType":")" + type + R"(","id":"1","status":")" + status + R"("})";
    };
    const auto shown = [&](const std::string& type, const std::string& record, const std::string& posted) {
        const auto kind = type == "DiagnosticReport" ? RecordKind::report : RecordKind::order;
        return over(with(type, record), kind, {}, text_of(with(type, posted), {}));
    };
    BOOST_TEST(has(shown("DiagnosticReport", "corrected", "amended"), "amended"));
    BOOST_TEST(has(shown("DiagnosticReport", "final", "preliminary"), "final"));
    BOOST_TEST(has(shown("ServiceRequest", "revoked", "entered-in-error"), "entered-in-error"));
    BOOST_TEST(has(shown("ServiceRequest", "completed", "active"), "completed"));
}

BOOST_AUTO_TEST_CASE(the_same_resource_has_the_same_sum_whatever_its_version) {
    const auto one = resource_of(posted_patient);
    auto other = one.clone();
    other.set_value(other["meta"]["versionId"], "77");
    other.set_value(other["id"], "somebody");
    BOOST_TEST(posted_resource(one.root(), said_of_patient).sum == posted_resource(other.root(), said_of_patient).sum);
    other.set_value(other["gender"], "male");
    BOOST_TEST(posted_resource(one.root(), said_of_patient).sum != posted_resource(other.root(), said_of_patient).sum);
    // Long values by their sums: the text of a report is not kept twice.
    const std::string text(100'000, 'x');
    BOOST_TEST(posted_resource(one.root(), {{"text", text}}).text.size() < 3000u);
}

BOOST_AUTO_TEST_CASE(documents_of_a_report_are_kept_apart) {
    const auto text =
        text_of(R"({"resourceType":"DiagnosticReport","presentedForm":[{"contentType":"text/plain","data":"QUJD"},)"
                R"({"contentType":"application/pdf","data":"JVBERg==","language":"de"}]})",
                {});
    BOOST_TEST(has(text, R"("data":"QUJD")"));
    BOOST_TEST(!has(text, "JVBERg"));
    BOOST_TEST(has(text, R"({"contentType":"application/pdf","language":"de","url":"Binary/)"));
}

// Whatever stands in the database: what cannot be read is as if nothing had been posted.
BOOST_AUTO_TEST_CASE(a_text_that_is_none_changes_nothing) {
    std::string deep = R"({"resourceType":"Patient","extension":[)";
    for (int i = 0; i < 10'000; ++i) deep += R"({"url":"x","extension":[)";
    for (const auto& text :
         {std::string(), std::string("{}"), std::string("{}\n"), std::string("{}\n{\"resourceType\":\"Nothing\"}"),
          std::string("\n{\"resourceType\":\"Patient\"}"), std::string("{}\n{\"resourceType\":\"Observation\"}"),
          "{}\n" + deep})
        BOOST_TEST(over(projected_patient, RecordKind::patient, patient_now, text) == projected_patient);
}

BOOST_AUTO_TEST_CASE(large_and_deep_ones_are_laid_under) {
    std::string contacts, nested = R"({"url":"http://x/0","valueString":"z"})";
    for (int i = 0; i < 20'000; ++i) contacts += (i == 0 ? "" : ",") + std::string(R"({"name":{"family":"Other"}})");
    for (int i = 0; i < 10; ++i) nested = R"({"url":"http://x/n","extension":[)" + nested + "]}";
    const auto text =
        text_of(R"({"resourceType":"Patient","extension":[)" + nested + R"(],"contact":[)" + contacts + "]}", {});
    const auto out = resource_of(over(projected_patient, RecordKind::patient, patient_now, text));
    BOOST_TEST(out.root().count("contact") == 20'000u);
    BOOST_TEST(out["extension"]["extension"]["extension"]["url"].value() == "http://x/n");
    BOOST_TEST(out["name"]["family"].value() == "Muster");
}

BOOST_AUTO_TEST_SUITE_END()
