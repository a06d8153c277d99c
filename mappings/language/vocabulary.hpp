// What a mapping document and a code table may be made of, as data: the members of every section and function. The
// readers accept these and nothing else, and the JSON Schemas for editors are written from them.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/effects/fields.hpp"

namespace gantry::mappings {

// What a member's value is.
enum class Content : std::uint8_t {
    text,
    flag,
    number,
    numbers,      // a list of them
    texts,        // a text or a list of them
    messages,     // names of messages, "ORM^O01" or "ADT^*": one or a list
    segment,      // "ORC"
    path,         // "PID-5.1"
    paths,        // one or a list
    expression,   // whatever says a value
    expressions,  // one or a list of them
    condition,
    conditions,  // an object of sentence: condition
    table,       // the name of one
    fields,      // of `record`: an object of field: expression
    places,      // an object of path: expression, or {"copy": path}
    section,     // an object of `shape`
    sections     // one or a list of them
};

struct Shape;

struct Member {
    std::string_view name;
    Content content = Content::text;
    std::string_view meaning;
    bool required = false;
    std::vector<std::string_view> choices{};  // of a text
    effects::RecordKind record = effects::RecordKind::order;
    const Shape* shape = nullptr;
};

struct Shape {
    std::string_view name, meaning;
    std::vector<Member> members;

    std::vector<std::string_view> names() const;
    std::vector<std::string_view> required() const;
};

const Shape& document_shape();
const Shape& patient_shape();
const Shape& visit_shape();
const Shape& merges_shape();
const Shape& orders_shape();
const Shape& prior_results_shape();
const Shape& steps_shape();
const Shape& schedule_shape();
const Shape& items_shape();
const Shape& reports_shape();
const Shape& report_orders_shape();
const Shape& report_lines_shape();

// Of documents that write messages.
const Shape& outgoing_shape();
const Shape& added_segment_shape();

// One per condition; the member is what the condition's name takes.
const std::vector<Member>& conditions();

}  // namespace gantry::mappings
