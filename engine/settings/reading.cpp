#include "engine/settings/reading.hpp"

#include <algorithm>
#include <charconv>

#include "engine/json/writer.hpp"

namespace gantry::settings {
namespace {

std::string_view name_of(json::Kind kind) {
    switch (kind) {
        case json::Kind::null:
            return "null";
        case json::Kind::boolean:
            return "true or false";
        case json::Kind::number:
            return "a number";
        case json::Kind::string:
            return "text";
        case json::Kind::array:
            return "a list";
        case json::Kind::object:
            return "an object";
    }
    return {};
}

void report_type(const Reading& at, std::string_view wanted) {
    at.problem(ErrorCode::config_wrong_type,
               "must be " + std::string(wanted) + ", is " + std::string(name_of(at.value.kind())));
}

// The text with its variables replaced.
std::optional<std::string> read_expanded(const Reading& at, std::string_view wanted) {
    if (!at.value.is_string()) {
        report_type(at, wanted);
        return std::nullopt;
    }
    auto text = expanded(at.value.string(), at.environment);
    if (text) return std::move(text).value();
    at.problem(text.error().code, text.error().detail);
    return std::nullopt;
}

// A value that is no text by nature, given as text with a variable: parsed as JSON would have been. Answers the value
// itself when it is not given so.
std::optional<json::Value> read_literal(const Reading& at, std::string_view wanted) {
    if (!at.value.is_string() || !has_variables(at.value.string())) return at.value;
    const auto text = read_expanded(at, wanted);
    if (!text) return std::nullopt;
    auto literal = json::parse(*text);
    if (literal && literal->kind() != json::Kind::string) return std::move(literal).value();
    at.problem(ErrorCode::config_wrong_type, "must be " + std::string(wanted) + ", is " + json::quoted(*text));
    return std::nullopt;
}

bool in_range(const Reading& at, const OptionDescription& option, double number) {
    if (!(option.least && number < *option.least) && !(option.most && number > *option.most)) return true;
    at.problem(ErrorCode::config_out_of_range,
               "must be " + type_words(option) + ", is " + bound_text(option.type, number));
    return false;
}

bool is_choice(const Reading& at, const OptionDescription& option, const std::string& text) {
    if (option.choices.empty() || std::find(option.choices.begin(), option.choices.end(), text) != option.choices.end())
        return true;
    const std::vector<std::string_view> known(option.choices.begin(), option.choices.end());
    at.problem(ErrorCode::config_out_of_range,
               "must be " + type_words(option) + ", is " + json::quoted(text) + json::did_you_mean(text, known));
    return false;
}

std::optional<std::string> secret_member(const Reading& at, std::string_view key) {
    const auto* member = at.value.members().size() == 1 ? at.value.find(key) : nullptr;
    if (!member || !member->is_string()) return std::nullopt;
    return member->string();
}

}  // namespace

bool expect(const Reading& at, json::Kind kind) {
    if (at.value.kind() == kind) return true;
    report_type(at, name_of(kind));
    return false;
}

std::optional<bool> read_boolean(const Reading& at) {
    const auto literal = read_literal(at, "true or false");
    if (!literal) return std::nullopt;
    if (literal->kind() == json::Kind::boolean) return literal->boolean();
    report_type(at, "true or false");
    return std::nullopt;
}

std::optional<std::int64_t> read_integer(const Reading& at, const OptionDescription& option, std::int64_t least,
                                         std::int64_t most) {
    const auto literal = read_literal(at, "a whole number");
    if (!literal) return std::nullopt;
    if (literal->kind() != json::Kind::number) {
        report_type(at, "a whole number");
        return std::nullopt;
    }
    if (!literal->is_integer()) {
        at.problem(ErrorCode::config_wrong_type, "must be a whole number, is " + json::serialise(*literal));
        return std::nullopt;
    }
    const auto number = literal->integer();
    if (!in_range(at, option, static_cast<double>(number))) return std::nullopt;
    if (number >= least && number <= most) return number;
    at.problem(ErrorCode::config_out_of_range, "must be between " + std::to_string(least) + " and " +
                                                   std::to_string(most) + ", is " + std::to_string(number));
    return std::nullopt;
}

std::optional<double> read_number(const Reading& at, const OptionDescription& option) {
    const auto literal = read_literal(at, "a number");
    if (!literal) return std::nullopt;
    if (literal->kind() != json::Kind::number) {
        report_type(at, "a number");
        return std::nullopt;
    }
    if (!in_range(at, option, literal->number())) return std::nullopt;
    return literal->number();
}

std::optional<std::string> read_text(const Reading& at, const OptionDescription& option) {
    auto text = read_expanded(at, "text");
    if (!text || !is_choice(at, option, *text)) return std::nullopt;
    if (option.required && text->empty()) {
        at.problem(ErrorCode::config_out_of_range, "must not be empty");
        return std::nullopt;
    }
    return text;
}

std::optional<std::chrono::milliseconds> read_duration(const Reading& at, const OptionDescription& option) {
    constexpr std::string_view wanted = "a duration like \"500ms\", \"30s\", \"5m\", \"2h\" or \"7d\"";
    const auto text = read_expanded(at, wanted);
    if (!text) return std::nullopt;
    const auto duration = parse_duration(*text);
    if (!duration) {
        at.problem(ErrorCode::config_wrong_type, "must be " + std::string(wanted) + ", is " + json::quoted(*text));
        return std::nullopt;
    }
    if (!in_range(at, option, static_cast<double>(duration->count()))) return std::nullopt;
    return duration;
}

std::optional<ByteSize> read_size(const Reading& at, const OptionDescription& option) {
    constexpr std::string_view wanted = "a size like \"64KiB\", \"16MB\" or \"2GiB\"";
    const auto text = read_expanded(at, wanted);
    if (!text) return std::nullopt;
    const auto size = parse_size(*text);
    if (!size) {
        at.problem(ErrorCode::config_wrong_type, "must be " + std::string(wanted) + ", is " + json::quoted(*text));
        return std::nullopt;
    }
    if (!in_range(at, option, static_cast<double>(size->count))) return std::nullopt;
    return size;
}

std::optional<HostPort> read_host_port(const Reading& at) {
    constexpr std::string_view wanted = "host:port like \"127.0.0.1:104\" or \"[::1]:104\"";
    const auto text = read_expanded(at, wanted);
    if (!text) return std::nullopt;
    auto address = parse_host_port(*text);
    if (!address)
        at.problem(ErrorCode::config_wrong_type, "must be " + std::string(wanted) + ", is " + json::quoted(*text));
    return address;
}

std::optional<Secret> read_secret(const Reading& at) {
    constexpr std::string_view wanted = "{\"file\": \"…\"}, {\"env\": \"…\"} or text";
    if (at.value.is_string()) {
        auto text = read_expanded(at, wanted);
        if (!text) return std::nullopt;
        return Secret(std::move(*text));
    }
    const auto file = secret_member(at, "file"), variable = secret_member(at, "env");
    if (!file && !variable) {
        at.problem(ErrorCode::config_wrong_type, "must be " + std::string(wanted));
        return std::nullopt;
    }
    auto secret = file ? secret_from_file(*file, at.environment) : secret_from_variable(*variable, at.environment);
    if (secret) return std::move(secret).value();
    at.problem(secret.error().code, secret.error().detail);
    return std::nullopt;
}

std::optional<std::vector<std::string>> read_text_list(const Reading& at, const OptionDescription& option) {
    if (!expect(at, json::Kind::array)) return std::nullopt;
    std::vector<std::string> out;
    for (std::size_t i = 0; i < at.value.items().size(); ++i) {
        const auto item = at.child(std::to_string(i), at.value.items()[i]);
        auto text = read_expanded(item, "text");
        if (text && is_choice(item, option, *text)) out.push_back(std::move(*text));
    }
    if (!option.required || !at.value.items().empty()) return out;
    at.problem(ErrorCode::config_out_of_range, "must not be empty");
    return std::nullopt;
}

std::optional<std::map<std::string, std::string>> read_text_map(const Reading& at) {
    if (!expect(at, json::Kind::object)) return std::nullopt;
    std::map<std::string, std::string> out;
    for (const auto& member : at.value.members())
        if (auto text = read_expanded(at.child(member.key, member.value), "text")) out[member.key] = std::move(*text);
    return out;
}

std::optional<std::map<std::string, Secret>> read_secret_map(const Reading& at) {
    if (!expect(at, json::Kind::object)) return std::nullopt;
    std::map<std::string, Secret> out;
    for (const auto& member : at.value.members())
        if (auto secret = read_secret(at.child(member.key, member.value))) out[member.key] = std::move(*secret);
    return out;
}

void report_unknown(const Reading& object, const std::vector<std::string_view>& known) {
    for (const auto& member : object.value.members()) {
        if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
        object.problems.error_at(member.position, json::child_pointer(object.pointer, member.key),
                                 ErrorCode::config_unknown_option,
                                 json::quoted(member.key) + json::did_you_mean(member.key, known));
    }
}

void report_missing(const Reading& object, const std::vector<std::string_view>& missing,
                    const std::vector<std::string_view>& known) {
    const auto misspelt = [&](std::string_view name) {
        const auto& members = object.value.members();
        return std::any_of(members.begin(), members.end(), [&](const auto& member) {
            return std::find(known.begin(), known.end(), member.key) == known.end() &&
                   json::nearest(member.key, known) == name;
        });
    };
    for (const auto name : missing)
        if (!misspelt(name))
            object.problems.error(object.value, json::child_pointer(object.pointer, name),
                                  ErrorCode::config_missing_option, json::quoted(name));
}

}  // namespace gantry::settings
