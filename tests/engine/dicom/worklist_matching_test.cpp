#include "engine/dicom/worklist_matching.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/text/folding.hpp"
#include "tests/engine/dicom/sample_rows.hpp"

using namespace gantry::dicom;
using gantry::effects::OrderField;
using gantry::effects::StepField;
using gantry::effects::WorklistQuery;

namespace {

WorklistQuery on(const std::string& from, const std::string& to, const std::string& time_from = {},
                 const std::string& time_to = {}) {
    WorklistQuery query;
    query.date_from = from;
    query.date_to = to;
    query.time_from = time_from;
    query.time_to = time_to;
    query.today = "20261123";
    return query;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(worklist_matching)

BOOST_AUTO_TEST_CASE(names_match_without_case_diacritics_and_width) {
    BOOST_TEST(name_matches("SMITH*", "Smith^John"));
    BOOST_TEST(name_matches("smith^j*", "SMITH^JOHN"));
    BOOST_TEST(name_matches("SMITH", "SMITH^JOHN"));
    BOOST_TEST(!name_matches("SMIT", "SMITH^JOHN"));
    BOOST_TEST(name_matches("muller*", "MüLLER^JÖRG"));
    BOOST_TEST(name_matches("Müller", "Muller^Jorg"));
    BOOST_TEST(name_matches("LODZ", "Łódź"));
    BOOST_TEST(name_matches("strasse", "Straße"));
    BOOST_TEST(name_matches("SM?TH^*", "SMYTH^A"));
    BOOST_TEST(name_matches("Ｓmith", "SMITH"));  // full-width S
    BOOST_TEST(name_matches("ｶﾞ", "ガ"));         // half-width GA
    BOOST_TEST(name_matches("ﾔﾏﾀﾞ", "ヤマダ"));
    BOOST_TEST(!name_matches("か", "が"));  // another letter, not a diacritic
    BOOST_TEST(name_matches("Nguyen", "Nguyễn^Văn"));
    BOOST_TEST(name_matches("διονυσιος", "Διονύσιος"));
    BOOST_TEST(name_matches("ИВАНОВ*", "Иванов^Пётр"));
    BOOST_TEST(name_matches("שרון", "שָׁרוֹן"));
    BOOST_TEST(name_matches("احمد", "أَحمَد"));
    BOOST_TEST(!name_matches("กน", "กิน"));  // a vowel, not a diacritic
    BOOST_TEST(name_matches("?^길동", "홍^길동"));
    BOOST_TEST(name_matches("^JOHN", "SMITH^JOHN"));
    BOOST_TEST(!name_matches("^JACK", "SMITH^JOHN"));
    BOOST_TEST(name_matches("SMITH^JOHN^^^", "SMITH^JOHN"));
}

BOOST_AUTO_TEST_CASE(names_match_in_any_group_or_each_in_its_own) {
    const std::string yamada = "YAMADA^TARO=山田^太郎";
    BOOST_TEST(name_matches("yamada*", yamada));
    BOOST_TEST(name_matches("山田*", yamada));
    BOOST_TEST(name_matches("YAMADA*=山*", yamada));
    BOOST_TEST(!name_matches("YAMADA*=太*", yamada));
    BOOST_TEST(!name_matches("YAMADA*==Y*", yamada));
}

BOOST_AUTO_TEST_CASE(wildcards_end_in_bounded_time) {
    const auto pattern = gantry::text::characters_of("*a*a*a*a*a*a*a*a*a*b");
    BOOST_TEST(!gantry::text::wildcard_match(pattern, std::u32string(5000, U'a')));
    BOOST_TEST(gantry::text::wildcard_match(U"", U""));
    BOOST_TEST(gantry::text::wildcard_match(U"**", U""));
    BOOST_TEST(!gantry::text::wildcard_match(U"?", U""));
}

BOOST_AUTO_TEST_CASE(broken_utf8_is_not_read_past_its_end) {
    for (const auto* bytes : {"\xC3", "\xE5\xB1", "\xF0\x9F\x98", "\xFF", "\x80", "\xC0\x80", "\xED\xA0\x80"}) {
        BOOST_TEST((gantry::text::characters_of(bytes).front() == U'\xFFFD'), bytes);
    }
}

BOOST_AUTO_TEST_CASE(date_and_time_are_one_interval_or_two) {
    const auto row = samples::row();  // 20261123 0930
    auto query = on("20261122", "20261123", "100000", "093000");
    BOOST_TEST(matches(row, query));
    query.time_to = "092959";
    BOOST_TEST(first_mismatch(row, query) == "ScheduledProcedureStepStartTime");
    query = on("20261122", "20261124", "100000", "080000");
    BOOST_TEST(matches(row, query));
    query.combined_date_time = false;
    BOOST_TEST(!matches(row, query));
    query = on("20261123", "20261123", "080000", "");
    BOOST_TEST(matches(row, query));
    BOOST_TEST(!matches(row, on("20261124", "")));
    BOOST_TEST(matches(row, on("", "20261123")));
}

BOOST_AUTO_TEST_CASE(the_window_applies_only_without_a_date) {
    auto row = samples::row();
    const auto shown = [&](const std::string& date) {
        row.step_fields[StepField::start_date] = row.shown_date = date;
        return matches(row, on("", ""));
    };
    BOOST_TEST(shown("20261122"));
    BOOST_TEST(shown("20261130"));
    BOOST_TEST(!shown("20261121"));
    BOOST_TEST(!shown("20261201"));
    BOOST_TEST(first_mismatch(row, on("", "")) == "date window");
    BOOST_TEST(matches(row, on("20261201", "20261201")));
    BOOST_TEST(matches(row, on("", ""), {0, 8}));
}

BOOST_AUTO_TEST_CASE(an_untimed_step_is_there_today) {
    auto row = samples::row();
    row.step_fields[StepField::start_date].clear();
    row.step_fields[StepField::start_time].clear();
    row.shown_date = "20261123";
    BOOST_TEST(matches(row, on("", "")));
    BOOST_TEST(matches(row, on("20261123", "20261123", "200000", "210000")));
    BOOST_TEST(!matches(row, on("20261124", "20261124")));
}

BOOST_AUTO_TEST_CASE(only_open_steps_unless_a_status_is_asked) {
    auto row = samples::row();
    auto asked = on("", "");
    asked.statuses = {"STARTED"};
    for (const auto* open : {"SCHEDULED", "ARRIVED", "READY"}) {
        row.step_fields[StepField::status] = open;
        BOOST_TEST(matches(row, on("", "")), open);
    }
    for (const auto* closed : {"STARTED", "DISCONTINUED", "CANCELED", "COMPLETED", "DEPARTED"}) {
        row.step_fields[StepField::status] = closed;
        BOOST_TEST(!matches(row, on("", "")), closed);
    }
    // Its appointment is gone.
    row.step_fields[StepField::status].clear();
    BOOST_TEST(first_mismatch(row, on("", "")) == "not scheduled");
    asked.statuses = {"SCHEDULED"};
    BOOST_TEST(!matches(row, asked));
    asked.statuses = {"STARTED"};
    row.step_fields[StepField::status] = "STARTED";
    BOOST_TEST(matches(row, asked));
    row = samples::row();
    row.order_fields[OrderField::hold] = "Y";
    BOOST_TEST(first_mismatch(row, on("", "")) == "held");
    asked.statuses = {"SCHEDULED"};
    BOOST_TEST(matches(row, asked));
}

BOOST_AUTO_TEST_CASE(stations_lists_wildcards_and_catch_all) {
    auto row = samples::row();
    auto query = on("", "");
    for (const auto* key : {"CT01", "CT*", "CT0?", "CT02\\CT01", ""}) {
        query.station_ae = key;
        BOOST_TEST(matches(row, query), key);
    }
    query.station_ae = "ct01";
    BOOST_TEST(first_mismatch(row, query) == "ScheduledStationAETitle");
    row.step_fields[StepField::station_ae] = "CT_ANY\\*";
    BOOST_TEST(matches(row, query));
}

BOOST_AUTO_TEST_CASE(the_other_keys) {
    auto row = samples::row();
    row.step_fields[StepField::also_modalities] = "PT\\NM";
    row.identifiers.push_back({"OLD", "HOSP", "MR"});
    const auto with = [&](auto change) {
        auto query = on("", "");
        change(query);
        return matches(row, query);
    };
    BOOST_TEST(with([](auto& q) { q.modalities = {"NM"}; }));
    BOOST_TEST(!with([](auto& q) { q.modalities = {"MR"}; }));
    BOOST_TEST(with([](auto& q) { q.patient_id = "1000*"; }));
    BOOST_TEST(!with([](auto& q) { q.patient_id = "OLD"; }));
    BOOST_TEST(with([](auto& q) { q.patient_id_issuer = "HOSP"; }));
    BOOST_TEST(with([](auto& q) { q.accession_number = "A1"; }));
    BOOST_TEST(!with([](auto& q) { q.accession_number = "A"; }));
    BOOST_TEST(with([](auto& q) { q.study_instance_uids = {"2.25.9", "2.25.1"}; }));
    BOOST_TEST(!with([](auto& q) { q.study_instance_uids = {"2.25.9"}; }));
    BOOST_TEST(with([](auto& q) { q.birth_date = "19600101-19800101"; }));
    BOOST_TEST(!with([](auto& q) { q.birth_date = "19700130"; }));
    BOOST_TEST(with([](auto& q) {
        q.step_id = "SA1";
        q.requested_procedure_id = "RPA1";
        q.sex = "M";
    }));
    BOOST_TEST(!with([](auto& q) { q.sex = "F"; }));
    BOOST_TEST(with([](auto& q) { q.procedure_code = "CTHEAD"; }));
    BOOST_TEST(!with([](auto& q) { q.performing_physician = "WHO*"; }));
}

BOOST_AUTO_TEST_SUITE_END()
