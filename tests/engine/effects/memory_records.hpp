// A RecordReader over maps that a Plan can be written to: the rules without a store.
#pragma once
#include <algorithm>
#include <map>

#include "engine/effects/plan.hpp"
#include "engine/effects/reconcile.hpp"

namespace gantry::effects {

class MemoryRecords final : public RecordReader {
  public:
    std::optional<PatientId> patient_of(const std::string& key) override { return found(patient_keys_, key); }
    std::optional<ProviderId> provider_of(const std::string& key) override { return found(providers_, key); }
    const PatientRecord* patient(PatientId id) override { return &patients.at(id.value); }
    const OrderRecord* order(OrderId id) override { return &orders.at(id.value); }
    std::vector<OrderId> orders_of(PatientId id) override {
        return those([&](const OrderRecord& order) { return order.patient == id; });
    }
    std::vector<OrderId> orders_with_accession(const std::string& accession, const std::string& issuer) override {
        return those([&](const OrderRecord& order) {
            return order.fields[OrderField::accession_number] == accession &&
                   order.fields[OrderField::accession_issuer] == issuer;
        });
    }
    std::vector<OrderKeyMatch> orders_with_prefix(const std::string& prefix) override {
        std::vector<OrderKeyMatch> out;
        for (const auto& [key, id] : order_keys_) {
            if (key.starts_with(prefix)) out.push_back({key, id});
        }
        return out;
    }

    std::vector<OrderId> orders_with_study_uid(const std::string& uid) override {
        return those([&](const OrderRecord& order) { return order.fields[OrderField::study_instance_uid] == uid; });
    }
    std::vector<ReportKeyMatch> reports_with_prefix(const std::string& prefix) override {
        std::vector<ReportKeyMatch> out;
        for (const auto& [key, id] : report_keys_) {
            if (key.starts_with(prefix)) out.push_back({key, id});
        }
        return out;
    }
    std::vector<ReportId> reports_of(OrderId id) override {
        std::vector<ReportId> out;
        for (const auto& [report, record] : reports) {
            if (std::find(record.orders.begin(), record.orders.end(), id) != record.orders.end())
                out.push_back({report});
        }
        return out;
    }
    const ReportRecord* report(ReportId id) override { return &reports.at(id.value); }

    // What reconcile() decides about the effects, written.
    Plan apply(const Effects& effects, const OrderPolicy& policy = {}) {
        auto plan = reconcile(effects, *this, ids_, policy);
        for (const auto& write : plan.patients) {
            patients[write.after.id.value] = write.after;
            for (const auto& added : write.new_identifiers) patient_keys_[identifier_key(added)] = write.after.id;
        }
        for (const auto& write : plan.orders) {
            orders[write.after.id.value] = write.after;
            for (const auto& key : write.new_keys) order_keys_[key] = write.after.id;
        }
        for (const auto& write : plan.reports) {
            reports[write.after.id.value] = write.after;
            for (const auto& key : write.new_keys) report_keys_[key] = write.after.id;
        }
        for (const auto& provider : plan.new_providers) providers_[provider.key] = provider.id;
        return plan;
    }

    std::map<std::int64_t, PatientRecord> patients;
    std::map<std::int64_t, OrderRecord> orders;
    std::map<std::int64_t, ReportRecord> reports;

  private:
    template <class Id>
    static std::optional<Id> found(const std::map<std::string, Id>& keys, const std::string& key) {
        const auto at = keys.find(key);
        return at == keys.end() ? std::nullopt : std::optional<Id>(at->second);
    }
    template <class Wanted>
    std::vector<OrderId> those(Wanted wanted) const {
        std::vector<OrderId> out;
        for (const auto& [id, order] : orders) {
            if (wanted(order)) out.push_back({id});
        }
        return out;
    }

    FixedClock clock_{Instant{1'800'000'000'000'000}};
    IdSource ids_{clock_, 0, 0};
    std::map<std::string, PatientId> patient_keys_;
    std::map<std::string, OrderId> order_keys_;
    std::map<std::string, ReportId> report_keys_;
    std::map<std::string, ProviderId> providers_;
};

}  // namespace gantry::effects
