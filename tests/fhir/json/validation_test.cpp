#include "fhir/json/validation.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "fhir/json/invariants_internal.hpp"
#include "problems.hpp"

using namespace gantry::fhir::r4;
using gantry::fhir::r4::test::problems;

namespace {

// A resource without what it must have, so that a case shows only what it is about.
std::string observation(const std::string& members) {
    return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},)" + members + "}";
}
std::string patient(const std::string& members) {
    return R"({"resourceType":"Patient",)" + members + "}";
}
std::string bundle(const std::string& type, const std::string& members) {
    return R"({"resourceType":"Bundle","type":")" + type + "\"," + members + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(validation)

BOOST_AUTO_TEST_CASE(cardinality) {
    BOOST_TEST(problems(R"({"resourceType":"ImagingStudy","status":"available","subject":{"display":"x"}})") == "");
    BOOST_TEST(problems(R"({"resourceType":"ImagingStudy"})") ==
               "required ImagingStudy.status\nrequired ImagingStudy.subject");
    BOOST_TEST(problems(R"({"resourceType":"Patient"})") == "");
    BOOST_TEST(
        problems(R"({"resourceType":"ImagingStudy","status":"available","subject":{"display":"x"},"series":[{}]})") ==
        "invariant ele-1 ImagingStudy.series[0]");
    BOOST_TEST(problems(observation(R"("component":[{"valueInteger":1}])")) ==
               "required Observation.component[0].code");
    BOOST_TEST(problems(observation(R"("valueInteger":1,"valueString":"a")")) == "structure Observation.value");
}

BOOST_AUTO_TEST_CASE(a_required_element_may_be_an_extension) {
    const auto text =
        R"({"resourceType":"Observation","_status":{"extension":[{"url":"u","valueCode":"unknown"}]},"code":{"text":"x"}})";
    BOOST_TEST(problems(text) == "");
}

BOOST_AUTO_TEST_CASE(primitives_of_elements) {
    BOOST_TEST(problems(patient(R"("birthDate":"1970-02-30")")) == "value Patient.birthDate");
    BOOST_TEST(problems(patient(R"("birthDate":"")")) == "value Patient.birthDate");
    BOOST_TEST(problems(patient(R"("id":"a b","meta":{"lastUpdated":"2020-01-01"})")) ==
               "value Patient.id\nvalue Patient.meta.lastUpdated");
    BOOST_TEST(problems(patient(R"("multipleBirthInteger":1.5)")) == "value Patient.multipleBirth");
    BOOST_TEST(problems(observation(R"("valueQuantity":{"value":1.10})")) == "");
}

BOOST_AUTO_TEST_CASE(required_bindings) {
    BOOST_TEST(problems(patient(R"("gender":"F")")) == "code-invalid Patient.gender");
    BOOST_TEST(problems(patient(R"("gender":"female")")) == "");
    BOOST_TEST(problems(patient(R"("gender":"")")) == "value Patient.gender");
    BOOST_TEST(problems(R"({"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"coding":[
        {"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]}})") == "");
    BOOST_TEST(problems(R"({"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"coding":[
        {"system":"http://elsewhere","code":"active"}]}})") == "code-invalid AllergyIntolerance.clinicalStatus");
    BOOST_TEST(
        problems(R"({"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"extension":[
        {"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}})") == "");
    BOOST_TEST(
        problems(R"({"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"text":"x"}})") ==
        "code-invalid AllergyIntolerance.clinicalStatus");
    BOOST_TEST(problems(R"({"resourceType":"Binary","contentType":"application/pdf; version=1.7"})") == "");
    BOOST_TEST(problems(R"({"resourceType":"Binary","contentType":"pdf"})") == "code-invalid Binary.contentType");
    // The order says so in words that are no patient's.
    const auto outcome = read_json(patient(R"("gender":"F")"));
    BOOST_TEST(validate(*outcome.resource).at(0).diagnostics == "\"F\" is not in the value set administrative-gender");
}

BOOST_AUTO_TEST_CASE(references) {
    const auto subject = [](const std::string& text) {
        return problems(observation(R"("subject":{"reference":")" + text + "\"}"));
    };
    for (const auto* text :
         {"Patient/1", "Patient/1/_history/2", "https://ehr.example/fhir/Patient/1", "https://ehr.example/anything",
          "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "urn:oid:1.2.3", "Location/x.y-Z"})
        BOOST_TEST(subject(text) == "", text);
    for (const auto* text :
         {"1", "Patient", "Patient/", "/Patient/1", "patient/1", "Patient/1/2", "Patient/a_b", "Patient/1/_history/",
          "Nothing/1", "urn:uuid:1", "Patient?identifier=x", "HumanName/1", "a b"})
        BOOST_TEST(subject(text) == "value Observation.subject.reference", text);
    BOOST_TEST(subject("Organization/1") == "structure Observation.subject.reference");
    BOOST_TEST(subject("https://ehr.example/fhir/Organization/1") == "structure Observation.subject.reference");
    BOOST_TEST(subject("#p") == "not-found ref-1 Observation.subject.reference");
    BOOST_TEST(problems(observation(R"("subject":{"reference":"Patient/1","type":"Group"})")) ==
               "value Observation.subject");
    BOOST_TEST(problems(observation(R"("subject":{"reference":"Patient/1","type":"Patient"})")) == "");
}

BOOST_AUTO_TEST_CASE(conditional_references_stand_in_transactions) {
    const std::string entry = R"("entry":[{"request":{"method":"POST","url":"Observation"},"resource":)" +
                              observation(R"("subject":{"reference":"Patient?identifier=http://a|1"})") + "}]";
    BOOST_TEST(problems(bundle("transaction", entry)) == "");
    BOOST_TEST(problems(bundle("collection", R"("entry":[{"resource":)" +
                                                 observation(R"("subject":{"reference":"Patient?identifier=1"})") +
                                                 "}]")) == "value Bundle.entry[0].resource.subject.reference");
}

BOOST_AUTO_TEST_CASE(contained_resources) {
    const auto with = [](const std::string& contained, const std::string& rest) {
        return problems(observation(R"("contained":[)" + contained + "]" + rest));
    };
    const std::string inside = R"({"resourceType":"Patient","id":"p"})";
    BOOST_TEST(with(inside, R"(,"subject":{"reference":"#p"})") == "");
    BOOST_TEST(with(inside, "") == "invariant dom-3 Observation.contained[0]");
    BOOST_TEST(with(R"({"resourceType":"Organization","id":"o","name":"x"})", R"(,"subject":{"reference":"#o"})") ==
               "structure Observation.subject.reference");
    BOOST_TEST(
        with(
            R"({"resourceType":"Provenance","id":"v","target":[{"reference":"#"}],"recorded":"2020-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]})",
            "") == "");
    BOOST_TEST(
        with(
            R"({"resourceType":"Patient","id":"p","meta":{"versionId":"1"},"contained":[{"resourceType":"Basic","id":"b","code":{"text":"x"}}]})",
            R"(,"subject":{"reference":"#p"})") == "invariant dom-2 Observation\ninvariant dom-4 Observation");
    BOOST_TEST(with(R"({"resourceType":"Patient","id":"p","meta":{"security":[{"code":"R"}]}})",
                    R"(,"subject":{"reference":"#p"})") == "invariant dom-5 Observation");
    // An entry of a bundle stands for itself.
    BOOST_TEST(
        problems(bundle("collection", R"("entry":[{"resource":{"resourceType":"Patient","contained":[)" + inside +
                                          R"(],"link":[{"type":"refer","other":{"reference":"#p"}}]}},{"resource":)" +
                                          observation(R"("subject":{"reference":"#p"})") + "}]")) ==
        "not-found ref-1 Bundle.entry[1].resource.subject.reference");
}

BOOST_AUTO_TEST_CASE(narrative) {
    const auto with = [](const std::string& div) {
        return problems(patient(R"("text":{"status":"generated","div":")" + div + "\"}"));
    };
    const std::string open = R"(<div xmlns=\"http://www.w3.org/1999/xhtml\">)";
    BOOST_TEST(with(open + "<p>x<br/></p></div>") == "");
    BOOST_TEST(with(open + "<script>x</script></div>") == "invariant txt-1 Patient.text.div");
    BOOST_TEST(with(open + "<p>x</div>") == "invariant txt-1 Patient.text.div");
    BOOST_TEST(with(open + " </div>") == "invariant txt-2 Patient.text.div");
    BOOST_TEST(with("<div>x</div>") == "invariant txt-1 Patient.text.div");
}

// Each invariant broken once; what is in the last column is right.
BOOST_AUTO_TEST_CASE(invariants) {
    struct Row {
        std::string key, path, broken, right;
    };
    const std::string entry = R"({"resource":{"resourceType":"Patient","active":true})";
    const auto quantity = [](const std::string& type, const std::string& members) {
        return patient(R"("extension":[{"url":"u","value)" + type + "\":{" + members + "}}]");
    };
    const auto repeat = [](const std::string& members) {
        return R"({"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"display":"x"},"occurrenceTiming":{"repeat":{)" +
               members + "}}}";
    };
    const auto extension = [](const std::string& members) {
        return patient(R"("extension":[{"url":"u",)" + members + "}]");
    };
    const std::string value = "Patient.extension[0].value", timing = "ServiceRequest.occurrence.repeat";
    const std::string ucum = R"("system":"http://unitsofmeasure.org")";
    const auto appointment = [](const std::string& members) {
        return R"({"resourceType":"Appointment","participant":[{"actor":{"display":"x"},"status":"accepted"}],)" +
               members + "}";
    };
    const std::string times = R"("start":"2020-01-01T10:00:00Z","end":"2020-01-01T11:00:00Z")";
    const Row rows[] = {
        {"ext-1", "Patient.extension[0]", extension(R"("valueCode":"x","extension":[{"url":"v","valueCode":"x"}])"),
         extension(R"("valueCode":"x")")},
        {"att-1", value, quantity("Attachment", R"("data":"AAAA")"),
         quantity("Attachment", R"("data":"AAAA","contentType":"a/b")")},
        {"cpt-2", "Patient.telecom[0]", patient(R"("telecom":[{"value":"1"}])"),
         patient(R"("telecom":[{"system":"phone","value":"1"}])")},
        {"exp-1", value, quantity("Expression", R"("language":"text/cql")"),
         quantity("Expression", R"("language":"text/cql","expression":"1")")},
        {"per-1", value, quantity("Period", R"("start":"2020-01-02","end":"2020-01-01")"),
         quantity("Period", R"("start":"2020-01-01","end":"2020-01-01")")},
        {"qty-3", value, quantity("Quantity", R"("value":1,"code":"mm")"),
         quantity("Quantity", R"("value":1,"code":"mm",)" + ucum)},
        {"sqty-1", value + ".low", quantity("Range", R"("low":{"value":1,"comparator":"<"})"),
         quantity("Range", R"("low":{"value":1})")},
        {"age-1", value, quantity("Age", R"("value":0,"code":"a",)" + ucum),
         quantity("Age", R"("value":1,"code":"a",)" + ucum)},
        {"cnt-3", value, quantity("Count", R"("value":1.5,"code":"1",)" + ucum),
         quantity("Count", R"("value":1,"code":"1",)" + ucum)},
        {"dis-1", value, quantity("Distance", R"("value":1)"), quantity("Distance", R"("value":1,"code":"m",)" + ucum)},
        {"drt-1", value, quantity("Duration", R"("code":"s",)" + ucum),
         quantity("Duration", R"("value":1,"code":"s",)" + ucum)},
        {"rng-2", value, quantity("Range", R"("low":{"value":10.0},"high":{"value":9.99})"),
         quantity("Range", R"("low":{"value":1E1},"high":{"value":10.00})")},
        {"rat-1", value, quantity("Ratio", R"("numerator":{"value":1})"),
         quantity("Ratio", R"("numerator":{"value":1},"denominator":{"value":2})")},
        {"drq-1", value + ".codeFilter[0]",
         quantity("DataRequirement", R"("type":"Patient","codeFilter":[{"path":"a","searchParam":"b"}])"),
         quantity("DataRequirement", R"("type":"Patient","codeFilter":[{"path":"a"}])")},
        {"drq-2", value + ".dateFilter[0]",
         quantity("DataRequirement", R"("type":"Patient","dateFilter":[{"valueDateTime":"2020"}])"),
         quantity("DataRequirement", R"("type":"Patient","dateFilter":[{"path":"a"}])")},
        {"tim-1", timing, repeat(R"("duration":1)"), repeat(R"("duration":1,"durationUnit":"h")")},
        {"tim-2", timing, repeat(R"("period":1)"), repeat(R"("period":1,"periodUnit":"h")")},
        {"tim-4", timing, repeat(R"("duration":-1,"durationUnit":"h")"), repeat(R"("duration":0,"durationUnit":"h")")},
        {"tim-5", timing, repeat(R"("period":-0.1,"periodUnit":"h")"), repeat(R"("period":-0,"periodUnit":"h")")},
        {"tim-6", timing, repeat(R"("periodMax":1)"), repeat(R"("periodMax":1,"period":1,"periodUnit":"h")")},
        {"tim-7", timing, repeat(R"("durationMax":1)"), repeat(R"("durationMax":2,"duration":1,"durationUnit":"h")")},
        {"tim-8", timing, repeat(R"("countMax":1)"), repeat(R"("countMax":2,"count":1)")},
        {"tim-9", timing, repeat(R"("offset":1,"when":["CM"])"), repeat(R"("offset":1,"when":["AC"])")},
        {"tim-10", timing, repeat(R"("timeOfDay":["10:00:00"],"when":["AC"])"), repeat(R"("timeOfDay":["10:00:00"])")},
        {"trd-1", value,
         quantity("TriggerDefinition", R"("type":"data-added","data":[{"type":"Patient"}],"timingDate":"2020")"),
         quantity("TriggerDefinition", R"("type":"data-added","data":[{"type":"Patient"}])")},
        {"trd-2", value,
         quantity("TriggerDefinition",
                  R"("type":"named-event","name":"x","condition":{"language":"text/cql","expression":"1"})"),
         quantity("TriggerDefinition", R"("type":"named-event","name":"x")")},
        {"trd-3", value, quantity("TriggerDefinition", R"("type":"periodic")"),
         quantity("TriggerDefinition", R"("type":"periodic","timingDate":"2020")")},
        {"pat-1", "Patient.contact[0]", patient(R"("contact":[{"gender":"male"}])"),
         patient(R"("contact":[{"gender":"male","name":{"text":"x"}}])")},
        {"org-1", "Organization", R"({"resourceType":"Organization","active":true})",
         R"({"resourceType":"Organization","name":"x"})"},
        {"org-2", "Organization", R"({"resourceType":"Organization","name":"x","address":[{"use":"home"}]})",
         R"({"resourceType":"Organization","name":"x","address":[{"use":"work"}]})"},
        {"org-3", "Organization",
         R"({"resourceType":"Organization","name":"x","telecom":[{"use":"work"},{"use":"home"}]})",
         R"({"resourceType":"Organization","name":"x","telecom":[{"use":"work"}]})"},
        {"prr-1", "ServiceRequest",
         R"({"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"display":"x"},"orderDetail":[{"text":"x"}]})",
         R"({"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"display":"x"},"code":{"text":"x"},"orderDetail":[{"text":"x"}]})"},
        {"inv-1", "Task",
         R"({"resourceType":"Task","status":"ready","intent":"order","authoredOn":"2020-01-02","lastModified":"2020-01-01"})",
         R"({"resourceType":"Task","status":"ready","intent":"order","authoredOn":"2020-01-02","lastModified":"2020-01-02"})"},
        {"app-1", "Appointment.participant[0]",
         R"({"resourceType":"Appointment","status":"proposed","participant":[{"status":"accepted"}]})",
         R"({"resourceType":"Appointment","status":"proposed","participant":[{"status":"accepted","actor":{"display":"x"}}]})"},
        {"app-2", "Appointment", appointment(R"("status":"proposed","start":"2020-01-01T10:00:00Z")"),
         appointment(R"("status":"proposed",)" + times)},
        {"app-3", "Appointment", appointment(R"("status":"booked")"), appointment(R"("status":"booked",)" + times)},
        {"app-4", "Appointment", appointment(R"("status":"booked","cancelationReason":{"text":"x"},)" + times),
         appointment(R"("status":"noshow",)" + times)},
        {"obs-3", "Observation.referenceRange[0]", observation(R"("referenceRange":[{"type":{"text":"x"}}])"),
         observation(R"("referenceRange":[{"text":"x"}])")},
        {"obs-6", "Observation", observation(R"("valueInteger":1,"dataAbsentReason":{"text":"x"})"),
         observation(R"("dataAbsentReason":{"text":"x"})")},
        {"obs-7", "Observation",
         R"({"resourceType":"Observation","status":"final","code":{"coding":[{"code":"a"},{"code":"b"}]},"valueInteger":1,"component":[{"code":{"coding":[{"code":"c"},{"code":"b"}]}}]})",
         R"({"resourceType":"Observation","status":"final","code":{"coding":[{"code":"a"}]},"valueInteger":1,"component":[{"code":{"coding":[{"code":"a","system":"s"}]}}]})"},
        {"sev-1", "AuditEvent.entity[0]",
         R"({"resourceType":"AuditEvent","type":{"code":"x"},"recorded":"2020-01-01T00:00:00Z","agent":[{"requestor":true}],"source":{"observer":{"display":"x"}},"entity":[{"name":"x","query":"AAAA"}]})",
         R"({"resourceType":"AuditEvent","type":{"code":"x"},"recorded":"2020-01-01T00:00:00Z","agent":[{"requestor":true}],"source":{"observer":{"display":"x"}},"entity":[{"name":"x"}]})"},
        {"bdl-1", "Bundle", bundle("collection", R"("total":1)"), bundle("searchset", R"("total":1)")},
        {"bdl-2", "Bundle", bundle("collection", R"("entry":[)" + entry + R"(,"search":{"mode":"match"}}])"),
         bundle("searchset", R"("entry":[)" + entry + R"(,"search":{"mode":"match"}}])")},
        {"bdl-3", "Bundle", bundle("transaction", R"("entry":[)" + entry + "}]"),
         bundle("transaction", R"("entry":[)" + entry + R"(,"request":{"method":"POST","url":"Patient"}}])")},
        {"bdl-4", "Bundle", bundle("collection", R"("entry":[)" + entry + R"(,"response":{"status":"200"}}])"),
         bundle("batch-response", R"("entry":[{"response":{"status":"200"}}])")},
        {"bdl-5", "Bundle.entry[0]", bundle("collection", R"("entry":[{"fullUrl":"http://a/Patient/1"}])"),
         bundle("collection", R"("entry":[)" + entry + "}]")},
        {"bdl-7", "Bundle.entry[1].fullUrl",
         bundle("collection",
                R"("entry":[)" + entry + R"(,"fullUrl":"http://a/1"},)" + entry + R"(,"fullUrl":"http://a/1"}])"),
         bundle("collection",
                R"("entry":[)" + entry + R"(,"fullUrl":"http://a/1"},)" + entry + R"(,"fullUrl":"http://a/2"}])")},
        {"bdl-8", "Bundle.entry[0]",
         bundle("collection", R"("entry":[)" + entry + R"(,"fullUrl":"http://a/Patient/1/_history/1"}])"),
         bundle("collection", R"("entry":[)" + entry + R"(,"fullUrl":"http://a/Patient/1"}])")},
        {"bdl-9", "Bundle",
         bundle(
             "document",
             R"("timestamp":"2020-01-01T00:00:00Z","identifier":{"value":"1"},"entry":[{"resource":{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2020","author":[{"display":"x"}],"title":"x"}}])"),
         bundle(
             "document",
             R"("timestamp":"2020-01-01T00:00:00Z","identifier":{"system":"s","value":"1"},"entry":[{"resource":{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2020","author":[{"display":"x"}],"title":"x"}}])")},
        {"bdl-10", "Bundle",
         bundle(
             "document",
             R"("identifier":{"system":"s","value":"1"},"entry":[{"resource":{"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2020","author":[{"display":"x"}],"title":"x"}}])"),
         ""},
        {"bdl-11", "Bundle",
         bundle("document", R"("timestamp":"2020-01-01T00:00:00Z","identifier":{"system":"s","value":"1"},"entry":[)" +
                                entry + "}]"),
         ""},
        {"bdl-12", "Bundle", bundle("message", R"("entry":[)" + entry + "}]"),
         bundle(
             "message",
             R"("entry":[{"resource":{"resourceType":"MessageHeader","eventUri":"u","source":{"endpoint":"http://a"}}}])")},
        {"inv-1", "Parameters.parameter[0]", R"({"resourceType":"Parameters","parameter":[{"name":"a"}]})",
         R"({"resourceType":"Parameters","parameter":[{"name":"a","valueInteger":1}]})"},
        {"ele-1", "Patient.name[0]", patient(R"("name":[{}])"), patient(R"("name":[{"id":"x","text":"y"}])")},
    };
    std::set<std::string_view> tested;
    for (const auto& row : rows) {
        BOOST_TEST(problems(row.broken) == "invariant " + row.key + " " + row.path, row.key);
        if (!row.right.empty()) BOOST_TEST(problems(row.right) == "", row.key << ": " << problems(row.right));
        tested.insert(row.key);
    }
    for (const auto list : {data_type_invariants(), resource_invariants()})
        for (const auto& one : list)
            BOOST_TEST((tested.count(one.key) == 1u || one.key.substr(0, 4) == "dom-"), one.key << " is not tested");
}

BOOST_AUTO_TEST_CASE(advice_is_a_warning_and_only_on_request) {
    BOOST_TEST(problems(patient(R"("active":true)")) == "");
    ValidateOptions options;
    options.advice = true;
    BOOST_TEST(problems(patient(R"("active":true)"), options) == "warning invariant dom-6 Patient");
}

BOOST_AUTO_TEST_CASE(links_and_full_urls_of_bundles) {
    const std::string entry = R"("entry":[{"resource":{"resourceType":"Patient","id":"1"},"fullUrl":")";
    BOOST_TEST(problems(bundle("collection", entry + R"(Patient/1"}])")) == "value Bundle.entry[0].fullUrl");
    BOOST_TEST(problems(bundle("collection", entry + R"(http://a/Patient/2"}])")) ==
               "warning value Bundle.entry[0].fullUrl");
    BOOST_TEST(problems(bundle("collection", entry + R"(http://a/Patient/1"}])")) == "");
    BOOST_TEST(
        problems(bundle("searchset", R"("link":[{"relation":"self","url":"a"},{"relation":"self","url":"b"}])")) ==
        "structure Bundle.link[1]");
}

BOOST_AUTO_TEST_CASE(all_problems_in_the_order_of_the_text_up_to_a_number) {
    const auto text = R"({"resourceType":"Patient",
"birthDate":"x",
"gender":"y",
"contact":[{"gender":"z"}]})";
    BOOST_TEST(problems(text) ==
               "value Patient.birthDate\ncode-invalid Patient.gender\ninvariant pat-1 Patient.contact[0]\ncode-invalid "
               "Patient.contact[0].gender");
    std::string many = R"({"resourceType":"Patient","name":[{})";
    for (int i = 0; i < 300; ++i) many += ",{}";
    ValidateOptions few;
    few.max_issues = 10;
    const auto outcome = read_json(many + "]}");
    const auto issues = validate(*outcome.resource, few);
    BOOST_REQUIRE_EQUAL(issues.size(), 10u);
    BOOST_TEST((issues.back().type == IssueType::too_costly));
}

BOOST_AUTO_TEST_CASE(values_are_compared_as_they_are) {
    BOOST_TEST(compare_decimals("1.10", "1.1") == 0);
    BOOST_TEST(compare_decimals("-2", "1") == -1);
    BOOST_TEST(compare_decimals("-2", "-1") == -1);
    BOOST_TEST(compare_decimals("1e290", "9e289") == 1);
    BOOST_TEST(compare_decimals("0e9", "-0.00") == 0);
    BOOST_TEST(compare_decimals("12345678901234567890.1", "12345678901234567890.2") == -1);
    BOOST_TEST(compare_decimals("", "1") == 2);
    BOOST_TEST(compare_times("2020-01-01T12:00:00+02:00", "2020-01-01T10:00:00Z") == 0);
    BOOST_TEST(compare_times("2020-01-01T12:00:00.1Z", "2020-01-01T12:00:00.10Z") == 0);
    BOOST_TEST(compare_times("2020-01-01T12:00:00.1Z", "2020-01-01T12:00:00.09Z") == 1);
    BOOST_TEST(compare_times("2020", "2020-05") == 2);
    BOOST_TEST(compare_times("2019", "2020-05") == -1);
    BOOST_TEST(compare_times("2020-01-01", "2020-01-01T12:00:00Z") == 2);
    BOOST_TEST(compare_times("2020-01-02", "2020-01-01T23:00:00-05:00") == 2);
    BOOST_TEST(compare_times("2020-01-05", "2020-01-01T23:00:00-05:00") == 1);
    BOOST_TEST(compare_times("2020-02-29", "2020-03-01") == -1);
    BOOST_TEST(compare_times("", "2020") == 2);
}

BOOST_AUTO_TEST_SUITE_END()
