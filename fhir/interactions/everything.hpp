// All there is about one patient (FHIR R4 patient-operation-everything.html).
//
//   GET, POST  /fhir/Patient/ID/$everything   start, end, _since, _type, _count
//
// The patient, what belongs to the patient, type by type, then the practitioners it names; in pages whose links are
// good after a restart, and in which each match is once, whatever is written meanwhile.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "engine/net/http.hpp"
#include "fhir/interactions/bundle.hpp"
#include "fhir/interactions/scopes.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {

inline constexpr std::size_t everything_page = 100;  // where _count does not say, and at most `most_results`

struct EverythingRequest {
    std::string start, end, since;  // as they are written; empty: not said
    std::vector<std::string_view> types;
    std::size_t count = everything_page;
    std::string cursor;
    QueryParameters self;  // what was understood, without the cursor
};
struct EverythingReading {
    EverythingRequest request;
    std::vector<Issue> problems;
};
// Pure.
EverythingReading read_everything(const QueryParameters& parameters, const Zone& zone);

// Any thread. What the parts refer to must outlive it, and it the router.
class EverythingApi {
  public:
    struct Parts {
        store::RecordSearch& search;
        const ProjectionContext& projection;
        const Zone& zone;
        const Clock& clock;
        std::function<Result<Grant>(const net::HttpRequest&)> access;
        std::string base;  // empty: as the request names the server
    };
    explicit EverythingApi(Parts parts) : parts_(std::move(parts)), shelf_(parts_.search, parts_.projection) {}

    void add_to(net::HttpRouter& router);

  private:
    // The resources of one type, in the order of their numbers.
    struct Stage {
        const SearchableType* type = nullptr;
        store::Criterion rows;
        bool with_observations = false;  // of reports: their sections come along
    };
    struct Place {
        std::size_t stage = 0;
        std::optional<store::FoundRecord> after;
    };
    net::HttpResponse answer(const net::HttpRequest& request, const Wanted& wanted);
    Result<std::vector<Stage>> stages(const EverythingRequest& request, std::int64_t patient, const Grant& grant,
                                      const SearchContext& context) const;
    Result<store::Criterion> narrowed(const SearchableType& type, store::Criterion rows,
                                      const EverythingRequest& request, const SearchContext& context) const;
    net::HttpResponse page(const EverythingRequest& request, std::int64_t patient, const std::vector<Stage>& stages,
                           const Wanted& wanted, const std::string& base, std::vector<Issue> problems);
    Result<void> load(const Stage& stage, const std::vector<std::int64_t>& ids, SearchPage& into) const;

    Parts parts_;
    Shelf shelf_;
};

}  // namespace gantry::fhir
