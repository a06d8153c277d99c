// Who gave a number: assigning authorities of the records (CX-4, EI-2) as Identifier.system, and back.
//
//   by configuration           "CITY" → "http://hospital.example/patients"
//   an OID                     "1.2.276.0.76" or "CITY&1.2.276.0.76&ISO" → "urn:oid:1.2.276.0.76"
//   a UUID                     "CITY&…&UUID" → "urn:uuid:…"
//   a URI                      "CITY&http://…&URI" → as it is
//   anything else              no system: the name stands in Identifier.assigner.display alone
// The namespace, where there is one, is the assigner's display in every case; all of the authority, where the system
// and the namespace are less than that. So nothing is lost.
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace gantry::fhir {

// An HL7 HD: namespace&universal id&type. A lone OID is a universal id of type ISO.
struct Authority {
    std::string_view space, universal_id, universal_type;
};
Authority authority_of(std::string_view text);

class IdentifierSystems {
  public:
    // authority: as records have it, or its namespace alone. The last one said counts.
    void map(std::string authority, std::string system);

    // Empty: it has none.
    std::string system_of(std::string_view authority) const;
    // The authority whose numbers stand under this system with this assigner; either may be empty.
    std::string authority_for(std::string_view system, std::string_view assigner) const;

  private:
    std::map<std::string, std::string, std::less<>> systems_, authorities_;
};

}  // namespace gantry::fhir
