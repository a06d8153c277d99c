#include "engine/structures/validation.hpp"

#include <map>

#include "engine/structures/segment_rules.hpp"

namespace gantry::structures {
namespace {

std::vector<std::size_t> occurrences_of(const hl7::Message& message) {
    std::map<std::string_view, std::size_t> seen;
    std::vector<std::size_t> out;
    out.reserve(message.segments());
    for (std::size_t i = 0; i < message.segments(); ++i) out.push_back(++seen[message.segment(i).id()]);
    return out;
}

}  // namespace

std::vector<Problem> validate(const hl7::Message& message, const MessageTree& tree, const ValidationLimits& limits) {
    Problems problems(limits.problems);
    const auto occurrences = occurrences_of(message);
    check_structure(message, tree, occurrences, problems);
    for (std::size_t i = 0; i < message.segments() && !problems.full(); ++i)
        check_segment(message.segment(i), occurrences[i], tree.version, problems);
    return std::move(problems).take();
}

std::vector<Problem> validate(const hl7::Message& message, const ValidationLimits& limits) {
    return validate(message, message_tree(message), limits);
}

}  // namespace gantry::structures
