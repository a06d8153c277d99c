// What one destination gets instead of the message as it came: a copy of it, changed. Written by an integration analyst
// (docs/specs/mapping-language.md, "Outgoing messages") beside the mappings that read, compiled once, evaluated as a
// pure function; a document that has "writes" is one of these.
//
//   {"reads": "hl7", "writes": "hl7", "messages": ["ORM^O01"], "groups": "ORC",
//    "without": ["NTE", "Z*"], "clear": ["PID-19"],
//    "set": {"MSH-5": {"constant": "PACS"}, "OBR-24": {"table": "modality", "of": "OBR-24"}, "PID-5": {"copy":
//    "PID-9"}}, "add": [{"segment": "ZDS", "after": "OBR", "set": {"ZDS-1": "OBX[3.1=113014]-5.1"}}]}
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/hl7/message.hpp"
#include "engine/json/diagnostic.hpp"
#include "mappings/language/mapping.hpp"
#include "mappings/language/table.hpp"

namespace gantry::mappings {

// Cheap to copy; immutable; any thread.
class Outgoing {
  public:
    // Problems go to `diagnostics` as those of compile() do. Empty when there was one.
    static std::optional<Outgoing> compile(std::string name, const json::Value& document, const Tables& tables,
                                           json::Diagnostics& diagnostics);

    const std::string& name() const;
    const std::vector<std::shared_ptr<const Table>>& tables() const;
    // A message that it does not name is not for its destinations.
    bool writes(std::string_view type, std::string_view event) const;

    // In UTF-8, which MSH-18 says where it matters; delimiters, and all that nothing speaks of, as they came.
    // Errors: map_miss, and those of the expressions' functions.
    Result<std::string> write(const hl7::Message& message, const MappingContext& context) const;

  private:
    struct Compiled;
    friend class OutgoingCompiler;
    friend class OutgoingWriter;
    explicit Outgoing(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
    std::shared_ptr<const Compiled> compiled_;
};

// Whether a mapping document is one of these.
bool is_outgoing(const json::Value& document);

}  // namespace gantry::mappings
