// The round-trip law: record → projection → effects → reconcile onto nothing → projection, equal but for what
// docs/conformance/fhir-round-trip.md lists.
#include <boost/test/unit_test.hpp>
#include <random>

#include "fhir/json/json_writer.hpp"
#include "fhir/resources/diagnostic_report.hpp"
#include "fhir/resources/imaging_study.hpp"
#include "fhir/resources/observation.hpp"
#include "fhir/resources/patient.hpp"
#include "fhir/resources/service_request.hpp"
#include "known.hpp"
#include "tests/fhir/resources/hostile_records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;
using effects::MemoryRecords;

namespace {

// Without what is the server's own: ids, versions and references by id, which differ between two databases.
std::string comparable(const std::string& json) {
    auto read = r4::read_json(json);
    BOOST_REQUIRE(read.resource.has_value());
    auto& resource = *read.resource;
    std::vector<r4::Element> all{resource.root()}, gone;
    for (std::size_t i = 0; i < all.size(); ++i)
        for (auto one = all[i].first(); one; one = one.next()) {
            const auto name = one.name();
            const bool of_server = (all[i] == resource.root() && (name == "id" || name == "meta")) ||
                                   (name == "reference" && !one.value().starts_with('#'));
            of_server ? gone.push_back(one) : all.push_back(one);
        }
    for (const auto& one : gone) resource.remove(one);
    return r4::write_json(resource, {.pretty = true});
}

// Where two texts part, with what is around it; empty: they are the same.
std::string difference(const std::string& before, const std::string& after) {
    if (before == after) return {};
    std::size_t at = 0;
    while (at < before.size() && at < after.size() && before[at] == after[at]) ++at;
    const auto from = at > 150 ? at - 150 : 0;
    return "before: " + before.substr(from, 400) + "\nafter: " + after.substr(from, 400);
}

struct Site {
    PatientRecord patient;
    OrderRecord order;
    ReportRecord report;
    bool has_report = false;
};

std::vector<std::string> projected(const Site& site) {
    const auto at = changed_at;
    std::vector<std::string> out{patient_json(site.patient, at, context()),
                                 service_request_json(site.order, at, context()),
                                 imaging_study_json(site.order, at, context())};
    if (!site.has_report) return out;
    out.push_back(diagnostic_report_json(site.report, site.patient.id, at, context()));
    for (std::size_t number = 1; number <= 6; ++number)
        if (auto one = observation_json(site.report, site.patient.id, number, at, context())) out.push_back(*one);
    return out;
}

std::string bundle_of(const std::vector<std::string>& resources) {
    std::string out = R"({"resourceType": "Bundle", "type": "message", "timestamp": "2026-12-02T12:15:00Z", "entry": [
        {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000000", "resource": {"resourceType": "MessageHeader",
        "eventUri": "urn:x:y", "source": {"endpoint": "http://x"}}})";
    for (const auto& resource : resources) {
        const auto read = r4::read_json(resource);
        const auto& root = *read.resource;
        out += R"(, {"fullUrl": "http://hospital.example/fhir/)" + std::string(root.type().name()) + "/" +
               std::string(root.id()) + R"(", "resource": )" + resource + "}";
    }
    return out + "]}";
}

void check_law(const Site& site) {
    KnownInMemory known;
    known.providers[201] = full_provider();
    known.providers[202] = minimal_provider();
    known.providers[203] = {{203}, "k", "R1", {}, "Roentgen^Wilhelm^Conrad^Prof."};
    known.documents[site.report.fields[ReportField::document_digest]] = {"application/pdf", "%PDF", {}, {}};
    const auto before = projected(site);
    MemoryRecords records;
    const auto effects = read(bundle_of(before), known);
    for (const auto& lost : effects.ignored) BOOST_ERROR(lost);
    const auto plan = records.apply(effects);
    if (plan.refused) BOOST_TEST_MESSAGE(plan.refused->text());
    BOOST_REQUIRE(!plan.refused);
    BOOST_REQUIRE_EQUAL(records.patients.size(), 1u);
    BOOST_REQUIRE_EQUAL(records.orders.size(), 1u);
    BOOST_REQUIRE_EQUAL(records.reports.size(), site.has_report ? 1u : 0u);
    Site after{records.patients.begin()->second, records.orders.begin()->second, {}, site.has_report};
    if (site.has_report) after.report = records.reports.begin()->second;
    const auto again = projected(after);
    BOOST_REQUIRE_EQUAL(before.size(), again.size());
    for (std::size_t i = 0; i < before.size(); ++i)
        BOOST_TEST(difference(comparable(before[i]), comparable(again[i])) == "");
}

Site full_site() {
    Site out{full_patient(), full_order(), full_report(), true};
    out.report.orders = {{301}};
    auto& f = out.report.fields;
    const auto digest = sha256("%PDF");
    f[ReportField::document_digest] = hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
    f[ReportField::document_size] = "4";
    f[ReportField::document_location] = "https://ris.example/reports/501";
    f[ReportField::text] = "History: Cough.\nTechnique: Spiral CT.\nNo nodules.\nNormal.\nNone.";
    f[ReportField::finalized_date] = f[ReportField::report_date];
    f[ReportField::result_status] = "final";
    f[ReportField::status] = "FINAL";
    f[ReportField::addenda].clear();
    out.order.fields[OrderField::status] = "COMPLETED";
    return out;
}

// Values as people and machines send them; the same seed, the same sites.
class Drawn {
  public:
    explicit Drawn(unsigned seed) : random_(seed) {}

    Site site() {
        auto out = full_site();
        out.has_report = chance(2);
        auto& p = out.patient.fields;
        p[PatientField::name] = name();
        p[PatientField::other_names] = chance(2) ? name() + "\\" + name() : "";
        p[PatientField::sex] = pick({"M", "F", "O", ""});
        p[PatientField::birth_date] = chance(3) ? "" : date();
        p[PatientField::address] = text(true);
        p[PatientField::telecom] = chance(2) ? "a@b.example\\+49 1" : "";
        p[PatientField::deceased] = pick({"", "Y", "20261120", "20261120101500"});
        draw(out.order);
        draw(out.report);
        if (out.has_report) follow(out.report, out.order);
        if (out.order.fields[OrderField::status] != "COMPLETED") out.order.performed_by = {};
        return out;
    }

  private:
    void draw(OrderRecord& order) {
        using enum OrderField;
        auto& f = order.fields;
        f[status] = pick({"ORDERED", "SCHEDULED", "IN_PROGRESS", "COMPLETED", "CANCELLED"});
        f[hold] = (f[status] == "ORDERED" || f[status] == "SCHEDULED") && chance(3) ? "Y" : "";
        f[urgency] = pick({"STAT", "URGENT", "ROUTINE"});
        f[urgency_sent].clear();
        f[reason] = "For " + text(true);
        f[comments] = text(true);
        f[body_site] = text(false);
        f[procedure_description] = "CT " + text(false);
        f[procedure_code] = pick({"24627-2", "CTCHEST"});
        f[procedure_scheme] = f[procedure_code] == "CTCHEST" ? pick({"99LOCAL", "L"}) : "LN";
        f[weight] = pick({"", "72.5", "3"});
        f[size] = pick({"", "1.75", "0.5", "2"});
        f[scheduled_date].clear();
        f[confidentiality] = pick({"", "R", "V", "secret"});
        f[admission_id] = pick({"V-5", "A-5"});
        f[performed_date] = pick({"", "20261201", "20261201101530"});
        auto& step = order.steps.front().fields;
        step[StepField::modality] = f[modality] = pick({"CT", "MR", "US"});
        step[StepField::start_date] = chance(2) ? date() : "";
        step[StepField::start_time] = !step[StepField::start_date].empty() && chance(2) ? "093000" : "";
        f[scheduled_date] = step[StepField::start_date] + step[StepField::start_time];
    }
    // A report decides about its order: a final one completes it.
    static void follow(const ReportRecord& report, OrderRecord& order) {
        const auto& status = report.fields[ReportField::status];
        order.fields[OrderField::hold].clear();
        order.fields[OrderField::status] = status == "DRAFT"         ? "ORDERED"
                                           : status == "PRELIMINARY" ? "IN_PROGRESS"
                                                                     : "COMPLETED";
    }
    void draw(ReportRecord& report) {
        auto& f = report.fields;
        f[ReportField::findings] = "No nodules.";
        f[ReportField::code] = pick({"", "24627-2"});
        f[ReportField::code_scheme] = f[ReportField::code].empty() ? "" : "LN";
        const auto status = pick({"registered", "partial", "preliminary", "final", "corrected"});
        f[ReportField::result_status] = status;
        f[ReportField::status] = status == "registered"  ? "DRAFT"
                                 : status == "final"     ? "FINAL"
                                 : status == "corrected" ? "AMENDED"
                                                         : "PRELIMINARY";
        const bool was_final = status == "final" || status == "corrected";
        f[ReportField::finalized_date] = was_final ? f[ReportField::report_date] : "";
    }

    bool chance(unsigned of) { return random_() % of == 0; }
    std::string pick(std::vector<std::string> all) { return all[random_() % all.size()]; }
    std::string date() {
        const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
        return std::to_string(1950 + random_() % 70) + two(1 + static_cast<unsigned>(random_() % 12)) +
               two(1 + static_cast<unsigned>(random_() % 28));
    }
    std::string name() {
        return pick({"Muster^Anna", "O'Neil^Jean-Luc^K^Dr.^MD", "Yamada^Tarou=山田^太郎=やまだ^たろう", "Solo",
                     "Ünal^Åsa^Maria Luise", "Q^W^^^Jr"});
    }
    std::string text(bool several_lines) {
        return pick({"", "a", "Cough & <b>fever</b>", "\"quoted\" 漢字 💉", "5 < 7 ^ 8 ~ 9 | 10",
                     several_lines ? "line 1\nline 2" : "one line"});
    }
    std::mt19937 random_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_site_comes_back) {
    check_law(full_site());
}

BOOST_AUTO_TEST_CASE(drawn_sites_come_back) {
    for (unsigned seed = 1; seed <= 300; ++seed) BOOST_TEST_CONTEXT("seed " << seed) check_law(Drawn(seed).site());
}

// Whatever a record has in it: its resources are read without harm, applied or refused with a place.
BOOST_AUTO_TEST_CASE(hostile_values_are_taken_or_refused_with_a_place) {
    std::size_t taken = 0, refused = 0;
    for (const auto& value : hostile_values()) {
        Site site{hostile_patient(value), hostile_order(value), hostile_report(value), true};
        site.report.orders = {{301}};
        KnownInMemory known;
        known.providers[201] = hostile_provider(value);
        const auto effects = read(bundle_of(projected(site)), known);
        if (effects.error) {
            BOOST_TEST(!effects.error->place.empty());
            ++refused;
            continue;
        }
        ++taken;
        MemoryRecords records;
        const auto plan = records.apply(effects);
        if (plan.refused) BOOST_TEST(!plan.refused->place.empty(), plan.refused->text());
        for (const auto& [id, order] : records.orders) {
            const auto table = effects::field_table(effects::RecordKind::order);
            for (std::size_t i = 0; i < table.size(); ++i)
                if (table[i].longest > 0)
                    BOOST_TEST(effects::length_in_characters(order.fields.at(i)) <= table[i].longest, table[i].name);
        }
    }
    BOOST_TEST(taken + refused == hostile_values().size());
}
