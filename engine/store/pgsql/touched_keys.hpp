// The keys that a batch of units can read or write, found before anything is read: what to lock, and what to fetch.
#pragma once
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/store/store.hpp"

namespace gantry::store::pgsql {

struct TouchedKeys {
    std::set<std::string> identifiers;                         // of patients and merges
    std::set<std::string> with_orders;                         // of those, whose patient's orders are needed too
    std::set<std::string> order_prefixes;                      // placer and filler numbers
    std::set<std::pair<std::string, std::string>> accessions;  // with their issuers
    std::set<std::string> documents;                           // numbers of reports' documents
    std::set<std::string> providers;
    std::set<std::string> lone;  // origins of units that touch nothing else: their copies must meet somewhere

    // digests: one per unit.
    TouchedKeys(std::span<const Unit> units, std::span<const Digest> digests);

    // What pg_advisory_xact_lock takes, in the order in which every batch takes it. Two keys with one hash only wait
    // for each other needlessly. Providers are not among them: every order would wait for its physician's.
    std::vector<std::int64_t> locks() const;

  private:
    void add(const effects::Effects& effects);
    void add(const effects::PatientChange& patient);
    void add(const effects::OrderChange& order);
    void add(const effects::ReportChange& report);
    void add(const effects::OrderNumber& placer, const effects::OrderNumber& filler);
};

// The lock of a patient, whatever the identifier it was found under.
std::int64_t patient_lock(PatientId patient);

}  // namespace gantry::store::pgsql
