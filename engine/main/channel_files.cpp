#include "engine/main/channel_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>

#include "engine/json/format.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/replace_file.hpp"

namespace gantry {
namespace {

constexpr int done = 0, failed = 1, io_failed = 74, bad_configuration = 78;

bool has_label(const channels::ChannelOptions& channel, const std::string& label) {
    const auto equals = label.find('=');
    const auto found = channel.labels.find(label.substr(0, equals));
    return found != channel.labels.end() && (equals == std::string::npos || found->second == label.substr(equals + 1));
}

bool is_wanted(const channels::ChannelOptions& channel, const ListOptions& options) {
    const auto& groups = channel.groups;
    const bool in_group =
        options.group.empty() || std::find(groups.begin(), groups.end(), options.group) != groups.end();
    return in_group && (options.label.empty() || has_label(channel, options.label));
}

std::string place_of(const channels::ChannelDocument& channel) {
    const auto& at = channel.listens;
    return channel.source_kind + (at.host.empty() ? "" : " " + at.host + ":" + std::to_string(at.port));
}

void print(const channels::ChannelDocument& channel, std::ostream& out) {
    const auto& options = channel.options;
    out << channel.name << "  " << (options.enabled ? "enabled" : "disabled") << "  " << place_of(channel);
    for (const auto& group : options.groups) out << "  " << group;
    for (const auto& [name, value] : options.labels) out << "  " << name << "=" << value;
    out << (options.description.empty() ? "" : "  " + options.description) << "\n";
}

void write(json::Writer& out, const channels::ChannelDocument& channel) {
    const auto& options = channel.options;
    out.begin_object().member("name", channel.name).member("enabled", options.enabled);
    out.member("source", channel.source_kind).member("listens", to_string(channel.listens));
    out.member("description", options.description).key("groups").begin_array();
    for (const auto& group : options.groups) out.value(group);
    out.end_array().key("labels").begin_object();
    for (const auto& [name, value] : options.labels) out.member(name, value);
    out.end_object().end_object();
}

}  // namespace

int run_channel_list(const Configuration& configuration, const ListOptions& options, std::ostream& out) {
    json::Writer writer(json::Form::pretty);
    writer.begin_array();
    for (const auto& channel : configuration.channels) {
        if (!is_wanted(channel.options, options)) continue;
        if (options.json)
            write(writer, channel);
        else
            print(channel, out);
    }
    if (options.json) out << writer.end_array().text() << "\n";
    return configuration.has_errors() ? bad_configuration : done;
}

int run_channel_format(const std::vector<std::filesystem::path>& files, bool only_check, std::ostream& out,
                       std::ostream& err) {
    int code = done;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        const auto formatted = json::format(text, channels::channel_key_order);
        if (!in || !formatted) {
            err << "gantry channel format: " << file.string() << ": "
                << (in ? formatted.error().text() : std::string("cannot be read")) << "\n";
            code = in ? bad_configuration : io_failed;
        } else if (*formatted == text) {
            continue;
        } else if (only_check) {
            out << file.string() << " is not in its canonical form\n";
            code = std::max(code, failed);
        } else if (!replace_file(file, *formatted)) {
            err << "gantry channel format: " << file.string() << " cannot be written\n";
            code = io_failed;
        }
    }
    return code;
}

}  // namespace gantry
