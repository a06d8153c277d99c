// The port of the mapping over records in memory, and what is needed to read a resource from text.
#pragma once
#include <boost/test/unit_test.hpp>
#include <map>

#include "engine/base/digest.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/mapping/resource_effects.hpp"
#include "tests/engine/effects/memory_records.hpp"
#include "tests/fhir/resources/records.hpp"

namespace gantry::fhir::testing {

class KnownInMemory final : public KnownRecords {
  public:
    explicit KnownInMemory(const effects::MemoryRecords& records) : records_(&records) {}
    KnownInMemory() = default;

    std::optional<effects::PatientRecord> patient(PatientId id) override { return found(records().patients, id.value); }
    std::optional<effects::OrderRecord> order(OrderId id) override { return found(records().orders, id.value); }
    std::optional<effects::ReportRecord> report(ReportId id) override { return found(records().reports, id.value); }
    std::optional<effects::ProviderRecord> provider(ProviderId id) override { return found(providers, id.value); }
    std::vector<effects::OrderRecord> orders_with_accession(const std::string& accession) override {
        std::vector<effects::OrderRecord> out;
        for (const auto& [id, order] : records().orders)
            if (order.fields[OrderField::accession_number] == accession) out.push_back(order);
        return out;
    }
    std::optional<effects::DocumentContent> document(const std::string& digest) override {
        return found(documents, digest);
    }

    std::map<std::int64_t, effects::ProviderRecord> providers;
    std::map<std::string, effects::DocumentContent> documents;

  private:
    template <class Map, class Key>
    static std::optional<typename Map::mapped_type> found(const Map& map, const Key& key) {
        const auto at = map.find(key);
        return at == map.end() ? std::nullopt : std::optional(at->second);
    }
    const effects::MemoryRecords& records() const {
        static const effects::MemoryRecords none;
        return records_ ? *records_ : none;
    }
    const effects::MemoryRecords* records_ = nullptr;
};

inline constexpr Instant received_at{1'796'000'000'000'000};

inline r4::Resource resource_of(const std::string& json) {
    auto read = r4::read_json(json);
    for (const auto& issue : read.issues) BOOST_TEST_MESSAGE(issue.expression + ": " + issue.diagnostics);
    BOOST_REQUIRE(read.ok());
    const auto problems = r4::validate(*read.resource);
    for (const auto& issue : problems) BOOST_TEST_MESSAGE(issue.expression + ": " + issue.diagnostics);
    BOOST_REQUIRE(r4::acceptable(problems));
    return std::move(*read.resource);
}

inline effects::Effects read(const std::string& json, KnownRecords& known, std::int64_t own = 0,
                             Instant at = received_at) {
    const ResourceContext with{
        context().systems,
        known,
        &berlin(),
        "http://hospital.example/fhir",
        [](std::string_view procedure) { return procedure == "CTCHEST" ? std::string("CT") : std::string(); },
        [](std::string_view modality) { return std::string(modality) + "_ANY\\*"; },
        "EHR"};
    return effects_of(resource_of(json), own, at, with);
}

}  // namespace gantry::fhir::testing
