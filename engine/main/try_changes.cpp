#include "engine/main/try_changes.hpp"

#include <charconv>
#include <map>

#include "engine/json/value.hpp"

namespace gantry {
namespace {

constexpr std::size_t everything = 100'000;

std::int64_t id_in(const json::Value& patch) {
    std::int64_t out = 0;
    const auto* id = patch.find("id");
    if (id) std::from_chars(id->string().data(), id->string().data() + id->string().size(), out);
    return out;
}

template <class Field>
std::map<std::string, std::string> by_name(const effects::FieldValues<Field>& values) {
    std::map<std::string, std::string> out;
    const auto table = effects::field_table(effects::kind_of<Field>());
    for (std::size_t i = 0; i < table.size(); ++i) out.emplace(table[i].name, values.at(i));
    return out;
}

std::string filed_under(PatientId id, const std::vector<effects::PatientRecord>& patients) {
    for (const auto& patient : patients) {
        if (patient.id == id && !patient.identifiers.empty()) return to_text(patient.identifiers.front());
    }
    return {};
}

std::string order_numbers(const effects::ReportRecord& report, const std::vector<effects::OrderRecord>& orders) {
    std::string out;
    for (const auto id : report.orders)
        for (const auto& order : orders) {
            if (order.id != id) continue;
            const auto& placer = order.fields[effects::OrderField::placer_number];
            out += (out.empty() ? "" : ", ") +
                   (placer.empty() ? order.fields[effects::OrderField::accession_number] : placer);
        }
    return out;
}

// The records as they are now, by kind and id.
using Records = std::map<std::pair<std::string, std::int64_t>, std::map<std::string, std::string>>;

Result<Records> current(store::RecordsReader& reader) {
    const auto patients = reader.patients({}, everything);
    if (!patients) return patients.error();
    const auto orders = reader.orders({}, everything);
    if (!orders) return orders.error();
    const auto reports = reader.reports({}, everything);
    if (!reports) return reports.error();
    Records out;
    for (const auto& patient : *patients) {
        auto& fields = out[{"patient", patient.id.value}] = by_name(patient.fields);
        fields["identifiers"] = to_text(patient.identifiers);
        fields["merged_into"] = filed_under(patient.merged_into, *patients);
    }
    for (const auto& order : *orders) {
        auto& fields = out[{"order", order.id.value}] = by_name(order.fields);
        fields["patient"] = filed_under(order.patient, *patients);
        for (const auto& step : order.steps) out[{"step", step.id.value}] = by_name(step.fields);
    }
    for (const auto& report : *reports) {
        auto& fields = out[{"report", report.id.value}] = by_name(report.fields);
        fields["orders"] = order_numbers(report, *orders);
    }
    return out;
}

// Ids of records say nothing to a reader; the history keeps them.
bool names_a_record(std::string_view field) {
    return field == "merged_into" || field == "patient" || field == "orders";
}

FieldEdit edit_of(const json::Member& change, const std::map<std::string, std::string>& now) {
    FieldEdit out;
    out.field = change.key;
    const auto found = now.find(change.key);
    if (found != now.end()) out.after = found->second;
    if (change.value.is_string()) out.source = change.value.string();
    if (change.value.items().size() == 2) {
        out.before = names_a_record(change.key) ? std::string() : change.value.items()[0].string();
        out.source = change.value.items()[1].string();
    }
    return out;
}

}  // namespace

Result<std::vector<RecordEdit>> record_edits(const std::string& patches, store::RecordsReader& records) {
    std::vector<RecordEdit> out;
    if (patches.empty()) return out;
    const auto list = json::parse(patches);
    if (!list) return list.error();
    const auto now = current(records);
    if (!now) return now.error();
    for (const auto& patch : list->items()) {
        const auto *kind = patch.find("r"), *fields = patch.find("f");
        if (!kind || !fields) continue;
        auto& edit = out.emplace_back();
        edit.kind = kind->string();
        edit.created = patch.find("new") != nullptr;
        const auto record = now->find({edit.kind, id_in(patch)});
        for (const auto& field : fields->members())
            edit.fields.push_back(
                edit_of(field, record == now->end() ? std::map<std::string, std::string>() : record->second));
    }
    return out;
}

}  // namespace gantry
