// The port through which this room asks for worklist entries. Whoever has the records implements it.
#pragma once
#include <functional>

#include "engine/base/result.hpp"
#include "engine/effects/worklist.hpp"

namespace gantry::dicom {

// Called by many association threads at once, once per C-FIND.
class WorklistCatalog {
  public:
    // Takes one row; false: no more are wanted (the peer cancelled, the cap is reached, the connection is gone). It may
    // block for as long as a slow peer takes to read its answer.
    using Take = std::function<bool(effects::WorklistRow&& row)>;

    virtual ~WorklistCatalog() = default;

    // Gives `take` every row that may answer the query, in the order they should be shown, until it says false. Rows
    // that do not match may be among them: the service asks matches() (worklist_matching.hpp) for each. Rows should be
    // fetched in pages and no transaction held while `take` runs. query.at_most is 0: the service counts. Errors:
    // anything; the peer is told A700 "out of resources" and may ask again.
    virtual Result<void> find(const effects::WorklistQuery& query, const Take& take) = 0;
};

}  // namespace gantry::dicom
