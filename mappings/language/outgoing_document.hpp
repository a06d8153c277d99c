// A compiled outgoing mapping. Made by the compiler, read by the writer.
#pragma once
#include "engine/hl7/draft.hpp"
#include "mappings/language/document.hpp"
#include "mappings/language/outgoing.hpp"

namespace gantry::mappings {

// One place of a kind of segment and what is written there. copy: as it stands in the message, delimiters included.
struct SetRule {
    std::string segment;
    hl7::DraftPlace place;
    Node value;
    std::optional<Source> copy;
    bool empties = false;  // of "clear": nothing stands there afterwards
};

struct AddedSegment {
    std::string segment, after;
    std::vector<SetRule> set;
};

struct Outgoing::Compiled {
    std::string name;
    std::vector<MessageName> messages;
    std::string groups;                // a segment that starts one; empty: the message is one
    std::vector<std::string> without;  // "NTE", "Z*"
    std::vector<SetRule> set;          // in the order of the document; "clear" comes first
    std::vector<AddedSegment> add;
    std::vector<std::shared_ptr<const Table>> tables;
};

}  // namespace gantry::mappings
