// Bulk export (FHIR Bulk Data Access 2.0, http://hl7.org/fhir/uv/bulkdata/STU2/export.html).
//
//   GET, POST  /fhir/$export                  every resource: 202 with Content-Location
//   GET, POST  /fhir/Patient/$export          those of the patient compartment, of all patients
//   GET        /fhir/$export-status/NUMBER    202 with X-Progress; 200 with the manifest; 500 with what went wrong
//   DELETE     /fhir/$export-status/NUMBER    it is not made, or its files are removed
//   GET        /fhir/$export-file/NUMBER/FILE one file of the manifest
//
// Each needs a token that may read everything of the types in question: no scope of a patient will do.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "engine/net/http.hpp"
#include "fhir/interactions/export_jobs.hpp"
#include "fhir/interactions/scopes.hpp"

namespace gantry::fhir {

// Any thread. What the parts refer to must outlive it, and it the router.
class ExportApi {
  public:
    struct Parts {
        ExportJobs& jobs;
        const Zone& zone;
        std::function<Result<Grant>(const net::HttpRequest&)> access;
        std::string base;  // empty: as the request names the server
    };
    explicit ExportApi(Parts parts) : parts_(std::move(parts)) {}

    void add_to(net::HttpRouter& router);

  private:
    struct Asked {
        const net::HttpRequest& request;
        Wanted wanted;
        Grant grant;
    };
    using Handler = net::HttpResponse (ExportApi::*)(const Asked&);
    void add(net::HttpRouter& router, const char* method, const char* pattern, Handler handler);
    net::HttpResponse export_all(const Asked& asked) { return kick_off(asked, ExportLevel::system); }
    net::HttpResponse export_patients(const Asked& asked) { return kick_off(asked, ExportLevel::patient); }
    net::HttpResponse kick_off(const Asked& asked, ExportLevel level);
    net::HttpResponse begin(const Asked& asked, ExportRequest request);
    net::HttpResponse status(const Asked& asked);
    net::HttpResponse cancel(const Asked& asked);
    net::HttpResponse file(const Asked& asked);
    std::optional<ExportJobs::Status> visible(const Asked& asked, net::HttpResponse& refusal);

    Parts parts_;
};

}  // namespace gantry::fhir
