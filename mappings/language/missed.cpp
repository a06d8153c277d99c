#include "mappings/language/missed.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

constexpr std::size_t longest_code = 20;

// Where the segment of a path is, within the group or before the first one.
std::string place_of_field(const Source& source, const Frame& frame) {
    const auto& ids = frame.remarks.segment_ids();
    for (const auto* scope = &frame.place.all; scope; scope = scope->outer)
        for (auto i = scope->begin; i < scope->end; ++i)
            if (ids[i] == source.segment)
                return place_of_segment(*scope->message, i) + "-" + std::to_string(source.path.field());
    return {};
}

class Search {
  public:
    explicit Search(Frame& frame) : frame_(frame) {}

    void visit(const Node& node) {
        if (node.op == Node::Op::table) ask(node);
        if (node.source) out_.place = place_of_field(*node.source, frame_);
        for (const auto& child : node.children) visit(child);
    }
    Missed take() { return std::move(out_); }

  private:
    // The last key is the message's; what stands before it is how to read it.
    void ask(const Node& node) {
        std::vector<std::string> keys;
        for (const auto& child : node.children) keys.push_back(evaluate(child, frame_).text);
        const std::vector<std::string_view> views(keys.begin(), keys.end());
        const auto code = keys.empty() ? std::string() : shown_code(keys.back());
        if (code.empty() || node.table->find(views)) return;
        const auto sentence = code + " is not in the table " + node.table->name();
        if (out_.codes.find(sentence) == std::string::npos) out_.codes += (out_.codes.empty() ? "" : ", ") + sentence;
    }

    Frame& frame_;
    Missed out_;
};

}  // namespace

Missed missed(const Node& node, Frame& frame) {
    Search search(frame);
    search.visit(node);
    return search.take();
}

std::string shown_code(const std::string& code) {
    const bool plain = code.size() <= longest_code && std::all_of(code.begin(), code.end(), [](char c) {
                           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                                  std::string_view("._-+/").find(c) != std::string_view::npos;
                       });
    return plain ? code : std::string();
}

}  // namespace gantry::mappings
