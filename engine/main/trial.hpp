// A channel on a database in memory: what `gantry try` and case files run. Everything but the sockets is what the live
// engine runs: the same mapper, the same commit, the same worklist query.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "engine/main/configuration.hpp"
#include "engine/main/fhir_channel.hpp"
#include "engine/main/store_worklist.hpp"
#include "fhir/interactions/api.hpp"
#include "fhir/interactions/history_api.hpp"

namespace gantry {

class Trial {
  public:
    // configuration and zone must outlive the trial. start: what the clock says until set_clock(). zone: of the site;
    // null: the configuration's.
    static Result<std::unique_ptr<Trial>> open(const Configuration& configuration, Instant start,
                                               const Zone* zone = nullptr);

    void set_clock(Instant now) { clock_.set(now); }
    Instant now() const { return clock_.now(); }

    struct Step {
        store::Unit unit;  // with its effects
        store::Committed committed;
    };
    // One message through a channel, committed. bytes: without framing.
    Step feed(const channels::ChannelDocument& channel, std::string bytes);
    // A unit that is no message.
    Step apply(store::Unit unit);

    // What GET answers with all rights, "ServiceRequest?status=active" being /fhir/ServiceRequest?status=active.
    net::HttpResponse ask_fhir(std::string_view address);

    // All steps, whatever their status, or what a C-FIND with these keys answers.
    Result<std::vector<effects::WorklistRow>> worklist(const effects::WorklistQuery& query);
    // Today at the site.
    std::string today() const;
    const Zone& zone() const { return zone_; }
    store::Store& store() { return *store_; }

  private:
    Trial(const Configuration& configuration, Instant start, const Zone& zone)
        : configuration_(configuration),
          zone_(zone),
          clock_(start),
          projection_(projection_of(configuration.options.fhir, zone)) {}
    void open_fhir();
    std::shared_ptr<const runtime::Mapper> mapper_of(const channels::ChannelDocument& channel);

    const Configuration& configuration_;
    const Zone& zone_;
    FixedClock clock_;
    const fhir::ProjectionContext projection_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<StoreWorklist> worklist_;
    std::unique_ptr<fhir::FhirApi> fhir_;
    std::unique_ptr<fhir::HistoryApi> fhir_history_;
    net::HttpRouter fhir_routes_;
};

// The channel's handling as the live engine uses it: with zone and revision, counting what it does not read. Keeps what
// it needs of the channel; zone must outlive it. trace: for people who try
// it, also keep what its scripts trace and what of the documents was of use.
std::shared_ptr<const channels::Hl7Mapper> make_mapper(const channels::ChannelDocument& channel, const Zone& zone,
                                                       std::int64_t revision, bool trace = false);

}  // namespace gantry
