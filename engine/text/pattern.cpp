#include "engine/text/pattern.hpp"

#include <re2/re2.h>

#include <array>

namespace gantry::text {
namespace {

constexpr std::size_t most_groups = 32, most_memory = 1u << 20;

RE2::Options options() {
    RE2::Options out(RE2::Quiet);
    out.set_max_mem(most_memory);
    return out;
}

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

struct Pattern::Program {
    explicit Program(std::string_view expression) : re(piece(expression), options()) {}
    RE2 re;
};

Pattern::Pattern(std::unique_ptr<const Program> program) : program_(std::move(program)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view expression) {
    auto program = std::make_unique<const Program>(expression);
    if (!program->re.ok()) return Error{ErrorCode::config_bad_pattern, program->re.error(), {}};
    if (program->re.NumberOfCapturingGroups() > static_cast<int>(most_groups))
        return Error{ErrorCode::config_bad_pattern, "more than " + std::to_string(most_groups) + " groups", {}};
    return Pattern(std::move(program));
}

std::size_t Pattern::groups() const {
    return static_cast<std::size_t>(program_->re.NumberOfCapturingGroups());
}

std::size_t Pattern::size() const {
    return static_cast<std::size_t>(program_->re.ProgramSize());
}

bool Pattern::find(std::string_view text, std::size_t from, std::span<std::string_view> found) const {
    std::array<re2::StringPiece, most_groups + 1> pieces;
    const auto wanted = std::min(found.size(), groups() + 1);
    if (from > text.size() ||
        !program_->re.Match(piece(text), from, text.size(), RE2::UNANCHORED, pieces.data(), static_cast<int>(wanted)))
        return false;
    for (std::size_t i = 0; i < found.size(); ++i)
        found[i] = i < wanted ? std::string_view(pieces[i].data(), pieces[i].size()) : std::string_view();
    return true;
}

}  // namespace gantry::text
