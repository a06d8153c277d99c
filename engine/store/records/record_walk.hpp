// The walk over records, on ODB.
#pragma once
#include <odb/database.hxx>

#include "engine/store/record_walk.hpp"

namespace gantry::store {

class RecordWalkView final : public RecordWalk {
  public:
    explicit RecordWalkView(odb::database& database) : database_(database) {}
    Result<std::vector<effects::PatientRecord>> patients(const WalkRange& range) override;
    Result<std::vector<effects::ProviderRecord>> providers(const WalkRange& range) override;
    Result<std::vector<effects::OrderRecord>> orders(const WalkRange& range) override;
    Result<std::vector<effects::ReportRecord>> reports(const WalkRange& range) override;

  private:
    odb::database& database_;
};

}  // namespace gantry::store
