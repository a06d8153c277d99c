// Regular expressions that take time in proportion to the text, whatever the text is: RE2's syntax, over UTF-8.
// There are no back-references and no look-around. https://github.com/google/re2/wiki/Syntax
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "engine/base/result.hpp"

namespace gantry::text {

// A compiled expression. Immutable; any thread.
class Pattern {
  public:
    // Error: config_bad_pattern; the detail says what cannot be understood. An expression whose program would take more
    // than a megabyte is one of these.
    static Result<Pattern> compile(std::string_view expression);
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;
    ~Pattern();

    // Parenthesised parts, without the whole.
    std::size_t groups() const;
    // Instructions of its program: a search takes at most this many steps for each byte of the text.
    std::size_t size() const;

    // The leftmost match at or after the byte `from`; `^` and `\b` know what stands before it. found[0] is the whole,
    // found[n] the nth group, with null data when it took no part; as many as there are places in `found`.
    bool find(std::string_view text, std::size_t from, std::span<std::string_view> found) const;

  private:
    struct Program;
    explicit Pattern(std::unique_ptr<const Program> program);
    std::unique_ptr<const Program> program_;
};

}  // namespace gantry::text
