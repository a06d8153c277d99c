#include "engine/settings/description.hpp"

#include "engine/json/writer.hpp"
#include "engine/settings/units.hpp"

namespace gantry::settings {
namespace {

std::string_view plain_words(OptionType type) {
    switch (type) {
        case OptionType::boolean:
            return "true or false";
        case OptionType::integer:
            return "whole number";
        case OptionType::number:
            return "number";
        case OptionType::text:
            return "text";
        case OptionType::duration:
            return "duration";
        case OptionType::size:
            return "size";
        case OptionType::host_port:
            return "host:port";
        case OptionType::secret:
            return "secret";
        case OptionType::text_list:
            return "list of texts";
        case OptionType::text_map:
            return "names with texts";
        case OptionType::secret_map:
            return "names with secrets";
        case OptionType::object:
            return "object";
        case OptionType::object_list:
            return "list of objects";
        case OptionType::any:
            return "JSON";
    }
    return {};
}

std::string choice_words(const std::vector<std::string>& choices) {
    std::string out;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (i > 0) out.append(i + 1 == choices.size() ? " or " : ", ");
        out.append(json::quoted(choices[i]));
    }
    return out;
}

}  // namespace

std::string bound_text(OptionType type, double bound) {
    if (type == OptionType::duration) return to_string(std::chrono::milliseconds(static_cast<std::int64_t>(bound)));
    if (type == OptionType::size) return to_string(ByteSize(static_cast<std::size_t>(bound)));
    if (type == OptionType::integer) return std::to_string(static_cast<std::int64_t>(bound));
    return json::Writer().value(bound).text();
}

std::string type_words(const OptionDescription& option) {
    std::string out(option.words.empty() ? plain_words(option.type) : option.words);
    if (!option.choices.empty()) {
        const auto choices = choice_words(option.choices);
        out = option.type == OptionType::text_list ? "list of " + choices : choices;
    }
    const auto bound = [&](double number) { return bound_text(option.type, number); };
    if (option.least && option.most) return out + ", " + bound(*option.least) + " to " + bound(*option.most);
    if (option.least) return out + ", at least " + bound(*option.least);
    if (option.most) return out + ", at most " + bound(*option.most);
    return out;
}

}  // namespace gantry::settings
