// Reading one value of a configuration. Each function reports what is wrong, with position and pointer, and answers
// nothing; the caller goes on with the next option, so that one run shows every problem.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"
#include "engine/settings/description.hpp"
#include "engine/settings/environment.hpp"
#include "engine/settings/secret.hpp"
#include "engine/settings/units.hpp"

namespace gantry::settings {

// One value and where it stands. Lives no longer than the tree, the diagnostics and the environment.
struct Reading {
    const json::Value& value;
    std::string pointer;
    json::Diagnostics& problems;
    const Environment& environment;

    void problem(ErrorCode code, std::string detail) const { problems.error(value, pointer, code, std::move(detail)); }
    Reading child(std::string_view token, const json::Value& at) const {
        return {at, json::child_pointer(pointer, token), problems, environment};
    }
};

// Booleans and numbers may also be text with a variable in it: "port": "${PORT:-2575}".
std::optional<bool> read_boolean(const Reading& at);
// least, most: what the option's own type can hold; the option's range narrows it.
std::optional<std::int64_t> read_integer(const Reading& at, const OptionDescription& option, std::int64_t least,
                                         std::int64_t most);
std::optional<double> read_number(const Reading& at, const OptionDescription& option);
std::optional<std::string> read_text(const Reading& at, const OptionDescription& option);
std::optional<std::chrono::milliseconds> read_duration(const Reading& at, const OptionDescription& option);
std::optional<ByteSize> read_size(const Reading& at, const OptionDescription& option);
std::optional<HostPort> read_host_port(const Reading& at);
std::optional<Secret> read_secret(const Reading& at);
std::optional<std::vector<std::string>> read_text_list(const Reading& at, const OptionDescription& option);
std::optional<std::map<std::string, std::string>> read_text_map(const Reading& at);
std::optional<std::map<std::string, Secret>> read_secret_map(const Reading& at);

// False and a problem when the value is of another kind.
bool expect(const Reading& at, json::Kind kind);
// Problems for members that are neither an option nor read by somebody else.
void report_unknown(const Reading& object, const std::vector<std::string_view>& known);
// And for options that are not there, unless a member that is unknown is called nearly so.
void report_missing(const Reading& object, const std::vector<std::string_view>& missing,
                    const std::vector<std::string_view>& known);

}  // namespace gantry::settings
