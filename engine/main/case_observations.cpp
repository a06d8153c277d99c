#include "engine/main/case_observations.hpp"

#include <algorithm>
#include <cstdio>

#include "engine/dicom/tags.hpp"
#include "engine/dicom/worklist_answer.hpp"
#include "engine/dicom/worklist_attributes.hpp"
#include "engine/effects/report_text.hpp"
#include "engine/hl7/message.hpp"
#include "engine/hl7/path.hpp"

namespace gantry {
namespace {

using dicom::Tag;
using effects::RecordKind;

template <class Field>
void add_fields(Observation& out, const effects::FieldValues<Field>& values) {
    const auto table = effects::field_table(effects::kind_of<Field>());
    for (std::size_t i = 0; i < table.size(); ++i) out.add(std::string(table[i].name), values.at(i));
}

std::string filed_under(PatientId id, const std::vector<effects::PatientRecord>& patients) {
    for (const auto& patient : patients) {
        if (patient.id == id && !patient.identifiers.empty()) return to_text(patient.identifiers.front());
    }
    return {};
}

Observation observe_record(const effects::RecordOutcome& record) {
    Observation out;
    out.add("kind", std::string(to_text(record.kind)));
    out.add("what", std::string(to_text(record.what)));
    out.add("reason", record.reason);
    out.add("reply", record.reply);
    out.add("place", record.place);
    out.usual = {"kind", "what", "reason"};
    return out;
}

std::optional<Tag> tag_named(const std::string& name) {
    unsigned group = 0, element = 0;
    int used = 0;
    if (std::sscanf(name.c_str(), "(%4x,%4x)%n", &group, &element, &used) == 2 && used == std::ssize(name))
        return Tag{static_cast<std::uint16_t>(group), static_cast<std::uint16_t>(element)};
    for (const auto table : {dicom::step_attributes(), dicom::root_attributes()}) {
        for (const auto& attribute : table) {
            if (attribute.keyword.text() == name) return attribute.tag;
        }
    }
    return std::nullopt;
}

const dicom::Dataset* step_item(const dicom::Dataset& answer) {
    const auto* sequence = answer.find(dicom::tags::ScheduledProcedureStepSequence);
    return sequence && !sequence->items.empty() ? &sequence->items.front() : nullptr;
}

// The value at one tag, or at a tag inside the first item of another.
std::optional<std::string> value_at(const dicom::Dataset& answer, const std::string& name) {
    const auto dot = name.find(").(");
    if (dot == std::string::npos) {
        const auto tag = tag_named(name);
        if (!tag) return std::nullopt;
        const auto* step = step_item(answer);
        return step && step->find(*tag) ? step->value(*tag) : answer.value(*tag);
    }
    const auto outer = tag_named(name.substr(0, dot + 1)), inner = tag_named(name.substr(dot + 2));
    if (!outer || !inner) return std::nullopt;
    const auto* step = step_item(answer);
    const auto* sequence = step && step->find(*outer) ? step->find(*outer) : answer.find(*outer);
    return sequence && !sequence->items.empty() ? sequence->items.front().value(*inner) : std::string();
}

std::vector<std::string_view> keywords() {
    std::vector<std::string_view> out;
    for (const auto table : {dicom::step_attributes(), dicom::root_attributes()}) {
        for (const auto& attribute : table) out.push_back(attribute.keyword.text());
    }
    return out;
}

void add_key(dicom::Dataset& keys, dicom::Dataset& step, Tag tag, const std::string& value) {
    const auto* of_step = dicom::find_attribute(dicom::step_attributes(), tag);
    const auto* of_root = dicom::find_attribute(dicom::root_attributes(), tag);
    const auto vr = of_step ? of_step->vr : of_root ? of_root->vr : dicom::Vr("LO");
    (of_step && !of_root ? step : keys).elements.push_back({tag, vr, value, {}});
}

}  // namespace

Observation observe_reply(const std::string& reply) {
    Observation out;
    out.kind = Observation::Kind::fields;
    auto parsed = hl7::Message::parse(reply);
    const auto message = parsed ? std::make_shared<const hl7::Message>(std::move(*parsed)) : nullptr;
    out.other = [message](const std::string& name) -> std::optional<std::string> {
        const auto path = hl7::Path::parse(name);
        if (!path) return std::nullopt;
        return message ? path->find(hl7::whole(*message)).text() : std::string();
    };
    return out;
}

Observation observe_outcome(const Trial::Step& step) {
    const auto& outcome = step.committed.outcome;
    std::vector<Observation> records;
    for (const auto& record : outcome.records) records.push_back(observe_record(record));
    Observation out;
    out.add("ack", observe_reply(step.committed.reply));
    out.add("outcome", std::string(to_text(outcome.outcome)));
    out.add("error", outcome.error ? std::string(info(outcome.error->code).name) : std::string());
    out.add("place", outcome.error ? outcome.error->place : std::string());
    out.add("records", Observation::of_rows(std::move(records)));
    out.add("warnings", Observation::of_texts(outcome.warnings));
    out.add("declined", Observation::of_texts(step.unit.effects.declined));
    out.add("filtered_by", outcome.filtered_by);
    out.add("dropped", Observation::of_texts(effects::to_texts(step.unit.effects.coverage)));
    return out;
}

Observation observe_order(const effects::OrderRecord& order, const StoredRecords& all) {
    Observation out;
    add_fields(out, order.fields);
    out.add("patient", filed_under(order.patient, all.patients));
    std::vector<std::string> statuses;
    for (const auto& report : all.reports)
        if (std::find(report.orders.begin(), report.orders.end(), order.id) != report.orders.end())
            statuses.push_back(report.fields[effects::ReportField::result_status]);
    out.add("reports", Observation::of_texts(statuses));
    std::vector<Observation> steps;
    for (const auto& step : order.steps) {
        auto& row = steps.emplace_back();
        add_fields(row, step.fields);
        row.usual = {"modality", "status"};
    }
    out.add("steps", Observation::of_rows(std::move(steps)));
    out.usual = {"placer_number", "accession_number", "status"};
    return out;
}

Observation observe_report(const effects::ReportRecord& report, const StoredRecords& all) {
    Observation out;
    add_fields(out, report.fields);
    std::vector<std::string> accessions, placers;
    for (const auto id : report.orders) {
        for (const auto& order : all.orders) {
            if (order.id != id) continue;
            accessions.push_back(order.fields[effects::OrderField::accession_number]);
            placers.push_back(order.fields[effects::OrderField::placer_number]);
        }
    }
    out.add("accession_numbers", Observation::of_texts(accessions));
    out.add("placer_numbers", Observation::of_texts(placers));
    std::vector<Observation> versions;
    for (const auto& version : report.versions) {
        auto& row = versions.emplace_back();
        row.add("status", version.sent);
        row.add("time", version.time);
        row.add("text", effects::text_of(version.lines));
        row.add("addendum", version.addendum ? "Y" : "");
        row.add("current", version.id == report.current_version ? "Y" : "");
        row.usual = {"status", "text", "current"};
    }
    out.add("versions", Observation::of_rows(std::move(versions)));
    out.usual = {"status", "result_status", "text"};
    return out;
}

Observation observe_patient(const effects::PatientRecord& patient,
                            const std::vector<effects::PatientRecord>& patients) {
    Observation out;
    add_fields(out, patient.fields);
    std::vector<std::string> identifiers;
    for (const auto& identifier : patient.identifiers) identifiers.push_back(to_text(identifier));
    out.add("filed_under", identifiers.empty() ? std::string() : identifiers.front());
    out.add("identifiers", Observation::of_texts(identifiers));
    out.add("merged_into", filed_under(patient.merged_into, patients));
    out.usual = {"filed_under", "name"};
    return out;
}

Observation observe_delivery(const store::DeliveryWork& delivery) {
    Observation out;
    out.add("destination", delivery.destination);
    out.add("type", delivery.message_type);
    out.add("control_id", delivery.control_id);
    out.add("payload", delivery.payload);
    out.usual = {"destination", "control_id"};
    return out;
}

Observation observe_answer(const effects::WorklistRow& row) {
    const auto answer = dicom::worklist_answer(row, {}, "CASE").dataset;
    Observation out;
    for (const auto name : keywords()) out.add(std::string(name), *value_at(answer, std::string(name)));
    out.other = [answer](const std::string& name) { return value_at(answer, name); };
    out.usual = {"PatientID", "AccessionNumber", "Modality"};
    return out;
}

dicom::Dataset worklist_keys(const json::Value& query, const std::string& pointer, json::Diagnostics& problems) {
    dicom::Dataset keys, step;
    for (const auto& member : query.members()) {
        const auto at = json::child_pointer(pointer, member.key);
        const auto tag = tag_named(member.key);
        if (!tag)
            problems.error_at(member.position, at, ErrorCode::config_unknown_name,
                              "\"" + member.key + "\"" + json::did_you_mean(member.key, keywords()));
        else if (!member.value.is_string())
            problems.error(member.value, at, ErrorCode::config_wrong_type, "a string is expected");
        else
            add_key(keys, step, *tag, member.value.string());
    }
    keys.elements.push_back({dicom::tags::ScheduledProcedureStepSequence, dicom::Vr("SQ"), {}, {step}});
    return keys;
}

}  // namespace gantry
