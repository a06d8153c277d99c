#include "engine/effects/workspace.hpp"

#include <algorithm>

namespace gantry::effects {
namespace {

// Unit separator: cannot be part of a number or namespace, because control characters are refused at the door.
constexpr char between = '\x1f';

std::string key_of(char kind, const OrderNumber& number, std::string_view procedure) {
    std::string key(1, kind);
    key.append(1, between).append(number.authority).append(1, between).append(number.number).append(1, between);
    return key.append(procedure);
}

}  // namespace

std::string identifier_key(const Identifier& identifier) {
    std::string key = identifier.authority;
    key.append(1, between).append(identifier.value);
    // Numbers that do not identify a patient (account, visit, insurance) live in a namespace of their own type.
    if (!identifies(identifier)) key.append(1, between).append(identifier.type);
    return key;
}

std::string placer_key(const OrderNumber& number, std::string_view procedure) {
    return key_of('P', number, procedure);
}
std::string filler_key(const OrderNumber& number, std::string_view procedure) {
    return key_of('F', number, procedure);
}
std::string placer_prefix(const OrderNumber& number) {
    return key_of('P', number, {});
}
std::string filler_prefix(const OrderNumber& number) {
    return key_of('F', number, {});
}

std::string further_key(std::string_view key, OrderId order) {
    return std::string(key).append(1, between).append(std::to_string(order.value));
}
bool is_or_extends(std::string_view stored, std::string_view key) {
    return stored.starts_with(key) && (stored.size() == key.size() || stored[key.size()] == between);
}
bool is_further_key(std::string_view key, std::string_view prefix) {
    return key.find(between, prefix.size()) != std::string_view::npos;
}
std::string child_key(const OrderNumber& parent, OrderId child) {
    return placer_prefix(parent).append(1, between).append(1, between).append(std::to_string(child.value));
}
bool is_child_key(std::string_view key, std::string_view prefix) {
    return key.size() > prefix.size() + 1 && key[prefix.size()] == between && key[prefix.size() + 1] == between;
}

std::string report_key(const OrderNumber& filler, std::string_view procedure) {
    return key_of('F', filler, procedure);
}
std::string report_prefix(const OrderNumber& filler) {
    return key_of('F', filler, {});
}
std::string document_key(const OrderNumber& document) {
    return key_of('D', document, {});
}

std::string provider_key(std::string_view identifier, std::string_view authority, std::string_view name) {
    std::string key;
    if (identifier.empty() && name.empty()) return key;
    // Without an identifier the name is all there is to tell one provider from another.
    if (identifier.empty()) return key.append("N").append(1, between).append(name);
    return key.append("I").append(1, between).append(authority).append(1, between).append(identifier);
}

std::optional<PatientId> Workspace::patient_of(const std::string& identifier_key) {
    const auto mine = new_identifiers_.find(identifier_key);
    return mine != new_identifiers_.end() ? std::optional(mine->second) : under_.patient_of(identifier_key);
}

const PatientRecord* Workspace::patient(PatientId id) {
    const auto mine = patients_.find(id.value);
    return mine != patients_.end() ? &mine->second.write.after : under_.patient(id);
}

std::vector<OrderId> Workspace::orders_of(PatientId id) {
    auto all = under_.orders_of(id);
    for (const auto& [order, edited] : orders_) {
        const OrderId mine{order};
        std::erase(all, mine);
        if (edited.write.after.patient == id) all.push_back(mine);
    }
    return all;
}

std::vector<OrderKeyMatch> Workspace::orders_with_prefix(const std::string& key_prefix) {
    auto all = under_.orders_with_prefix(key_prefix);
    for (auto it = new_keys_.lower_bound(key_prefix); it != new_keys_.end() && it->first.starts_with(key_prefix); ++it)
        all.push_back({it->first, it->second});
    return all;
}

std::vector<OrderId> Workspace::orders_with_accession(const std::string& accession, const std::string& issuer) {
    auto all = under_.orders_with_accession(accession, issuer);
    for (const auto& [order, edited] : orders_) {
        const auto& fields = edited.write.after.fields;
        std::erase(all, OrderId{order});
        if (fields[OrderField::accession_number] == accession && fields[OrderField::accession_issuer] == issuer)
            all.push_back({order});
    }
    return all;
}

const OrderRecord* Workspace::order(OrderId id) {
    const auto mine = orders_.find(id.value);
    return mine != orders_.end() ? &mine->second.write.after : under_.order(id);
}

std::optional<ProviderId> Workspace::provider_of(const std::string& key) {
    const auto mine = new_providers_.find(key);
    return mine != new_providers_.end() ? std::optional(mine->second.id) : under_.provider_of(key);
}

std::vector<OrderId> Workspace::orders_with_study_uid(const std::string& uid) {
    auto all = under_.orders_with_study_uid(uid);
    for (const auto& [order, edited] : orders_) {
        std::erase(all, OrderId{order});
        if (edited.write.after.fields[OrderField::study_instance_uid] == uid) all.push_back({order});
    }
    return all;
}

std::vector<ReportKeyMatch> Workspace::reports_with_prefix(const std::string& key_prefix) {
    auto all = under_.reports_with_prefix(key_prefix);
    for (auto it = new_report_keys_.lower_bound(key_prefix);
         it != new_report_keys_.end() && it->first.starts_with(key_prefix); ++it)
        all.push_back({it->first, it->second});
    return all;
}

std::vector<ReportId> Workspace::reports_of(OrderId id) {
    auto all = under_.reports_of(id);
    for (const auto& [report, edited] : reports_) {
        std::erase(all, ReportId{report});
        const auto& orders = edited.write.after.orders;
        if (std::find(orders.begin(), orders.end(), id) != orders.end()) all.push_back({report});
    }
    return all;
}

const ReportRecord* Workspace::report(ReportId id) {
    const auto mine = reports_.find(id.value);
    return mine != reports_.end() ? &mine->second.write.after : under_.report(id);
}

PatientId Workspace::follow(PatientId id) {
    // The chain is finite because a merge that would close a cycle is refused.
    for (const auto* record = patient(id); record && record->merged_into; record = patient(id))
        id = record->merged_into;
    return id;
}

bool Workspace::made_here(OrderId id) const {
    const auto mine = orders_.find(id.value);
    return mine != orders_.end() && mine->second.write.created;
}

PatientWrite& Workspace::new_patient() {
    const PatientId id{ids_.next()};
    auto& edited = patients_[id.value];
    edited.write.created = true;
    edited.write.after.id = id;
    return edited.write;
}

PatientWrite& Workspace::edit_patient(PatientId id) {
    const auto mine = patients_.find(id.value);
    if (mine != patients_.end()) return mine->second.write;
    const auto record = *under_.patient(id);
    return patients_.emplace(id.value, EditedPatient{{record, false, {}, false}, record}).first->second.write;
}

OrderWrite& Workspace::new_order() {
    const OrderId id{ids_.next()};
    auto& edited = orders_[id.value];
    edited.write.created = true;
    edited.write.after.id = id;
    return edited.write;
}

OrderWrite& Workspace::edit_order(OrderId id) {
    const auto mine = orders_.find(id.value);
    if (mine != orders_.end()) return mine->second.write;
    const auto record = *under_.order(id);
    return orders_.emplace(id.value, EditedOrder{{record, false, {}, {}, {}}, record}).first->second.write;
}

StepRecord& Workspace::new_step(OrderWrite& order) {
    auto& step = order.after.steps.emplace_back();
    step.id = {ids_.next()};
    order.new_steps.push_back(step.id);
    return step;
}

ReportWrite& Workspace::new_report() {
    const ReportId id{ids_.next()};
    auto& edited = reports_[id.value];
    edited.write.created = true;
    edited.write.after.id = id;
    return edited.write;
}

ReportWrite& Workspace::edit_report(ReportId id) {
    const auto mine = reports_.find(id.value);
    if (mine != reports_.end()) return mine->second.write;
    auto& edited = reports_[id.value];
    edited.before = *under_.report(id);
    edited.write.after = edited.before;
    return edited.write;
}

void Workspace::add_report_key(ReportWrite& report, const std::string& key) {
    for (const auto& known : reports_with_prefix(key))
        if (known.key == key) return;
    new_report_keys_.emplace(key, report.after.id);
    report.new_keys.push_back(key);
}

void Workspace::add_report_order(ReportWrite& report, OrderId order) {
    auto& orders = report.after.orders;
    if (std::find(orders.begin(), orders.end(), order) != orders.end()) return;
    orders.push_back(order);
    report.new_orders.push_back(ids_.next());
}

void Workspace::add_identifier(PatientWrite& patient, const Identifier& identifier) {
    note_source(RecordKind::patient, patient.after.id.value, identifiers, "PID-3");
    new_identifiers_[identifier_key(identifier)] = patient.after.id;
    patient.after.identifiers.push_back(identifier);
    patient.new_identifiers.push_back(identifier);
}

void Workspace::take_identifier(PatientWrite& patient, const Identifier& identifier) {
    note_source(RecordKind::patient, patient.after.id.value, identifiers, "MRG-1");
    std::erase_if(patient.after.identifiers,
                  [key = identifier_key(identifier)](const Identifier& known) { return identifier_key(known) == key; });
    patient.new_identifiers = patient.after.identifiers;
    patient.refiled = true;
}

void Workspace::file_under(PatientWrite& patient, const Identifier& identifier) {
    add_identifier(patient, identifier);
    auto& all = patient.after.identifiers;
    std::rotate(all.begin(), all.end() - 1, all.end());
    patient.new_identifiers = all;
    patient.refiled = true;
}

void Workspace::add_order_key(OrderWrite& order, const std::string& key) {
    if (new_keys_.emplace(key, order.after.id).second) order.new_keys.push_back(key);
}

ProviderId Workspace::provider(const std::string& identifier, const std::string& authority, const std::string& name) {
    const auto key = provider_key(identifier, authority, name);
    if (key.empty()) return {};
    if (const auto known = provider_of(key)) return *known;
    const ProviderId id{ids_.next()};
    new_providers_[key] = {id, key, identifier, authority, name};
    return id;
}

void Workspace::note_source(RecordKind kind, std::int64_t id, std::size_t field, std::string_view source) {
    sources_[{kind, id, field}] = source;
}

std::string_view Workspace::source_of(RecordKind kind, std::int64_t id, std::size_t field) const {
    const auto found = sources_.find({kind, id, field});
    return found == sources_.end() || found->second.empty() ? std::string_view("rule") : found->second;
}

template <class Field>
Patch Workspace::patch(std::int64_t id, bool created, std::int64_t previous, const FieldValues<Field>& before,
                       const FieldValues<Field>& after) const {
    constexpr auto kind = kind_of<Field>();
    Patch out{kind, id, created, previous, {}};
    const auto table = field_table(kind);
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (before.at(i) != after.at(i)) out.fields.push_back({table[i].name, before.at(i), source_of(kind, id, i)});
    }
    return out;
}

// Who it is follows from the fields with number and name: what changed one of them changed this.
void Workspace::note_provider(Patch& patch, std::string_view field, std::string_view named_by, ProviderId before,
                              ProviderId after) {
    if (before == after) return;
    const auto name = std::find_if(patch.fields.begin(), patch.fields.end(),
                                   [&](const FieldPatch& one) { return one.field.starts_with(named_by); });
    const auto source = name == patch.fields.end() ? std::string_view("rule") : name->source;
    patch.fields.push_back({field, std::to_string(before.value), source});
}

void Workspace::collect_patient(Plan& plan, EditedPatient& edited) {
    const auto& [after, created, new_identifiers, refiled] = edited.write;
    auto made = patch(after.id.value, created, edited.before.last_change, edited.before.fields, after.fields);
    if (after.merged_into != edited.before.merged_into)
        made.fields.push_back({"merged_into", std::to_string(edited.before.merged_into.value),
                               source_of(RecordKind::patient, after.id.value, belongs_to)});
    if (after.identifiers != edited.before.identifiers)
        made.fields.push_back({"identifiers", to_text(edited.before.identifiers),
                               source_of(RecordKind::patient, after.id.value, identifiers)});
    if (!created && made.fields.empty() && after.adt_fields == edited.before.adt_fields) return;
    plan.patches.push_back(std::move(made));
    plan.patients.push_back(std::move(edited.write));
}

void Workspace::collect_order(Plan& plan, EditedOrder& edited) {
    auto& write = edited.write;
    const auto& before = edited.before;
    auto made = patch(write.after.id.value, write.created, before.last_change, before.fields, write.after.fields);
    if (!write.created && write.after.patient != before.patient)
        made.fields.push_back({"patient", std::to_string(before.patient.value),
                               source_of(RecordKind::order, write.after.id.value, belongs_to)});
    if (!write.created) {
        note_provider(made, "ordered_by", "requesting_physician", before.ordered_by, write.after.ordered_by);
        note_provider(made, "performed_by", "performing_physician", before.performed_by, write.after.performed_by);
    }
    const auto order_patches = plan.patches.size();
    for (const auto& step : write.after.steps) {
        const auto same =
            std::find_if(before.steps.begin(), before.steps.end(), [&](const auto& s) { return s.id == step.id; });
        const bool added = same == before.steps.end();
        auto step_patch = patch(step.id.value, added, before.last_change,
                                added ? FieldValues<StepField>() : same->fields, step.fields);
        if (!added && step_patch.fields.empty()) continue;
        if (!added) write.changed_steps.push_back(step.id);
        plan.patches.push_back(std::move(step_patch));
    }
    const bool changed = write.created || !made.fields.empty() || plan.patches.size() > order_patches ||
                         !write.new_keys.empty() || write.after.event_time != before.event_time;
    if (!changed) return;
    plan.patches.insert(plan.patches.begin() + static_cast<std::ptrdiff_t>(order_patches), std::move(made));
    plan.orders.push_back(std::move(write));
}

void Workspace::collect_report(Plan& plan, EditedReport& edited) {
    auto& write = edited.write;
    const auto& after = write.after;
    auto made = patch(after.id.value, write.created, edited.before.last_change, edited.before.fields, after.fields);
    if (!write.new_orders.empty()) {
        std::string before;
        for (const auto order : edited.before.orders)
            before += (before.empty() ? "" : " ") + std::to_string(order.value);
        made.fields.push_back({"orders", before, source_of(RecordKind::report, after.id.value, belongs_to)});
    }
    if (!write.created) note_provider(made, "reported_by", "radiologist", edited.before.reported_by, after.reported_by);
    if (!write.created && made.fields.empty() && write.new_versions == 0 && write.new_keys.empty()) return;
    plan.patches.push_back(std::move(made));
    plan.reports.push_back(std::move(write));
}

void Workspace::collect(Plan& plan) {
    for (auto& [id, edited] : patients_) collect_patient(plan, edited);
    for (auto& [id, edited] : orders_) collect_order(plan, edited);
    for (auto& [id, edited] : reports_) collect_report(plan, edited);
    for (auto& [key, provider] : new_providers_) plan.new_providers.push_back(std::move(provider));
}

}  // namespace gantry::effects
