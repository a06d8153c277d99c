// Mapping documents: what a message means, written by an integration analyst (docs/specs/mapping-language.md). A
// document is compiled once, when the configuration is loaded; evaluating it is a pure function.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"
#include "engine/effects/effects.hpp"
#include "engine/hl7/message.hpp"
#include "engine/hl7/path.hpp"
#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"
#include "mappings/language/script_step.hpp"
#include "mappings/language/table.hpp"

namespace gantry::mappings {

struct Document;

// A compiled document with the tables it uses. Cheap to copy; immutable; any thread. The sources in the effects it
// makes point into it.
class Mapping {
  public:
    explicit Mapping(std::shared_ptr<const Document> document) : document_(std::move(document)) {}
    const Document& document() const { return *document_; }
    const std::string& name() const;
    bool reads(std::string_view type, std::string_view event) const;
    const std::vector<std::shared_ptr<const Table>>& tables() const;  // its script's among them
    const std::shared_ptr<const ScriptStep>& script() const;          // null: none

  private:
    std::shared_ptr<const Document> document_;
};

// Checks the whole document against the field table, the path grammar, the structures of HL7 and `tables`; every
// problem goes to `diagnostics` (config_unknown_option, config_missing_option, config_wrong_type, config_unknown_name,
// config_bad_path, config_no_such_place, config_bad_mapping, config_out_of_range, config_duplicate). Empty when there
// was an error, or when a table it names is broken, which is reported elsewhere. scripts: by file name, those a
// document may name; null where a script has mistakes of its own.
std::optional<Mapping> compile(std::string name, const json::Value& document, const Tables& tables,
                               json::Diagnostics& diagnostics, const Scripts& scripts = {});

// What the channel says to the mapping.
struct MappingContext {
    std::string channel;
    std::vector<hl7::Path> accession;  // where the accession number is, first valued; empty: the document's own list
    std::string accession_issuer;
    std::string default_authority;                        // of identifiers without CX-4
    std::vector<std::string> preferred_authorities;       // whose identifier a patient is filed under
    std::vector<std::string> record_number_types{"MRN"};  // CX-5 that this sender writes for MR
    std::string placer_namespace;                         // of placer numbers without one; empty: MSH-3^MSH-4
    std::string modality_reading = "dicom";               // how OBR-24 is read: "dicom", or "0074" for HL7 table 0074
    std::vector<std::string> modalities;                  // what OBR-24 may give; empty: whatever its reading gives
    std::vector<std::string> processing_ids{"P"};         // MSH-11
    bool control_id_needed = true;                        // MSH-10
    const Zone* zone = nullptr;                           // of the site; null: UTC. Outlives the evaluation.
    bool coverage = false;                                // also report what was not read
    bool trace = false;                                   // keep what a script traces
    bool usage = false;                                   // also report what of the documents was of use
};

// Why nothing can be done with a message, whatever it is about: it has no control id (MSH-10), and needs one.
std::optional<Error> unusable(const hl7::Message& message, const MappingContext& context);

// Several documents of one channel; the message type chooses.
class MappingSet {
  public:
    // False when a message name is claimed by a document added before.
    bool add(Mapping mapping);
    const std::vector<Mapping>& all() const { return mappings_; }

    // Checks MSH-9, 12 and 11, then evaluates the document that reads this message. `received` stands in for a missing
    // message time. Never fails: a message that cannot be used has disposition reject and an Error whose place is an
    // HL7 path with segment repetition ("OBR[2]-4"). The effects' sources point into the mapping, nothing into the
    // message.
    effects::Effects map(const hl7::Message& message, const MappingContext& context, Instant received) const;
    // Asks unusable() first.
    effects::Effects evaluate(const hl7::Message& message, const MappingContext& context, Instant received) const;

  private:
    // Why no document reads it.
    Error unread(const hl7::Message& message) const;

    std::vector<Mapping> mappings_;
};

// One document on a message it reads. Without the checks of MSH.
effects::Effects evaluate(const Mapping& mapping, const hl7::Message& message, const MappingContext& context,
                          Instant received);

}  // namespace gantry::mappings
