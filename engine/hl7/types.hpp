// HL7 v2 data types as plain values (HL7 v2.9 chapter 2A). Every reader is pure, takes the piece that holds one value,
// and answers empty members for what is absent or HL7 null.
#pragma once
#include <string>

#include "engine/hl7/message.hpp"

namespace gantry::hl7 {

// HD: the namespace id, else the universal id.
std::string hierarchic_designator(const Piece& component);

// CX (and what older senders put in its place: a plain value).
struct Identifier {
    std::string value;                            // CX-1
    std::string authority;                        // CX-4.1, else CX-4.2
    std::string universal_id, universal_id_type;  // CX-4.2, CX-4.3
    std::string type;                             // CX-5, table 0203: MR, PI, AN, …
    bool operator==(const Identifier&) const = default;
};
Identifier identifier(const Piece& cx);

// EI: placer and filler numbers.
struct EntityIdentifier {
    std::string number, namespace_id, universal_id, universal_id_type;
    std::string authority() const { return namespace_id.empty() ? universal_id : namespace_id; }
    bool operator==(const EntityIdentifier&) const = default;
};
EntityIdentifier entity_identifier(const Piece& ei);

// EIP: the placer's half, an EI written with subcomponents (ORC-8, OBR-29).
EntityIdentifier placer_of_pair(const Piece& eip);

// CE, CWE, CNE: components 1-3; 4-6 (the alternate) when the first code is empty and the alternate is not.
struct CodedElement {
    std::string code, meaning, scheme;
    bool operator==(const CodedElement&) const = default;
};
CodedElement coded_element(const Piece& cwe);

}  // namespace gantry::hl7
