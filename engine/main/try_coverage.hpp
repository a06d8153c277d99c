// What the messages of one try lost on their way, and what of the records they left empty: the part of `gantry try`
// that tells an analyst what a mapping does not do.
#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "channels/catalog/channel_document.hpp"
#include "engine/json/writer.hpp"

namespace gantry {

// Used by one thread.
class TryCoverage {
  public:
    // Something that happened in some of the messages. example: the control id of the first of them.
    struct Row {
        std::string what;
        std::size_t messages = 0;
        std::string example;
    };
    struct Report {
        std::size_t messages = 0;
        std::vector<Row> unread;    // "PV1-44": fields with a value that no mapping reads
        std::vector<Row> unmapped;  // "priority: XYZ": codes that their table does not know
        std::vector<Row> lost;      // "reason (OBR-31): 80 characters, 64 kept": texts that were too long
        // "order.reason": fields of the records spoken of. unset: the mapping has a line for them, and no message gave
        // it a value; no_line: the mapping has none.
        std::vector<std::string> unset, no_line;
    };

    // channel: the one that made the effects.
    void add(const channels::ChannelDocument& channel, const effects::Effects& effects, const std::string& control_id);
    Report report() const;

  private:
    using Seen = std::map<std::string, Row>;
    using Names = std::set<std::string>;
    static void count(Seen& seen, std::string what, const std::string& control_id);

    std::size_t messages_ = 0;
    Seen unread_, unmapped_, lost_;
    Names set_, lines_;
    std::set<effects::RecordKind> kinds_;
};

std::string to_text(const TryCoverage::Report& report);
// One value of a document that is being written.
void write(json::Writer& out, const TryCoverage::Report& report);

}  // namespace gantry
