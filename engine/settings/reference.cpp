#include "engine/settings/generate.hpp"

namespace gantry::settings {
namespace {

// A table cell ends at a bar and at a line break.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|')
            out.append("\\|");
        else
            out.push_back(c == '\n' ? ' ' : c);
    }
    return out;
}

std::string code(std::string_view text) {
    return text.empty() ? std::string() : "`" + cell(text) + "`";
}

std::string default_cell(const OptionDescription& option) {
    if (option.required) return "required";
    if (option.type == OptionType::object) return option.value.empty() ? "not set" : "";
    return option.value.empty() ? "not set" : code(option.value);
}

void append_rows(std::string& out, const std::string& prefix, const Description& description) {
    for (const auto& option : description.options) {
        out.append("| ").append(code(prefix + option.name)).append(" | ").append(cell(type_words(option)));
        out.append(" | ").append(default_cell(option)).append(" | ").append(cell(option.meaning));
        if (!option.example.empty()) out.append("; for example ").append(code(option.example));
        out.append(" |\n");
        const auto* joint = option.type == OptionType::object_list ? "[]." : ".";
        if (option.nested) append_rows(out, prefix + option.name + joint, *option.nested);
    }
}

}  // namespace

std::string reference_markdown(std::span<const Description> descriptions) {
    std::string out;
    for (const auto& description : descriptions) {
        if (!out.empty()) out.push_back('\n');
        out.append("## ").append(description.name).append("\n\n").append(description.summary).append("\n\n");
        if (description.options.empty()) {
            out.append("It has no options.\n");
            continue;
        }
        out.append("| option | type | default | description |\n| --- | --- | --- | --- |\n");
        append_rows(out, "", description);
    }
    return out;
}

}  // namespace gantry::settings
