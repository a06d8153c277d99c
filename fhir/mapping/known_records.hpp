// The engine's own records, for what a resource refers to by our ids.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/effects/records.hpp"

namespace gantry::fhir {

// Looked at while a resource is read, before the commit that decides: what is found here gives numbers only, by which
// the rules find the record again. Nothing: there is none, or the look-up failed, which failure() says then.
class KnownRecords {
  public:
    virtual ~KnownRecords() = default;
    virtual std::optional<effects::PatientRecord> patient(PatientId id) = 0;
    virtual std::optional<effects::OrderRecord> order(OrderId id) = 0;
    virtual std::optional<effects::ReportRecord> report(ReportId id) = 0;
    virtual std::optional<effects::ProviderRecord> provider(ProviderId id) = 0;
    // Of every issuer.
    virtual std::vector<effects::OrderRecord> orders_with_accession(const std::string& accession) = 0;
    // An enclosed document that is stored already.
    virtual std::optional<effects::DocumentContent> document(const std::string& digest) = 0;
    virtual std::optional<Error> failure() const { return std::nullopt; }
};

}  // namespace gantry::fhir
