// Stored records as values, and the port through which rules read them. The store implements the port inside its
// transaction; rules never write: they answer a Plan.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/effects/effects.hpp"

namespace gantry::effects {

struct PatientRecord {
    PatientId id;
    FieldValues<PatientField> fields;
    std::vector<Identifier>
        identifiers;  // the one the patient is filed under first; aliases of merged patients are not here
    PatientId merged_into;
    std::uint64_t adt_fields = 0;  // bit n: ADT gave field n, so orders do not overwrite it
    std::int64_t last_change = 0;  // the change row that wrote this state; each patch names the one before
};

struct StepRecord {
    StepId id;
    FieldValues<StepField> fields;
};

struct OrderRecord {
    OrderId id;
    PatientId patient;
    ProviderId ordered_by, performed_by;
    FieldValues<OrderField> fields;
    std::string event_time;  // of the newest message applied, UTC YYYYMMDDHHMMSS
    std::vector<StepRecord> steps;
    std::int64_t last_change = 0;
};

struct ReportRecord {
    ReportId id;
    std::vector<OrderId> orders;  // the primary one first; its patient is the report's
    ProviderId reported_by;
    std::int64_t current_version = 0;  // the one shown; 0: none
    FieldValues<ReportField> fields;
    std::vector<ReportVersion> versions;  // as they arrived
    std::int64_t last_change = 0;
};

struct ProviderRecord {
    ProviderId id;
    std::string key, identifier, authority, name;
};

// What identifies a patient: unique over all patients. `authority` may be empty, and is then a namespace of its own.
std::string identifier_key(const Identifier& identifier);
// What finds an order: a placer or filler number with its namespace, and the procedure ordered under it.
std::string placer_key(const OrderNumber& number, std::string_view procedure);
std::string filler_key(const OrderNumber& number, std::string_view procedure);
// A further order under a number and procedure that another order has already: a child order, one of two OBR with one
// code.
std::string further_key(std::string_view key, OrderId order);
bool is_or_extends(std::string_view stored, std::string_view key);  // the key itself, or a further one of it
bool is_further_key(std::string_view key, std::string_view prefix);
// A child order under its parent's number.
std::string child_key(const OrderNumber& parent, OrderId child);
bool is_child_key(std::string_view key, std::string_view prefix);
// All keys of a number start with this.
std::string placer_prefix(const OrderNumber& number);
std::string filler_prefix(const OrderNumber& number);
// What finds a report: the filler number of its OBR with the procedure, or the number of its document (TXA-12).
std::string report_key(const OrderNumber& filler, std::string_view procedure);
std::string report_prefix(const OrderNumber& filler);
std::string document_key(const OrderNumber& document);
// What finds a provider. Empty when there is neither identifier nor name.
std::string provider_key(std::string_view identifier, std::string_view authority, std::string_view name);

struct OrderKeyMatch {
    std::string key;
    OrderId order;
};

struct ReportKeyMatch {
    std::string key;
    ReportId report;
};

// Reads inside one transaction. Pointers answered stay valid until the next non-const use of the same reader by its
// owner; rules copy what they change.
class RecordReader {
  public:
    virtual ~RecordReader() = default;
    virtual std::optional<PatientId> patient_of(const std::string& identifier_key) = 0;
    virtual const PatientRecord* patient(PatientId id) = 0;
    virtual std::vector<OrderId> orders_of(PatientId id) = 0;
    virtual std::vector<OrderKeyMatch> orders_with_prefix(const std::string& key_prefix) = 0;
    virtual std::vector<OrderId> orders_with_accession(const std::string& accession, const std::string& issuer) = 0;
    virtual const OrderRecord* order(OrderId id) = 0;
    virtual std::optional<ProviderId> provider_of(const std::string& key) = 0;
    virtual std::vector<OrderId> orders_with_study_uid(const std::string& uid) = 0;
    virtual std::vector<ReportKeyMatch> reports_with_prefix(const std::string& key_prefix) = 0;
    virtual std::vector<ReportId> reports_of(OrderId id) = 0;
    virtual const ReportRecord* report(ReportId id) = 0;
};

}  // namespace gantry::effects
