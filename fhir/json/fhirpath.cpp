#include "fhir/json/fhirpath.hpp"

#include <algorithm>
#include <charconv>

namespace gantry::fhir::r4 {
namespace {

using Step = FhirPath::Step;
using Steps = std::vector<Step>;
using Elements = std::vector<Element>;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Recursion ends with the first where(): conditions have none in them.
class Parser {
  public:
    explicit Parser(std::string_view text) : rest_(text) {}

    Result<Steps> read() {
        if (rest_.size() > longest_fhirpath) return failure("it is too long");
        auto out = path(true);
        if (out && !rest_.empty()) return failure("what follows is not understood");
        return out;
    }

  private:
    static Error failure(std::string text) {
        return {ErrorCode::fhir_bad_resource, "FHIRPath: " + std::move(text), {}};
    }

    void blanks() {
        while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    }
    bool take(std::string_view word) {
        blanks();
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    std::string name() {
        blanks();
        const bool quoted = rest_.starts_with('`');
        if (quoted) rest_.remove_prefix(1);
        std::size_t size = 0;
        while (size < rest_.size() && (is_letter(rest_[size]) || (size > 0 && is_digit(rest_[size])))) ++size;
        std::string out(rest_.substr(0, size));
        rest_.remove_prefix(size);
        if (quoted && !take("`")) out.clear();
        return out;
    }

    // conditions: where() and extension() are taken.
    Result<Steps> path(bool conditions) {
        Steps out;
        do {
            auto word = name();
            if (word.empty()) return failure("a name is missing");
            if (take("(")) {
                auto step = call(word, conditions, out);
                if (!step) return step.error();
                out.push_back(std::move(*step));
            } else {
                out.push_back({Step::Kind::child, std::move(word), 0, {}});
            }
            while (take("[")) {
                const auto index = number();
                if (!index || !take("]")) return failure("an index is a number in brackets");
                out.push_back({Step::Kind::index, {}, *index, {}});
            }
        } while (take("."));
        blanks();
        return out;
    }

    std::optional<std::size_t> number() {
        blanks();
        std::size_t out = 0;
        const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
        if (read.ec != std::errc()) return std::nullopt;
        rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
        blanks();
        return out;
    }

    Result<Step> call(const std::string& word, bool conditions, Steps& before) {
        if (word == "first" || word == "last") {
            if (!take(")")) return failure(word + "() has no argument");
            return Step{word == "first" ? Step::Kind::first : Step::Kind::last, {}, 0, {}};
        }
        if (conditions && word == "extension") {
            blanks();
            const auto url = rest_.starts_with('\'') ? quoted() : std::nullopt;
            if (!url || !take(")")) return failure("extension() has a URL in quotes");
            before.push_back({Step::Kind::child, "extension", 0, {}});
            Step out{Step::Kind::where, {}, 0, {}};
            out.conditions.push_back({{{Step::Kind::child, "url", 0, {}}}, *url});
            return out;
        }
        if (!conditions || word != "where" || before.empty())
            return failure(word + "() is not one of first(), last(), where() and extension()");
        Step out{Step::Kind::where, {}, 0, {}};
        do {
            auto left = path(false);
            if (!left) return left.error();
            if (!take("=")) return failure("where() compares with =");
            auto right = literal();
            if (!right) return failure("where() compares with a text in quotes, a number, true, false or a date");
            out.conditions.push_back({std::move(*left), std::move(*right)});
        } while (take("and "));
        if (!take(")")) return failure("where() takes comparisons with = joined by and");
        return out;
    }

    // 'text' with \' \\ and the like, 12.5, true, @2026-11-23.
    std::optional<std::string> literal() {
        blanks();
        if (rest_.starts_with('\'')) return quoted();
        if (rest_.starts_with('@')) rest_.remove_prefix(1);
        std::size_t size = 0;
        const auto plain = [](char c) {
            return is_letter(c) || is_digit(c) || std::string_view("-+.:").find(c) != std::string_view::npos;
        };
        while (size < rest_.size() && plain(rest_[size])) ++size;
        if (size == 0) return std::nullopt;
        std::string out(rest_.substr(0, size));
        if (!is_digit(out.front()) && out.front() != '-' && out != "true" && out != "false") return std::nullopt;
        rest_.remove_prefix(size);
        blanks();
        return out;
    }
    std::optional<std::string> quoted() {
        std::string out;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '\'') {
                rest_.remove_prefix(i + 1);
                blanks();
                return out;
            }
            const bool escape = rest_[i] == '\\';
            if (escape && ++i == rest_.size()) break;
            const char c = rest_[i];
            out += escape && c == 'n' ? '\n' : escape && c == 't' ? '\t' : escape && c == 'r' ? '\r' : c;
        }
        return std::nullopt;
    }

    std::string_view rest_;
};

Elements followed(const Steps& steps, Elements from);

bool holds(const FhirPath::Condition& condition, Element element) {
    const auto found = followed(condition.path, {element});
    return std::any_of(found.begin(), found.end(),
                       [&](Element one) { return one.has_value() && one.value() == condition.literal; });
}

Elements followed(const Steps& steps, Elements from) {
    for (const auto& step : steps) {
        Elements to;
        switch (step.kind) {
            case Step::Kind::child:
                for (const auto element : from)
                    for (auto child = element.first(); child; child = child.next())
                        if (child.foreign() == Foreign::known &&
                            (child.name() == step.name || child.stem() == step.name))
                            to.push_back(child);
                break;
            case Step::Kind::index:
                if (step.index < from.size()) to.push_back(from[step.index]);
                break;
            case Step::Kind::first:
                if (!from.empty()) to.push_back(from.front());
                break;
            case Step::Kind::last:
                if (!from.empty()) to.push_back(from.back());
                break;
            case Step::Kind::where:
                std::copy_if(from.begin(), from.end(), std::back_inserter(to), [&](Element element) {
                    return std::all_of(step.conditions.begin(), step.conditions.end(),
                                       [&](const auto& condition) { return holds(condition, element); });
                });
                break;
        }
        from = std::move(to);
    }
    return from;
}

}  // namespace

Result<FhirPath> FhirPath::parse(std::string_view text) {
    auto steps = Parser(text).read();
    if (!steps) return steps.error();
    FhirPath out;
    out.steps_ = std::move(*steps);
    return out;
}

std::vector<Element> FhirPath::of(const Resource& resource) const {
    auto steps = steps_;
    const auto& first = steps.front();
    const bool typed = first.kind == Step::Kind::child && (first.name == resource.type().name() ||
                                                           first.name == "Resource" || first.name == "DomainResource");
    if (typed) steps.erase(steps.begin());
    return followed(steps, {resource.root()});
}

}  // namespace gantry::fhir::r4
