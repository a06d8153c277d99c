#include "engine/dicom/worklist_matching.hpp"

#include <algorithm>

#include "engine/base/clock.hpp"
#include "engine/dicom/dataset.hpp"
#include "engine/text/folding.hpp"

namespace gantry::dicom {
namespace {

using effects::OrderField;
using effects::PatientField;
using effects::StepField;
using effects::WorklistQuery;
using effects::WorklistRow;

bool contains(const std::vector<std::string>& list, std::string_view value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

bool text_matches(std::string_view key, std::string_view value) {
    if (key.empty() || key == value) return true;
    if (key.find_first_of("*?") == std::string_view::npos) return false;
    return text::wildcard_match(text::characters_of(key), text::characters_of(value));
}

template <class Text>
std::vector<Text> split(Text text, typename Text::value_type separator) {
    std::vector<Text> out;
    for (auto end = text.find(separator); end != Text::npos; end = text.find(separator)) {
        out.push_back(text.substr(0, end));
        text = text.substr(end + 1);
    }
    out.push_back(text);
    return out;
}

// "MEIER^^^" and "MEIER" are the same name (PS3.5 6.2.1.1).
std::u32string_view without_trailing_carets(std::u32string_view group) {
    const auto last = group.find_last_not_of(U"^ ");
    return last == std::u32string_view::npos ? std::u32string_view() : group.substr(0, last + 1);
}

bool group_matches(std::u32string_view key, std::u32string_view group) {
    key = without_trailing_carets(key);
    group = without_trailing_carets(group);
    if (text::wildcard_match(key, group)) return true;
    const auto wanted = split(key, U'^'), there = split(group, U'^');
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].empty()) continue;
        if (!text::wildcard_match(wanted[i], i < there.size() ? there[i] : std::u32string_view())) return false;
    }
    return true;
}

bool date_in(std::string_view date, std::string_view from, std::string_view to) {
    return (from.empty() || date >= from) && (to.empty() || date <= to);
}

bool has_date(const WorklistQuery& query) {
    return !query.date_from.empty() || !query.date_to.empty();
}
bool has_time(const WorklistQuery& query) {
    return !query.time_from.empty() || !query.time_to.empty();
}
bool one_interval(const WorklistQuery& query) {
    return query.combined_date_time && has_date(query) && has_time(query) && query.time_from != query.time_to;
}

const std::string& shown_date(const WorklistRow& row) {
    return row.shown_date.empty() ? row.step_fields[StepField::start_date] : row.shown_date;
}

bool in_interval(const WorklistQuery& query, const std::string& date, const std::string& time) {
    const auto at = date + time;
    const auto bound = [](const std::string& day, const std::string& clock, const char* otherwise) {
        return day.empty() ? std::string() : day + (clock.empty() ? otherwise : clock);
    };
    return date_in(at, bound(query.date_from, query.time_from, "000000"),
                   bound(query.date_to, query.time_to, "235959"));
}

// A step without a time of its own matches by its date alone: hiding it would be worse than showing it too early.
std::string_view time_mismatch(const WorklistRow& row, const WorklistQuery& query, const MatchRules& rules) {
    const bool untimed = row.step_fields[StepField::start_date].empty();
    const auto span = dates_to_look_at(query, rules);
    const bool window_only = !has_date(query);
    if (!(untimed && window_only) && !date_in(shown_date(row), span.from, span.to)) {
        return window_only ? std::string_view("date window") : "ScheduledProcedureStepStartDate";
    }
    const auto& time = row.step_fields[StepField::start_time];
    if (time.empty() || untimed || !has_time(query)) return {};
    const bool in = one_interval(query) ? in_interval(query, shown_date(row), full_time(time))
                                        : date_in(full_time(time), query.time_from, query.time_to);
    return in ? std::string_view() : "ScheduledProcedureStepStartTime";
}

bool modality_matches(const WorklistRow& row, const WorklistQuery& query) {
    if (query.modalities.empty() || contains(query.modalities, row.step_fields[StepField::modality])) return true;
    const auto also = values_of(row.step_fields[StepField::also_modalities]);
    return std::any_of(also.begin(), also.end(), [&](const auto& one) { return contains(query.modalities, one); });
}

bool station_matches(const WorklistRow& row, const WorklistQuery& query) {
    const auto keys = values_of(query.station_ae), stations = values_of(row.step_fields[StepField::station_ae]);
    if (keys.empty() || stations.empty()) return true;
    return std::any_of(stations.begin(), stations.end(), [&](const std::string& station) {
        return station == "*" ||
               std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return text_matches(key, station); });
    });
}

std::string_view status_mismatch(const WorklistRow& row, const WorklistQuery& query) {
    const std::string_view status = row.step_fields[StepField::status];
    if (!query.statuses.empty()) {
        return contains(query.statuses, status) ? std::string_view() : "ScheduledProcedureStepStatus";
    }
    if (status.empty()) return "not scheduled";
    if (status != "SCHEDULED" && status != "ARRIVED" && status != "READY") return "not open";
    return row.order_fields[OrderField::hold] == "Y" ? std::string_view("held") : std::string_view();
}

bool date_key_matches(std::string_view key, std::string_view date) {
    const auto dash = key.find('-');
    if (key.empty() || dash == std::string_view::npos) return key.empty() || key == date;
    return !date.empty() && date_in(date, key.substr(0, dash), key.substr(dash + 1));
}

std::string_view patient_mismatch(const WorklistRow& row, const WorklistQuery& query) {
    const auto filed = row.identifiers.empty() ? effects::Identifier() : row.identifiers.front();
    if (!text_matches(query.patient_id, filed.value)) return "PatientID";
    const auto authority = split(std::string_view(filed.authority), '&').front();
    if (!text_matches(query.patient_id_issuer, authority) && query.patient_id_issuer != filed.authority) {
        return "IssuerOfPatientID";
    }
    const auto& patient = row.patient_fields;
    if (!name_matches(query.patient_name, patient[PatientField::name])) return "PatientName";
    if (!date_key_matches(query.birth_date, patient[PatientField::birth_date])) return "PatientBirthDate";
    return text_matches(query.sex, patient[PatientField::sex]) ? std::string_view() : "PatientSex";
}

std::string_view order_mismatch(const WorklistRow& row, const WorklistQuery& query) {
    const auto& order = row.order_fields;
    if (!text_matches(query.accession_number, order[OrderField::accession_number])) return "AccessionNumber";
    if (!text_matches(query.requested_procedure_id, order[OrderField::requested_procedure_id])) {
        return "RequestedProcedureID";
    }
    const auto& uids = query.study_instance_uids;
    if (!uids.empty() && !contains(uids, order[OrderField::study_instance_uid])) return "StudyInstanceUID";
    if (!text_matches(query.admission_id, order[OrderField::admission_id])) return "AdmissionID";
    if (!text_matches(query.procedure_code, order[OrderField::procedure_code])) return "RequestedProcedureCodeSequence";
    if (!name_matches(query.referring_physician, order[OrderField::referring_physician]))
        return "ReferringPhysicianName";
    return name_matches(query.requesting_physician, order[OrderField::requesting_physician]) ? std::string_view()
                                                                                             : "RequestingPhysician";
}

std::string_view step_mismatch(const WorklistRow& row, const WorklistQuery& query) {
    if (!modality_matches(row, query)) return "Modality";
    if (!station_matches(row, query)) return "ScheduledStationAETitle";
    if (!text_matches(query.step_id, row.step_fields[StepField::step_id])) return "ScheduledProcedureStepID";
    // Who performs it may be said of the step or of the order.
    const auto& of_step = row.step_fields[StepField::performing_physician];
    const auto& physician = of_step.empty() ? row.order_fields[OrderField::performing_physician] : of_step;
    return name_matches(query.performing_physician, physician) ? std::string_view()
                                                               : "ScheduledPerformingPhysicianName";
}

}  // namespace

DateSpan dates_to_look_at(const WorklistQuery& query, const MatchRules& rules) {
    if (has_date(query)) return {query.date_from, query.date_to};
    if (query.today.empty()) return {};
    return {shifted_date(query.today, -rules.days_before), shifted_date(query.today, rules.days_after)};
}

std::string_view first_mismatch(const WorklistRow& row, const WorklistQuery& query, const MatchRules& rules) {
    if (const auto why = status_mismatch(row, query); !why.empty()) return why;
    if (const auto why = time_mismatch(row, query, rules); !why.empty()) return why;
    if (const auto why = step_mismatch(row, query); !why.empty()) return why;
    if (const auto why = patient_mismatch(row, query); !why.empty()) return why;
    return order_mismatch(row, query);
}

bool matches(const WorklistRow& row, const WorklistQuery& query, const MatchRules& rules) {
    return first_mismatch(row, query, rules).empty();
}

bool name_matches(std::string_view key, std::string_view name) {
    if (key.empty()) return true;
    const auto folded_key = text::folded(key), folded_name = text::folded(name);
    const auto wanted = split(std::u32string_view(folded_key), U'='),
               there = split(std::u32string_view(folded_name), U'=');
    if (wanted.size() == 1) {
        return std::any_of(there.begin(), there.end(), [&](auto group) { return group_matches(wanted[0], group); });
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].empty()) continue;
        if (i >= there.size() || !group_matches(wanted[i], there[i])) return false;
    }
    return true;
}

std::string full_time(std::string_view time) {
    std::string six(time.substr(0, 6));
    six.resize(6, '0');
    return six;
}

}  // namespace gantry::dicom
