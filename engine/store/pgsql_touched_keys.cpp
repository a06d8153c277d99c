#include <algorithm>

#include "engine/store/pgsql/touched_keys.hpp"
#include "engine/store/unit_outcome.hpp"

namespace gantry::store::pgsql {
namespace {

using effects::OrderField;

// FNV-1a: the same in every build and on every node.
std::int64_t lock_of(char kind, std::string_view key) {
    std::uint64_t hash = 14695981039346656037u;
    const auto mix = [&](char byte) { hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211u; };
    mix(kind);
    for (const char byte : key) mix(byte);
    return static_cast<std::int64_t>(hash);
}

}  // namespace

TouchedKeys::TouchedKeys(std::span<const Unit> units, std::span<const Digest> digests) {
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto& unit = units[i];
        const bool applies = unit.effects.disposition == effects::Disposition::apply;
        if (applies) add(unit.effects);
        if (unit.number) lone.insert("numbers of " + unit.sender);
        if (acknowledges(unit)) lone.insert("reply to " + unit.reply_to->control_id);
        if (!unit.control_id.empty() && (!applies || !unit.effects.patient))
            lone.insert(unit.control_id + '\x1f' + unit.sender + '\x1f' + std::string(stored_digest(digests[i])));
    }
}

void TouchedKeys::add(const effects::Effects& effects) {
    if (effects.patient) add(*effects.patient);
    for (const auto& merge : effects.merges) {
        identifiers.insert(effects::identifier_key(merge.survivor));
        identifiers.insert(effects::identifier_key(merge.prior));
        with_orders.insert(effects::identifier_key(merge.prior));
        if (merge.pid) add(*merge.pid);
    }
    for (const auto& order : effects.orders) add(order);
    for (const auto& report : effects.reports) add(report);
    if (!effects.schedule) return;
    for (const auto& [placer, filler] : effects.schedule->orders) add(placer, filler);
}

void TouchedKeys::add(const effects::PatientChange& patient) {
    const bool visit =
        patient.from_adt && (!patient.location.empty() || patient.location_deleted || !patient.visit_flag.empty());
    for (const auto& identifier : patient.identifiers) {
        if (identifier.value.empty()) continue;
        const auto key = effects::identifier_key(identifier);
        if (visit) with_orders.insert(key);
        identifiers.insert(key);
    }
}

void TouchedKeys::add(const effects::OrderChange& order) {
    add(order.placer, order.filler);
    add(order.parent, {});
    const auto& fields = order.fields;
    const auto& accession = fields.value(OrderField::accession_number);
    if (!accession.empty()) {
        accessions.emplace(accession, order.accession_issuer);
        accessions.emplace(accession, fields.value(OrderField::accession_issuer));
    }
    auto provider = effects::provider_key(fields.value(OrderField::requesting_physician_id), {},
                                          fields.value(OrderField::requesting_physician));
    if (!provider.empty()) providers.insert(std::move(provider));
}

void TouchedKeys::add(const effects::ReportChange& report) {
    for (const auto& order : report.orders) add(order);
    add(report.parent_placer, report.parent_filler);
    for (const auto* document : {&report.document, &report.parent_document})
        if (!document->number.empty()) documents.insert(effects::document_key(*document));
    auto radiologist = effects::provider_key(report.fields.value(effects::ReportField::radiologist_id), {},
                                             report.fields.value(effects::ReportField::radiologist));
    if (!radiologist.empty()) providers.insert(std::move(radiologist));
}

void TouchedKeys::add(const effects::OrderNumber& placer, const effects::OrderNumber& filler) {
    if (!placer.number.empty()) order_prefixes.insert(effects::placer_prefix(placer));
    if (!filler.number.empty()) order_prefixes.insert(effects::filler_prefix(filler));
}

std::vector<std::int64_t> TouchedKeys::locks() const {
    std::vector<std::int64_t> out;
    for (const auto& key : identifiers) out.push_back(lock_of('i', key));
    for (const auto& key : order_prefixes) out.push_back(lock_of('o', key));
    for (const auto& key : documents) out.push_back(lock_of('d', key));
    for (const auto& [accession, issuer] : accessions) out.push_back(lock_of('a', accession));
    for (const auto& key : lone) out.push_back(lock_of('m', key));
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::int64_t patient_lock(PatientId patient) {
    return lock_of('p', std::to_string(patient.value));
}

}  // namespace gantry::store::pgsql
