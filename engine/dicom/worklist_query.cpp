#include "engine/dicom/worklist_query.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/clock.hpp"
#include "engine/dicom/tags.hpp"

namespace gantry::dicom {
namespace {

using effects::WorklistQuery;

struct Range {
    std::string from, to;
};

bool universal(std::string_view value) {
    return value.find_first_not_of('*') == std::string_view::npos;
}
bool digits(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

int number(std::string_view text) {
    int out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

std::string without(std::string_view text, char separator) {
    std::string out(trimmed(text));
    std::erase(out, separator);
    return out;
}

// DA; ACR-NEMA wrote it with dots.
std::optional<std::string> day(std::string_view text) {
    std::string date = without(text, '.');
    const bool ok = date.size() == 8 && digits(date) &&
                    valid_date(number(date.substr(0, 4)), number(date.substr(4, 2)), number(date.substr(6, 2)));
    return ok ? std::optional(date) : std::nullopt;
}

// TM down to the second; what is missing is filled with `rest`, so that an end includes all it means: -10 is 105959.
std::optional<std::string> clock_time(std::string_view text, std::string_view rest) {
    std::string time = without(text, ':');
    time.resize(std::min(time.find('.'), time.size()));
    if (time.size() < 2 || time.size() > 6 || time.size() % 2 != 0 || !digits(time)) return std::nullopt;
    time += rest.substr(time.size());
    // 60: a leap second
    if (number(time.substr(0, 2)) > 23 || number(time.substr(2, 2)) > 59 || number(time.substr(4, 2)) > 60)
        return std::nullopt;
    return time;
}

// "a", "a-b", "a-" or "-b", each end read by `read(text, is_end)`.
template <class Read>
std::optional<Range> range(std::string_view text, Read read) {
    const auto dash = text.find('-');
    const auto low = trimmed(text.substr(0, dash));
    const auto high = dash == std::string_view::npos ? low : trimmed(text.substr(dash + 1));
    if (low.empty() && high.empty()) return std::nullopt;
    Range out;
    for (const bool is_end : {false, true}) {
        const auto side = is_end ? high : low;
        if (side.empty()) continue;
        const auto value = read(side, is_end);
        if (!value) return std::nullopt;
        (is_end ? out.to : out.from) = *value;
    }
    return out;
}

// Reads keys and remembers the first that cannot be read and whether one was not used.
class Reader {
  public:
    Reader(const Dataset& root, QueryReading& reading) : root_(root), reading_(reading) {
        const Element* steps = root.find(tags::ScheduledProcedureStepSequence);
        if (!steps) return;
        if (steps->items.size() > 1) fault(steps->tag, "more than one item in the sequence");
        if (!steps->items.empty()) step_ = &steps->items.front();
    }

    std::string of_root(Tag tag) {
        used_.push_back(tag);
        auto value = root_.value(tag);
        return universal(value) ? std::string() : value;
    }

    // A key of the step: in the sequence, else where some modalities put it.
    std::string of_step(Tag tag) {
        used_.push_back(tag);
        auto value = step_ ? step_->value(tag) : std::string();
        return universal(value) ? of_root(tag) : value;
    }

    std::string code_of(Tag sequence) {
        used_.push_back(sequence);
        const Element* codes = root_.find(sequence);
        if (!codes || codes->items.empty()) return {};
        auto value = codes->items.front().value(tags::CodeValue);
        return universal(value) ? std::string() : value;
    }

    Range dates(Tag tag, const std::string& text) {
        if (text.empty()) return {};
        const auto read = range(text, [](auto side, bool) { return day(side); });
        if (!read) fault(tag, "not a date or range of dates");
        return read.value_or(Range());
    }

    Range times(Tag tag, const std::string& text) {
        if (text.empty()) return {};
        const auto read =
            range(text, [](auto side, bool is_end) { return clock_time(side, is_end ? "235959" : "000000"); });
        if (!read) fault(tag, "not a time or range of times");
        return read.value_or(Range());
    }

    // What else has a value was not matched.
    void check_unused() {
        used_.insert(used_.end(), {tags::SpecificCharacterSet, tags::QueryRetrieveLevel});
        reading_.unsupported_key = any_unused(root_) || (step_ && any_unused(*step_));
    }

  private:
    void fault(Tag tag, std::string comment) {
        if (!reading_.fault) reading_.fault = QueryFault{tag, std::move(comment)};
    }
    // Some cannot leave a binary number empty, and send zero (PregnancyStatus).
    static bool no_number(const Element& key) { return key.vr == Vr("US") && key.value == "0"; }
    bool any_unused(const Dataset& keys) const {
        return std::any_of(keys.elements.begin(), keys.elements.end(), [&](const Element& key) {
            return !universal(trimmed(key.value)) && !no_number(key) &&
                   std::find(used_.begin(), used_.end(), key.tag) == used_.end();
        });
    }

    const Dataset& root_;
    const Dataset* step_ = nullptr;
    QueryReading& reading_;
    std::vector<Tag> used_;
};

// Modality has no wildcards (CS); a pattern there means that the modality does not care.
std::vector<std::string> exact_values(std::string_view text) {
    auto values = values_of(text);
    const bool pattern = std::any_of(values.begin(), values.end(),
                                     [](const auto& v) { return v.find_first_of("*?") != std::string::npos; });
    return pattern ? std::vector<std::string>() : values;
}

void read_step(Reader& reader, const CallingAe& caller, WorklistQuery& query) {
    query.modalities = exact_values(reader.of_step(tags::Modality));
    query.station_ae = reader.of_step(tags::ScheduledStationAETitle);
    if (query.station_ae.empty() && caller.limit_to_calling_ae) query.station_ae = caller.ae_title;
    constexpr Tag date = tags::ScheduledProcedureStepStartDate, time = tags::ScheduledProcedureStepStartTime;
    auto [date_from, date_to] = reader.dates(date, reader.of_step(date));
    auto [time_from, time_to] = reader.times(time, reader.of_step(time));
    query.date_from = std::move(date_from);
    query.date_to = std::move(date_to);
    query.time_from = std::move(time_from);
    query.time_to = std::move(time_to);
    query.statuses = exact_values(reader.of_step(tags::ScheduledProcedureStepStatus));
    query.step_id = reader.of_step(tags::ScheduledProcedureStepID);
    query.performing_physician = reader.of_step(tags::ScheduledPerformingPhysicianName);
}

std::string birth_date(Reader& reader) {
    const auto [from, to] = reader.dates(tags::PatientBirthDate, reader.of_root(tags::PatientBirthDate));
    return from == to ? from : from + "-" + to;
}

void read_root(Reader& reader, WorklistQuery& query) {
    query.patient_name = reader.of_root(tags::PatientName);
    query.patient_id = reader.of_root(tags::PatientID);
    query.patient_id_issuer = reader.of_root(tags::IssuerOfPatientID);
    query.birth_date = birth_date(reader);
    query.sex = reader.of_root(tags::PatientSex);
    query.accession_number = reader.of_root(tags::AccessionNumber);
    query.requested_procedure_id = reader.of_root(tags::RequestedProcedureID);
    query.study_instance_uids = exact_values(reader.of_root(tags::StudyInstanceUID));
    query.admission_id = reader.of_root(tags::AdmissionID);
    query.referring_physician = reader.of_root(tags::ReferringPhysicianName);
    query.requesting_physician = reader.of_root(tags::RequestingPhysician);
    query.procedure_code = reader.code_of(tags::RequestedProcedureCodeSequence);
}

}  // namespace

QueryReading read_query(const Dataset& keys, const CallingAe& caller, const std::string& today) {
    QueryReading reading;
    reading.query.today = today;
    reading.query.combined_date_time = !caller.separate_date_time;
    Reader reader(keys, reading);
    read_step(reader, caller, reading.query);
    read_root(reader, reading.query);
    reader.check_unused();
    return reading;
}

}  // namespace gantry::dicom
