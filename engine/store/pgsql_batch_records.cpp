#include "engine/store/pgsql/batch_records.hpp"

namespace gantry::store::pgsql {
namespace {

using effects::OrderField, effects::StepField;

std::pair<std::string, std::string> accession_of(const effects::OrderRecord& order) {
    return {order.fields[OrderField::accession_number], order.fields[OrderField::accession_issuer]};
}

template <class Tag>
std::vector<Id<Tag>> as_vector(const std::set<std::int64_t>& ids) {
    std::vector<Id<Tag>> out;
    for (const auto id : ids) out.push_back({id});
    return out;
}

}  // namespace

bool visible(const effects::OrderRecord& order, const effects::StepRecord& step) {
    const auto& status = step.fields[StepField::status];
    return order.fields[OrderField::hold].empty() &&
           (status == "SCHEDULED" || status == "ARRIVED" || status == "READY");
}

void BatchRecords::clear() {
    identifiers_.clear();
    patients_.clear();
    orders_.clear();
    orders_of_.clear();
    prefixes_.clear();
    keys_.clear();
    accessions_.clear();
    providers_.clear();
    new_providers_.clear();
    filed_identifiers_.clear();
    new_keys_.clear();
    posted_.clear();
    reports_.clear();
}

void BatchRecords::fetch(const TouchedKeys& keys) {
    ask_identifiers(keys.identifiers);
    ask_providers(keys.providers);
    ask_prefixes(keys.order_prefixes);
    ask_accessions(keys.accessions);
    connection_.flush();
    Ids found, with_orders;
    for (const auto& [key, patient] : identifiers_) {
        if (patient) found.insert(patient.value);
    }
    ask_patients(found);
    connection_.flush();
    read_survivors();
    for (const auto& key : keys.with_orders) {
        if (const auto patient = identifiers_.at(key)) with_orders.insert(survivor(patient).value);
    }
    ask_orders_of(with_orders);
    connection_.flush();
    ask_orders(known_orders());
    connection_.flush();
}

BatchRecords::Ids BatchRecords::known_orders() const {
    Ids out;
    for (const auto& [key, order] : keys_) out.insert(order.value);
    for (const auto& [accession, orders] : accessions_) out.insert(orders.begin(), orders.end());
    for (const auto& [patient, orders] : orders_of_) out.insert(orders.begin(), orders.end());
    return out;
}

PatientId BatchRecords::survivor(PatientId id) const {
    for (auto found = patients_.find(id.value); found != patients_.end() && found->second;
         found = patients_.find(id.value)) {
        if (!found->second->record.merged_into) break;
        id = found->second->record.merged_into;
    }
    return id;
}

void BatchRecords::read_survivors() {
    for (;;) {
        Ids next;
        for (const auto& [id, read] : patients_) {
            if (read && read->record.merged_into && !patients_.contains(read->record.merged_into.value))
                next.insert(read->record.merged_into.value);
        }
        if (next.empty()) return;
        ask_patients(next);
        connection_.flush();
    }
}

std::optional<PatientId> BatchRecords::patient_of(const std::string& identifier_key) {
    if (!identifiers_.contains(identifier_key)) {
        ask_identifiers({identifier_key});
        connection_.flush();
    }
    const auto found = identifiers_.at(identifier_key);
    return found ? std::optional(found) : std::nullopt;
}

const effects::PatientRecord* BatchRecords::patient(PatientId id) {
    if (!patients_.contains(id.value)) {
        ask_patients({id.value});
        connection_.flush();
    }
    const auto& found = patients_.at(id.value);
    return found ? &found->record : nullptr;
}

std::vector<OrderId> BatchRecords::orders_of(PatientId id) {
    if (!orders_of_.contains(id.value)) {
        ask_orders_of({id.value});
        connection_.flush();
    }
    return as_vector<OrderTag>(orders_of_.at(id.value));
}

std::vector<effects::OrderKeyMatch> BatchRecords::orders_with_prefix(const std::string& key_prefix) {
    if (!prefixes_.contains(key_prefix)) {
        ask_prefixes({key_prefix});
        connection_.flush();
    }
    std::vector<effects::OrderKeyMatch> out;
    for (auto it = keys_.lower_bound(key_prefix); it != keys_.end() && it->first.starts_with(key_prefix); ++it)
        out.push_back({it->first, it->second});
    return out;
}

std::vector<OrderId> BatchRecords::orders_with_accession(const std::string& accession, const std::string& issuer) {
    if (!accessions_.contains({accession, issuer})) {
        ask_accessions({{accession, issuer}});
        connection_.flush();
    }
    return as_vector<OrderTag>(accessions_.at({accession, issuer}));
}

const effects::OrderRecord* BatchRecords::order(OrderId id) {
    if (!orders_.contains(id.value)) {
        ask_orders({id.value});
        connection_.flush();
    }
    const auto& found = orders_.at(id.value);
    return found ? &found->record : nullptr;
}

std::optional<ProviderId> BatchRecords::provider_of(const std::string& key) {
    if (!providers_.contains(key)) {
        ask_providers({key});
        connection_.flush();
    }
    const auto found = providers_.at(key);
    return found ? std::optional(found) : std::nullopt;
}

// Only results ask this, and only those that bring one.
std::vector<OrderId> BatchRecords::orders_with_study_uid(const std::string& uid) {
    static const Statement find{"find_study_uid",
                                R"(SELECT "id" FROM "imaging_study" WHERE "study_instance_uid" = $1::text)"};
    Ids found;
    const auto answer = connection_.run(find, Parameters().text(uid));
    for (int row = 0; row < answer.rows(); ++row) found.insert(answer.integer(row, 0));
    for (const auto& [id, changed] : changed_orders()) {
        found.erase(id);
        if (changed->record.fields[OrderField::study_instance_uid] == uid) found.insert(id);
    }
    return as_vector<OrderTag>(found);
}

std::vector<effects::ReportKeyMatch> BatchRecords::reports_with_prefix(const std::string& key_prefix) {
    return reports_.with_prefix(key_prefix);
}
std::vector<ReportId> BatchRecords::reports_of(OrderId id) {
    return reports_.of(id);
}
const effects::ReportRecord* BatchRecords::report(ReportId id) {
    return reports_.report(id);
}

void BatchRecords::apply(const effects::Plan& plan, std::int64_t change) {
    for (const auto& provider : plan.new_providers) {
        providers_[provider.key] = provider.id;
        new_providers_[provider.key] = provider;
    }
    for (const auto& patient : plan.patients) apply(patient, change);
    for (const auto& order : plan.orders) apply(order, change);
    for (const auto& report : plan.reports) reports_.apply(report, change);
    for (const auto& posted : plan.posted) {
        if (posted_.contains(posted.sum)) continue;
        auto body = stored_body(posted.text);
        if (body.encoding == BodyEncoding::as_received) body.compressed = posted.text;
        posted_.emplace(posted.sum, std::move(body));
    }
}

void BatchRecords::apply(const effects::PatientWrite& write, std::int64_t change) {
    const auto& after = write.after;
    auto& kept = patients_[after.id.value];
    if (!kept) kept.emplace();
    if (write.created) {
        kept->created = true;
        orders_of_[after.id.value];
    } else if (!kept->created && !kept->changed) {
        kept->changed = true;
        kept->stored_change = kept->record.last_change;
    }
    kept->record = after;
    kept->record.last_change = change;
    auto position = static_cast<std::int64_t>(after.identifiers.size() - write.new_identifiers.size());
    for (const auto& identifier : write.new_identifiers) {
        const auto key = effects::identifier_key(identifier);
        auto& owner = identifiers_[key];
        filed_identifiers_[key] = {identifier, after.id, position++, write.refiled || owner};
        owner = after.id;
    }
}

void BatchRecords::apply(const effects::OrderWrite& write, std::int64_t change) {
    const auto& after = write.after;
    auto& kept = orders_[after.id.value];
    refile(kept ? &kept->record : nullptr, after);
    if (!kept) kept.emplace();
    // A hold or release changes what is visible without touching the steps themselves.
    for (const auto& step : kept->record.steps) {
        for (const auto& now : after.steps) {
            if (now.id == step.id && visible(after, now) != visible(kept->record, step))
                kept->changed_steps.insert(now.id.value);
        }
    }
    for (const auto step : write.changed_steps) kept->changed_steps.insert(step.value);
    for (const auto step : write.new_steps) kept->new_steps.insert(step.value);
    if (write.created) {
        kept->created = true;
    } else if (!kept->created && !kept->changed) {
        kept->changed = true;
        kept->stored_change = kept->record.last_change;
    }
    kept->record = after;
    kept->record.last_change = change;
    for (const auto& key : write.new_keys) {
        keys_[key] = after.id;
        new_keys_[key] = after.id;
    }
}

// Keeps the lists that were read in step with an order that changes its patient or gets its accession number.
void BatchRecords::refile(const effects::OrderRecord* before, const effects::OrderRecord& after) {
    const auto id = after.id.value;
    if (!before || before->patient != after.patient) {
        if (before) {
            if (const auto list = orders_of_.find(before->patient.value); list != orders_of_.end())
                list->second.erase(id);
        }
        if (const auto list = orders_of_.find(after.patient.value); list != orders_of_.end()) list->second.insert(id);
    }
    if (before && accession_of(*before) == accession_of(after)) return;
    if (before) {
        if (const auto list = accessions_.find(accession_of(*before)); list != accessions_.end())
            list->second.erase(id);
    }
    if (const auto list = accessions_.find(accession_of(after)); list != accessions_.end()) list->second.insert(id);
}

std::map<std::int64_t, const BatchPatient*> BatchRecords::changed_patients() const {
    std::map<std::int64_t, const BatchPatient*> out;
    for (const auto& [id, kept] : patients_) {
        if (kept && (kept->created || kept->changed)) out.emplace(id, &*kept);
    }
    return out;
}

std::map<std::int64_t, const BatchOrder*> BatchRecords::changed_orders() const {
    std::map<std::int64_t, const BatchOrder*> out;
    for (const auto& [id, kept] : orders_) {
        if (kept && (kept->created || kept->changed)) out.emplace(id, &*kept);
    }
    return out;
}

}  // namespace gantry::store::pgsql
