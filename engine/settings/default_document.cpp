#include <algorithm>

#include "engine/settings/generate.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::settings {
namespace {

std::string indent(std::size_t depth) {
    return std::string(depth * 2, ' ');
}

void append_comment(std::string& out, std::size_t depth, std::string_view text) {
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        out.append(indent(depth)).append("// ").append(text.substr(at, end - at)).append("\n");
        at = end + 1;
    }
}

// The text that stands for the option: its value, else for a required one its example. Empty: none.
const std::string& text_of(const OptionDescription& option) {
    return option.value.empty() && option.required ? option.example : option.value;
}

bool is_written(const OptionDescription& option) {
    return !text_of(option).empty();
}

void append_object(std::string& out, std::size_t depth, const Description& description);

// What stands in a comment for an option that has no value.
std::string unwritten_text(const OptionDescription& option) {
    if (!option.example.empty()) return option.example;
    if (option.type != OptionType::object) return "…";
    std::string out;
    append_object(out, 0, *option.nested);
    return out;
}

void append_option(std::string& out, std::size_t depth, const OptionDescription& option, bool last) {
    append_comment(out, depth, option.meaning + " (" + type_words(option) + (option.required ? ", required)" : ")"));
    const auto name = json::quoted(option.name) + ": ";
    if (!is_written(option)) return append_comment(out, depth, name + unwritten_text(option) + ",");
    out.append(indent(depth)).append(name);
    if (option.type == OptionType::object)
        append_object(out, depth, *option.nested);
    else
        out.append(text_of(option));
    out.append(last ? "\n" : ",\n");
}

void append_object(std::string& out, std::size_t depth, const Description& description) {
    const auto& options = description.options;
    const auto written = std::count_if(options.begin(), options.end(), is_written);
    std::ptrdiff_t so_far = 0;
    out.append("{\n");
    for (const auto& option : options) {
        if (is_written(option)) ++so_far;
        append_option(out, depth + 1, option, so_far == written);
    }
    out.append(indent(depth)).append("}");
}

}  // namespace

std::string value_text(const Description& description) {
    json::Writer writer;
    writer.begin_object();
    for (const auto& option : description.options)
        if (!option.value.empty()) writer.key(option.name).json(option.value);
    return writer.end_object().text();
}

std::string default_document(const Description& description) {
    std::string out;
    append_comment(out, 0, description.summary);
    append_object(out, 0, description);
    return out + "\n";
}

std::string default_document(std::span<const Description> descriptions) {
    std::string out = "{\n";
    for (std::size_t i = 0; i < descriptions.size(); ++i) {
        append_comment(out, 1, descriptions[i].summary);
        out.append(indent(1)).append(json::quoted(descriptions[i].name)).append(": ");
        append_object(out, 1, descriptions[i]);
        out.append(i + 1 < descriptions.size() ? ",\n\n" : "\n");
    }
    return out + "}\n";
}

}  // namespace gantry::settings
