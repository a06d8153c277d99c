#include "engine/effects/report_versions.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "engine/effects/report_text.hpp"

using namespace gantry::effects;

namespace {

using Says = ReportLine::Says;
using Status = ResultStatus;
using enum ReportField;

ReportLine line(const std::string& text, ReportField section = impression, Says says = Says::text,
                const std::string& sub_id = {}) {
    ReportLine out;
    out.says = says;
    out.code = std::string(section == impression ? "IMP" : section == addenda ? "ADT" : "GDT");
    out.sub_id = sub_id;
    out.section = section;
    out.section_said = true;
    out.text = text;
    return out;
}

// time: seconds, below ten.
ReportVersion version(Status status, int time, std::vector<ReportLine> lines = {}) {
    static std::int64_t ids = 0;
    ReportVersion out;
    out.id = ++ids;
    out.time = "2026112310000" + std::to_string(time);
    out.status = status;
    out.lines = std::move(lines);
    out.said[report_date] = out.time;
    return out;
}

ReportVersion addendum(const std::string& part, Status status, int time, std::vector<ReportLine> lines) {
    auto out = version(status, time, std::move(lines));
    out.addendum = true;
    out.part = part;
    return out;
}

const std::string& status_of(const ReportState& state) {
    return state.fields[ReportField::status];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report_versions)

BOOST_AUTO_TEST_CASE(every_status_alone) {
    const struct {
        Status sent;
        const char *report, *result;
    } rows[] = {{Status::registered, "DRAFT", "registered"},         {Status::partial, "PRELIMINARY", "partial"},
                {Status::preliminary, "PRELIMINARY", "preliminary"}, {Status::final, "FINAL", "final"},
                {Status::corrected, "AMENDED", "corrected"},         {Status::cancelled, "DRAFT", "cancelled"}};
    for (const auto& row : rows) {
        const auto state = report_of({version(row.sent, 1, {line("text")})});
        BOOST_TEST(status_of(state) == row.report);
        BOOST_TEST(state.fields[result_status] == row.result);
        BOOST_TEST(state.fields[ReportField::text] == (row.sent == Status::cancelled ? "" : "text"));
    }
}

// The same versions make the same report in whatever order they arrive.
BOOST_AUTO_TEST_CASE(arrival_does_not_matter) {
    std::vector<ReportVersion> versions{version(Status::registered, 1),
                                        version(Status::preliminary, 2, {line("maybe"), line("lungs", findings)}),
                                        version(Status::final, 3, {line("normal"), line("lungs", findings)}),
                                        addendum("DOC2", Status::final, 4, {line("no change")}),
                                        version(Status::preliminary, 5, {line("late")}),
                                        version(Status::corrected, 6, {line("nodule"), line("lungs", findings)})};
    const auto wanted = report_of(versions);
    BOOST_TEST(wanted.fields[impression] == "nodule");
    BOOST_TEST(wanted.fields[addenda] == "no change");
    BOOST_TEST(wanted.fields[result_status] == "corrected");
    BOOST_TEST(wanted.fields[finalized_date] == versions[2].time);
    BOOST_TEST(wanted.current == versions[5].id);
    std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
    do {
        std::vector<ReportVersion> arrived;
        for (const auto i : order) arrived.push_back(versions[i]);
        BOOST_TEST((report_of(arrived).fields == wanted.fields));
    } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(what_is_less_final_is_not_shown) {
    const auto state =
        report_of({version(Status::final, 1, {line("final")}), version(Status::preliminary, 2, {line("preliminary")}),
                   version(Status::registered, 3, {line("draft")})});
    BOOST_TEST(status_of(state) == "FINAL");
    BOOST_TEST(state.fields[impression] == "final");
    BOOST_TEST(state.counted.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_status_without_text_keeps_the_text) {
    const auto state =
        report_of({version(Status::preliminary, 1, {line("text")}), version(Status::final, 2, {line("")})});
    BOOST_TEST(status_of(state) == "FINAL");
    BOOST_TEST(state.fields[impression] == "text");
}

BOOST_AUTO_TEST_CASE(the_first_text_of_a_final_report_is_no_amendment) {
    const auto state = report_of({version(Status::final, 1), version(Status::final, 2, {line("text")})});
    BOOST_TEST(status_of(state) == "FINAL");
}

BOOST_AUTO_TEST_CASE(an_amendment_stays_one) {
    const auto state = report_of({version(Status::final, 1, {line("one")}), version(Status::final, 2, {line("two")}),
                                  version(Status::final, 3, {line("two")})});
    BOOST_TEST(status_of(state) == "AMENDED");
    BOOST_TEST(state.fields[result_status] == "amended");
    BOOST_TEST(state.fields[finalized_date] == "20261123100001");
}

BOOST_AUTO_TEST_CASE(nothing_but_its_own_withdrawal_takes_an_addendum_away) {
    const auto final = version(Status::final, 1, {line("normal")});
    const auto more = addendum("DOC2", Status::final, 2, {line("no change")});
    const auto corrected = version(Status::corrected, 3, {line("nodule")});
    BOOST_TEST(report_of({final, more, corrected}).fields[addenda] == "no change");
    const auto gone = report_of({final, more, corrected, addendum("DOC2", Status::cancelled, 4, {})});
    BOOST_TEST(gone.fields[addenda] == "");
    BOOST_TEST(gone.fields[impression] == "nodule");
    BOOST_TEST(gone.fields[result_status] == "amended");
}

BOOST_AUTO_TEST_CASE(what_was_withdrawn_is_withheld_until_something_new_comes) {
    const auto final = version(Status::final, 1, {line("normal")});
    const auto withdrawn = version(Status::cancelled, 2);
    const auto after = report_of({final, withdrawn});
    BOOST_TEST(after.fields[result_status] == "entered-in-error");
    BOOST_TEST(after.fields[ReportField::text] == "");
    BOOST_TEST(report_of({final, withdrawn, version(Status::final, 3)}).fields[result_status] == "entered-in-error");
    const auto anew = report_of({final, withdrawn, version(Status::preliminary, 3, {line("again")})});
    BOOST_TEST(status_of(anew) == "PRELIMINARY");
    BOOST_TEST(anew.fields[impression] == "again");
}

BOOST_AUTO_TEST_CASE(lines_are_kept_and_taken_away) {
    ReportLines known{line("a", findings, Says::text, "1"), line("b", findings, Says::text, "2"), line("i")};
    amend(known, {line("", findings, Says::keep, "1"), line("", findings, Says::withdraw, "2"), line("j")});
    BOOST_TEST(text_of(known) == "a\nj");
    BOOST_TEST(section_of(known, impression) == "j");
}

BOOST_AUTO_TEST_CASE(of_lines_with_one_key_the_one_with_that_text_or_number_is_meant) {
    const ReportLines three{line("a", findings), line("b", findings), line("c", findings)};
    auto known = three;
    amend(known, {line("b", findings, Says::withdraw)});
    BOOST_TEST(text_of(known) == "a\nc");
    known = three;
    for (std::size_t i = 0; i < known.size(); ++i) known[i].set_id = std::to_string(i + 1);
    auto third = line("", findings, Says::withdraw);
    third.set_id = "3";
    amend(known, {third});
    BOOST_TEST(text_of(known) == "a\nb");
    known = three;
    amend(known, {line("", findings, Says::withdraw)});
    BOOST_TEST(known.empty());
}

BOOST_AUTO_TEST_CASE(what_is_kept_and_was_never_sent_is_taken_as_it_stands) {
    ReportLines known;
    amend(known, {line("the text", impression, Says::keep), line("", findings, Says::keep)});
    BOOST_TEST(text_of(known) == "the text");
}

BOOST_AUTO_TEST_CASE(a_document_and_its_text) {
    const EnclosedDocument one{"1", "application/pdf", 10, "DI", ""}, two{"2", "application/pdf", 20, "DI", ""};
    auto text = version(Status::final, 1, {line("normal")});
    auto pdf = version(Status::final, 2);
    pdf.documents = {one};
    const auto both = report_of({text, pdf});
    BOOST_TEST(status_of(both) == "FINAL");
    BOOST_TEST(both.fields[document_digest] == "1");
    BOOST_TEST(both.fields[impression] == "normal");
    const auto other_text = report_of({text, pdf, version(Status::final, 3, {line("nodule")})});
    BOOST_TEST(other_text.fields[document_digest] == "");
    auto other_pdf = version(Status::final, 3);
    other_pdf.documents = {two};
    const auto replaced = report_of({text, pdf, other_pdf});
    BOOST_TEST(replaced.fields[document_digest] == "2");
    BOOST_TEST(replaced.fields[ReportField::text] == "");
    BOOST_TEST(status_of(replaced) == "AMENDED");
}

BOOST_AUTO_TEST_CASE(a_resend_is_told_by_what_it_says) {
    const auto one = version(Status::final, 1, {line("normal")});
    auto later = version(Status::final, 2, {line("normal")});
    BOOST_TEST(same_content(one, later));
    later.lines.front().text = "nodule";
    BOOST_TEST(!same_content(one, later));
}

BOOST_AUTO_TEST_SUITE_END()
