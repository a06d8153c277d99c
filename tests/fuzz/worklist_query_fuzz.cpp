// Any bytes as the identifier of a worklist query (the first chooses the transfer syntax): keys whose meaning is plain
// match exactly the rows that a second reading of PS3.4 C.2.2.2 would choose; every key asked is a key returned; and
// the answer can be written in every character set and read again with all its attributes.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <vector>

#include "engine/dicom/dataset_encoding.hpp"
#include "engine/dicom/dcmtk/dataset_codec.hpp"
#include "engine/dicom/dcmtk/library.hpp"
#include "engine/dicom/tags.hpp"
#include "engine/dicom/worklist_answer.hpp"
#include "engine/dicom/worklist_matching.hpp"
#include "engine/dicom/worklist_query.hpp"
#include "tests/engine/dicom/sample_rows.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using namespace gantry::dicom;
using fuzz::must;

namespace {

using effects::OrderField;
using effects::StepField;

std::vector<effects::WorklistRow> sample_rows() {
    std::vector<effects::WorklistRow> out{samples::row(), samples::row("M\xC3\xBCller^Anna", "A2"),
                                          samples::row("\xE5\xB1\xB1\xE7\x94\xB0^\xE5\xA4\xAA\xE9\x83\x8E", "B10")};
    out[1].step_fields[StepField::modality] = "MR";
    out[1].identifiers = {{"200", "HOSPB", "MR"}};
    out[2].step_fields[StepField::start_date] = out[2].shown_date = "20261125";
    out[2].order_fields[OrderField::study_instance_uid] = "2.25.2";
    return out;
}

bool ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// PS3.4 C.2.2.2.4: `*` any number of characters, `?` any one.
bool like(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '*') return like(pattern.substr(1), text) || (!text.empty() && like(pattern, text.substr(1)));
    return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) && like(pattern.substr(1), text.substr(1));
}

bool universal(std::string_view key) {
    return key.find_first_not_of('*') == std::string_view::npos;
}

// Whether a second reading is sure that the key keeps the row out.
bool excluded(std::string_view key, std::string_view value) {
    const bool short_enough = key.size() <= 16 && std::count(key.begin(), key.end(), '*') <= 4;
    return short_enough && !universal(key) && ascii(key) && !like(key, value);
}

std::string step_key(const Dataset& keys, Tag tag) {
    const auto* steps = keys.find(tags::ScheduledProcedureStepSequence);
    const auto value = steps && !steps->items.empty() ? steps->items.front().value(tag) : std::string();
    return universal(value) ? keys.value(tag) : value;
}

void check_matching(const Dataset& keys, const effects::WorklistQuery& query, const effects::WorklistRow& row) {
    const bool in = matches(row, query);
    must(in == first_mismatch(row, query).empty(), "what keeps a row out is named");
    if (!in) return;
    must(!excluded(keys.value(tags::AccessionNumber), row.order_fields[OrderField::accession_number]),
         "an accession number that differs does not match");
    must(!excluded(keys.value(tags::PatientID), row.identifiers.front().value),
         "a patient id that differs does not match");
    must(!excluded(keys.value(tags::RequestedProcedureID), row.order_fields[OrderField::requested_procedure_id]),
         "a procedure id that differs does not match");
    must(!excluded(step_key(keys, tags::ScheduledProcedureStepID), row.step_fields[StepField::step_id]),
         "a step id that differs does not match");
    const auto modality = step_key(keys, tags::Modality);
    const bool plain = !modality.empty() && modality.find_first_of("*?\\") == std::string::npos;
    if (plain && ascii(modality))
        must(trimmed(modality) == row.step_fields[StepField::modality], "a modality that differs does not match");
    const auto day = step_key(keys, tags::ScheduledProcedureStepStartDate);
    if (day.size() == 8 && day.find_first_not_of("0123456789") == std::string::npos)
        must(day == row.shown_date, "a day that differs does not match");
}

bool control(Tag tag) {
    return tag.element == 0 || tag == tags::SpecificCharacterSet || tag == tags::QueryRetrieveLevel;
}

void returned(const Dataset& keys, const Dataset& answer, bool step) {
    for (const auto& key : keys.elements) {
        if (control(key.tag)) continue;
        const auto* there = answer.find(key.tag);
        must(there != nullptr, "a key asked is a key returned");
        const bool sequence = !step && key.tag == tags::ScheduledProcedureStepSequence && !key.items.empty();
        if (sequence) must(there->items.size() == 1, "an answer has one step");
        if (sequence) returned(key.items.front(), there->items.front(), true);
    }
}

void check_wire(const Dataset& answer) {
    for (const auto* term : {"ISO_IR 192", "ISO_IR 100", "ISO 2022 IR 87", ""}) {
        TextEncoder encoder(term);
        const auto again = parse_dataset(encoded(answer, encoder, Encoding::implicit_vr), "1.2.840.10008.1.2");
        must(again.has_value(), "an answer is read again");
        for (const auto& element : answer.elements)
            must(again->find(element.tag) != nullptr, "an answer keeps its attributes on the wire");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const auto rows = sample_rows();
    (void)library();
    if (size == 0) return 0;
    const char* syntax = data[0] % 2 == 0 ? "1.2.840.10008.1.2" : "1.2.840.10008.1.2.1";
    const auto keys = parse_dataset(fuzz::text_of(data + 1, size - 1), syntax);
    if (!keys) return 0;
    const auto reading = read_query(*keys, {"CT01", {}, false, false, 0}, "20261123");
    if (reading.fault) {
        must(!reading.fault->comment.empty() && reading.fault->comment.size() <= 64,
             "a fault says why in 64 characters");
        return 0;
    }
    for (const auto& row : rows) check_matching(*keys, reading.query, row);
    const auto answer = worklist_answer(rows.front(), *keys, "CT01");
    returned(*keys, answer.dataset, false);
    check_wire(answer.dataset);
    return 0;
}
