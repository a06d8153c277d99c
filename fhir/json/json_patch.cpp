#include "fhir/json/json_patch.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fhir/json/json_document.hpp"

namespace gantry::fhir::r4 {
namespace {

using Kind = JsonNode::Kind;
using Problem = std::optional<PatchProblem>;
using Path = std::vector<std::string>;

Problem unreadable(std::string text, std::string place = {}) {
    return PatchProblem{PatchProblem::Kind::unreadable, std::move(text), std::move(place)};
}

Problem unfulfilled(std::string text, std::string place) {
    return PatchProblem{PatchProblem::Kind::unfulfilled, std::move(text), std::move(place)};
}

// RFC 6901 3: "" or "/a/b", with ~1 for a slash and ~0 for a tilde.
std::optional<Path> path_of(std::string_view pointer) {
    Path out;
    if (pointer.empty()) return out;
    if (pointer.front() != '/') return std::nullopt;
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        const char c = pointer[i];
        if (c == '/') {
            out.emplace_back();
        } else if (c != '~') {
            out.back() += c;
        } else {
            const char next = ++i < pointer.size() ? pointer[i] : '\0';
            if (next != '0' && next != '1') return std::nullopt;
            out.back() += next == '0' ? '~' : '/';
        }
    }
    return out;
}

// "0" or a number without a zero before it; at most `most`.
std::optional<std::size_t> index_of(std::string_view token, std::size_t most) {
    std::size_t out = 0;
    const auto* end = token.data() + token.size();
    const auto read = std::from_chars(token.data(), end, out);
    const bool plain = !token.empty() && (token.size() == 1 || token.front() != '0');
    if (read.ec != std::errc() || read.ptr != end || !plain || out > most) return std::nullopt;
    return out;
}

// Where a value stands in what holds it. An index as large as there are items: behind the last.
struct Place {
    JsonNode* holder = nullptr;
    std::size_t index = 0;
    bool there() const { return index < holder->items.size(); }
};

class Patching {
  public:
    explicit Patching(JsonNode& document) : document_(document), values_(json_size(document)) {}

    // operation: an object; place: where it stands in the patch.
    Problem apply(const JsonNode& operation, const std::string& place) {
        const auto* op = operation.find("op");
        const auto* path = operation.find("path");
        if (!op || op->kind != Kind::string) return unreadable("an operation says which it is: op", place);
        if (!path || path->kind != Kind::string) return unreadable("an operation has a path", place);
        const auto to = path_of(path->text);
        if (!to) return unreadable("the path is no JSON Pointer (RFC 6901)", place + "/path");
        const auto* value = operation.find("value");
        const auto name = std::string_view(op->text);
        if (name == "remove") return remove(*to, place + "/path");
        if (name == "move" || name == "copy") return transfer(operation, name == "move", *to, place);
        if (name != "add" && name != "replace" && name != "test")
            return unreadable("op is add, remove, replace, move, copy or test", place + "/op");
        if (!value) return unreadable("the operation needs a value", place);
        if (name == "add") return add(*to, *value, place + "/path");
        if (name == "replace") return replace(*to, *value, place + "/path");
        const auto* found = find(*to);
        if (!found) return unfulfilled("there is nothing at the path", place + "/path");
        return same_json(*found, *value) ? Problem() : unfulfilled("the value is another one", place);
    }

  private:
    std::optional<Place> place_of(const Path& path, std::size_t depth, bool behind) {
        auto* holder = &document_;
        for (std::size_t i = 0; i <= depth; ++i) {
            Place out{holder, holder->items.size()};
            if (holder->kind == Kind::object) {
                const auto at = std::find(holder->keys.begin(), holder->keys.end(), path[i]);
                out.index = static_cast<std::size_t>(at - holder->keys.begin());
            } else if (holder->kind == Kind::array) {
                const bool last = i == depth && behind;
                const auto index = last && path[i] == "-" ? std::optional(holder->items.size())
                                                          : index_of(path[i], holder->items.size());
                if (!index || (*index == holder->items.size() && !last)) return std::nullopt;
                out.index = *index;
            } else {
                return std::nullopt;
            }
            if (i == depth) return out;
            if (!out.there()) return std::nullopt;
            holder = &holder->items[out.index];
        }
        return std::nullopt;
    }

    JsonNode* find(const Path& path) {
        if (path.empty()) return &document_;
        const auto at = place_of(path, path.size() - 1, false);
        return at && at->there() ? &at->holder->items[at->index] : nullptr;
    }

    Problem too_large(const Path& path, const JsonNode& value, const std::string& place) const {
        if (path.size() + json_depth(value) > max_json_depth) return unfulfilled("it would be nested too deep", place);
        if (values_ + json_size(value) > most_patched_values) return unfulfilled("it would be too large", place);
        return {};
    }

    Problem add(const Path& path, JsonNode value, const std::string& place) {
        if (auto problem = too_large(path, value, place)) return problem;
        if (path.empty()) return put(document_, std::move(value));
        const auto at = place_of(path, path.size() - 1, true);
        if (!at) return unfulfilled("there is nothing that could take it", place);
        auto& [holder, index] = *at;
        if (holder->kind == Kind::object && at->there()) return put(holder->items[index], std::move(value));
        values_ += json_size(value);
        if (holder->kind == Kind::object) holder->keys.push_back(path.back());
        holder->items.insert(holder->items.begin() + static_cast<std::ptrdiff_t>(index), std::move(value));
        return {};
    }

    Problem put(JsonNode& at, JsonNode value) {
        values_ += json_size(value);
        values_ -= json_size(at);
        at = std::move(value);
        return {};
    }

    Problem replace(const Path& path, const JsonNode& value, const std::string& place) {
        auto* found = find(path);
        if (!found) return unfulfilled("there is nothing at the path", place);
        if (auto problem = too_large(path, value, place)) return problem;
        return put(*found, value);
    }

    Problem remove(const Path& path, const std::string& place) {
        if (path.empty()) return unfulfilled("a resource is not removed by a patch", place);
        const auto at = place_of(path, path.size() - 1, false);
        if (!at || !at->there()) return unfulfilled("there is nothing at the path", place);
        auto& [holder, index] = *at;
        values_ -= json_size(holder->items[index]);
        holder->items.erase(holder->items.begin() + static_cast<std::ptrdiff_t>(index));
        if (holder->kind == Kind::object) holder->keys.erase(holder->keys.begin() + static_cast<std::ptrdiff_t>(index));
        return {};
    }

    Problem transfer(const JsonNode& operation, bool moves, const Path& to, const std::string& place) {
        const auto* source = operation.find("from");
        const auto from = source && source->kind == Kind::string ? path_of(source->text) : std::nullopt;
        if (!from) return unreadable("the operation needs a JSON Pointer in from", place + "/from");
        auto* found = find(*from);
        if (!found) return unfulfilled("there is nothing to take", place + "/from");
        if (moves && *from == to) return {};
        // RFC 6902 4.4: nothing moves into itself.
        if (moves && from->size() < to.size() && std::equal(from->begin(), from->end(), to.begin()))
            return unfulfilled("it cannot move into itself", place + "/path");
        if (!moves) return add(to, *found, place + "/path");
        if (from->empty()) return unfulfilled("a resource does not move", place + "/from");
        // What stands in its place is removed with it.
        values_ -= json_size(*found) - 1;
        auto value = std::exchange(*found, {});
        if (auto problem = remove(*from, place + "/from")) return problem;
        return add(to, std::move(value), place + "/path");
    }

    JsonNode& document_;
    std::size_t values_;  // in the document, for the bound
};

}  // namespace

std::optional<PatchProblem> json_patch(std::string& resource, std::string_view patch) {
    const auto operations = read_json_node(patch);
    if (!operations) return unreadable("it is no JSON");
    if (operations->kind != Kind::array) return unreadable("a JSON Patch is an array of operations");
    if (operations->items.size() > most_patch_operations) return unreadable("it has too many operations");
    auto document = read_json_node(resource);
    if (!document) return unfulfilled("the resource cannot be read", {});
    Patching patching(*document);
    for (std::size_t i = 0; i < operations->items.size(); ++i) {
        const auto place = "/" + std::to_string(i);
        if (operations->items[i].kind != Kind::object) return unreadable("an operation is an object", place);
        if (auto problem = patching.apply(operations->items[i], place)) return problem;
    }
    resource = write_fhir_json(*document);
    return {};
}

}  // namespace gantry::fhir::r4
