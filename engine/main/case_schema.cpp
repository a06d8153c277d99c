// The JSON Schema of case files: what case_file.cpp reads and case_observations.cpp can show.
#include "engine/effects/fields.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/case_file.hpp"

namespace gantry {
namespace {

using effects::RecordKind;

// "$defs" without those of the records' fields.
constexpr std::string_view shared = R"json({
  "text": {"description": "\"*\": any value but empty; null: empty", "type": ["string", "null"]},
  "texts": {"type": "array", "items": {"$ref": "#/$defs/text"}},
  "clock": {
    "description": "2026-11-23T09:00:00+01:00, without an offset in the zone of the site; or a step from the time before: +5s, -1d",
    "type": "string", "pattern": "^([+-][0-9]+(ms|s|m|h|d)|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?)$"
  },
  "message": {
    "description": "its segments; {{now}}, {{today}}, {{today+3}} stand for time and dates at the site",
    "type": "array", "minItems": 1, "items": {"type": "string"}
  },
  "resource": {
    "description": "of FHIR R4, or a Bundle, for a channel with the source fhir; dates as in a message",
    "type": "object", "required": ["resourceType"]
  },
  "other_channel": {"description": "another one than the case's", "type": "string"},
  "unmerge": {"description": "the number of a patient whose merge is taken back", "type": "string"},
  "given": {
    "type": "object",
    "properties": {
      "message": {"$ref": "#/$defs/message"}, "resource": {"$ref": "#/$defs/resource"},
      "unmerge": {"$ref": "#/$defs/unmerge"}, "channel": {"$ref": "#/$defs/other_channel"}, "clock": {"$ref": "#/$defs/clock"}
    },
    "oneOf": [{"required": ["message"]}, {"required": ["resource"]}, {"required": ["unmerge"]}],
    "additionalProperties": false
  },
  "input": {
    "type": "object",
    "properties": {
      "message": {"$ref": "#/$defs/message"}, "resource": {"$ref": "#/$defs/resource"},
      "unmerge": {"$ref": "#/$defs/unmerge"}, "channel": {"$ref": "#/$defs/other_channel"}, "clock": {"$ref": "#/$defs/clock"},
      "expect": {"$ref": "#/$defs/outcome"}
    },
    "oneOf": [{"required": ["message"]}, {"required": ["resource"]}, {"required": ["unmerge"]}],
    "additionalProperties": false
  },
  "record": {
    "type": "object",
    "properties": {
      "kind": {"$ref": "#/$defs/text"}, "what": {"$ref": "#/$defs/text"}, "place": {"$ref": "#/$defs/text"},
      "reason": {"$ref": "#/$defs/text"}, "reply": {"$ref": "#/$defs/text"}
    },
    "additionalProperties": false
  },
  "delivery": {
    "type": "object",
    "properties": {
      "destination": {"$ref": "#/$defs/text"}, "type": {"$ref": "#/$defs/text"}, "control_id": {"$ref": "#/$defs/text"},
      "payload": {"$ref": "#/$defs/text"}
    },
    "additionalProperties": false
  },
  "deliveries": {"description": "what was queued", "type": "array", "items": {"$ref": "#/$defs/delivery"}},
  "outcome": {
    "description": "what must come of one input",
    "type": "object",
    "properties": {
      "ack": {
        "description": "fields of the answer by message path", "type": "object", "additionalProperties": {"$ref": "#/$defs/text"}
      },
      "outcome": {"enum": ["pending", "delivered", "filtered", "rejected", "duplicate", "held", "*"]},
      "error": {"description": "a name of gantry reference errors", "$ref": "#/$defs/text"},
      "place": {"description": "where in the message", "$ref": "#/$defs/text"},
      "records": {"type": "array", "items": {"$ref": "#/$defs/record"}},
      "warnings": {"$ref": "#/$defs/texts"},
      "deliveries": {"$ref": "#/$defs/deliveries"},
      "dropped": {"description": "fields that the mapping did not read, codes that no table knew", "$ref": "#/$defs/texts"},
      "declined": {"description": "destinations whose condition did not hold", "$ref": "#/$defs/texts"},
      "filtered_by": {"description": "the rule", "$ref": "#/$defs/text"},
      "same_reply_as": {"description": "the number of the input, from 1, that was answered the same", "$ref": "#/$defs/text"}
    },
    "additionalProperties": false
  },
  "versions": {
    "description": "as they arrived", "type": "array",
    "items": {
      "type": "object",
      "properties": {
        "status": {"$ref": "#/$defs/text"}, "time": {"$ref": "#/$defs/text"}, "text": {"$ref": "#/$defs/text"},
        "addendum": {"$ref": "#/$defs/text"}, "current": {"$ref": "#/$defs/text"}
      },
      "additionalProperties": false
    }
  },
  "question": {
    "type": "object",
    "properties": {
      "query": {"description": "keys of a C-FIND by keyword or tag", "type": "object", "additionalProperties": {"type": "string"}},
      "answer": {
        "description": "its rows", "type": "array",
        "items": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}}
      }
    },
    "required": ["query", "answer"], "additionalProperties": false
  },
  "search": {
    "type": "object",
    "properties": {
      "search": {"description": "a FHIR search: ServiceRequest?identifier=A100", "type": "string"},
      "answer": {
        "description": "its resources, elements by path: identifier[1].value", "type": "array",
        "items": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}}
      }
    },
    "required": ["search", "answer"], "additionalProperties": false
  },
  "end": {
    "description": "what must be true after all inputs",
    "type": "object",
    "properties": {
      "worklist": {"type": "array", "items": {"$ref": "#/$defs/question"}},
      "orders": {"type": "array", "items": {"$ref": "#/$defs/order"}},
      "patients": {"type": "array", "items": {"$ref": "#/$defs/patient"}},
      "reports": {"type": "array", "items": {"$ref": "#/$defs/report"}},
      "fhir": {"type": "array", "items": {"$ref": "#/$defs/search"}},
      "deliveries": {"$ref": "#/$defs/deliveries"},
      "ignore": {"description": "names that are not compared", "type": "array", "items": {"type": "string"}}
    },
    "additionalProperties": false
  }
})json";

constexpr std::string_view document = R"json({
  "title": "case",
  "description": "Messages put through a channel, and what must come of them.",
  "type": "object",
  "properties": {
    "description": {"description": "for people", "type": "string"},
    "channel": {"description": "a channel of the configuration", "type": "string"},
    "settings": {"description": "merged into the channel's document; null removes", "type": "object"},
    "clock": {"$ref": "#/$defs/clock"},
    "zone": {"description": "of the site; left out: the configuration's", "type": "string"},
    "given": {
      "description": "applied first; each must be answered AA or CA", "type": "array", "items": {"$ref": "#/$defs/given"}
    },
    "inputs": {"type": "array", "items": {"$ref": "#/$defs/input"}},
    "expect": {"$ref": "#/$defs/end"}
  },
  "required": ["channel", "clock"],
  "additionalProperties": false
})json";

void write_members(json::Writer& out, std::string_view text) {
    const auto parsed = json::parse(text);
    for (const auto& member : parsed->members()) out.key(member.key).value(member.value);
}

void write_reference(json::Writer& out, std::string_view name) {
    out.begin_object().member("$ref", "#/$defs/" + std::string(name)).end_object();
}

// A row with the fields of a record and some more.
void write_record(json::Writer& out, RecordKind kind, std::initializer_list<std::pair<const char*, const char*>> more) {
    out.key(effects::to_text(kind)).begin_object().member("type", "object").key("properties").begin_object();
    for (const auto& field : effects::field_table(kind)) write_reference(out.key(field.name), "text");
    for (const auto& [name, definition] : more) write_reference(out.key(name), definition);
    out.end_object().member("additionalProperties", false).end_object();
}

}  // namespace

std::string case_json_schema() {
    json::Writer out(json::Form::pretty);
    out.begin_object().member("$schema", "https://json-schema.org/draft/2020-12/schema");
    write_members(out, document);
    out.key("$defs").begin_object();
    write_members(out, shared);
    write_record(out, RecordKind::patient,
                 {{"filed_under", "text"}, {"identifiers", "texts"}, {"merged_into", "text"}});
    write_record(out, RecordKind::order, {{"patient", "text"}, {"reports", "texts"}, {"steps", "steps"}});
    write_record(out, RecordKind::report,
                 {{"accession_numbers", "texts"}, {"placer_numbers", "texts"}, {"versions", "versions"}});
    write_record(out, RecordKind::step, {});
    out.key("steps").begin_object().member("type", "array");
    write_reference(out.key("items"), "step");
    return out.end_object().end_object().end_object().text() + "\n";
}

}  // namespace gantry
