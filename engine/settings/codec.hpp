// How each C++ type that an option can have is read from JSON and shown as JSON. One specialisation per type:
//   type                         what the reference calls it
//   read(at, option, into)       false and a problem when the value is not right; `into` is then as it was
//   json(value)                  JSON text of a default; empty: none
#pragma once
#include <concepts>
#include <limits>
#include <type_traits>

#include "engine/json/writer.hpp"
#include "engine/settings/reading.hpp"

namespace gantry::settings {

template <class T>
struct Codec;

template <class T, class Read>
bool assign(T& into, std::optional<Read> read) {
    if (read) into = static_cast<T>(std::move(*read));
    return read.has_value();
}

template <>
struct Codec<bool> {
    static constexpr OptionType type = OptionType::boolean;
    static bool read(const Reading& at, const OptionDescription&, bool& into) { return assign(into, read_boolean(at)); }
    static std::string json(bool value) { return value ? "true" : "false"; }
};

template <std::integral T>
struct Codec<T> {
    static constexpr OptionType type = OptionType::integer;
    static bool read(const Reading& at, const OptionDescription& option, T& into) {
        constexpr auto largest = std::numeric_limits<std::int64_t>::max();
        constexpr auto most = std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                                  ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                                  : largest;
        return assign(into, read_integer(at, option, static_cast<std::int64_t>(std::numeric_limits<T>::min()), most));
    }
    static std::string json(T value) { return std::to_string(value); }
};

template <std::floating_point T>
struct Codec<T> {
    static constexpr OptionType type = OptionType::number;
    static bool read(const Reading& at, const OptionDescription& option, T& into) {
        return assign(into, read_number(at, option));
    }
    static std::string json(T value) { return json::Writer().value(static_cast<double>(value)).text(); }
};

template <>
struct Codec<std::string> {
    static constexpr OptionType type = OptionType::text;
    static bool read(const Reading& at, const OptionDescription& option, std::string& into) {
        return assign(into, read_text(at, option));
    }
    static std::string json(const std::string& value) { return json::quoted(value); }
};

template <class Rep, class Period>
struct Codec<std::chrono::duration<Rep, Period>> {
    using Duration = std::chrono::duration<Rep, Period>;
    static constexpr OptionType type = OptionType::duration;
    static bool read(const Reading& at, const OptionDescription& option, Duration& into) {
        const auto duration = read_duration(at, option);
        if (!duration) return false;
        const auto whole = std::chrono::duration_cast<Duration>(*duration);
        if (whole == *duration) return assign(into, std::optional(whole));
        at.problem(ErrorCode::config_out_of_range,
                   "must be a multiple of " + to_string(std::chrono::milliseconds(Duration(1))));
        return false;
    }
    static std::string json(Duration value) {
        return json::quoted(to_string(std::chrono::duration_cast<std::chrono::milliseconds>(value)));
    }
};

template <>
struct Codec<ByteSize> {
    static constexpr OptionType type = OptionType::size;
    static bool read(const Reading& at, const OptionDescription& option, ByteSize& into) {
        return assign(into, read_size(at, option));
    }
    static std::string json(ByteSize value) { return json::quoted(to_string(value)); }
};

template <>
struct Codec<HostPort> {
    static constexpr OptionType type = OptionType::host_port;
    static bool read(const Reading& at, const OptionDescription&, HostPort& into) {
        return assign(into, read_host_port(at));
    }
    static std::string json(const HostPort& value) { return value == HostPort() ? "" : json::quoted(to_string(value)); }
};

template <>
struct Codec<Secret> {
    static constexpr OptionType type = OptionType::secret;
    static bool read(const Reading& at, const OptionDescription&, Secret& into) {
        return assign(into, read_secret(at));
    }
    static std::string json(const Secret& value) { return value.empty() ? "" : json::quoted(to_string(value)); }
};

template <>
struct Codec<std::vector<std::string>> {
    static constexpr OptionType type = OptionType::text_list;
    static bool read(const Reading& at, const OptionDescription& option, std::vector<std::string>& into) {
        return assign(into, read_text_list(at, option));
    }
    static std::string json(const std::vector<std::string>& value) {
        json::Writer writer;
        writer.begin_array();
        for (const auto& item : value) writer.value(item);
        return writer.end_array().text();
    }
};

template <>
struct Codec<std::map<std::string, std::string>> {
    static constexpr OptionType type = OptionType::text_map;
    static bool read(const Reading& at, const OptionDescription&, std::map<std::string, std::string>& into) {
        return assign(into, read_text_map(at));
    }
    static std::string json(const std::map<std::string, std::string>& value) {
        json::Writer writer;
        writer.begin_object();
        for (const auto& [key, text] : value) writer.member(key, text);
        return writer.end_object().text();
    }
};

template <>
struct Codec<std::map<std::string, Secret>> {
    static constexpr OptionType type = OptionType::secret_map;
    static bool read(const Reading& at, const OptionDescription&, std::map<std::string, Secret>& into) {
        return assign(into, read_secret_map(at));
    }
    static std::string json(const std::map<std::string, Secret>& value) {
        json::Writer writer;
        writer.begin_object();
        for (const auto& [key, secret] : value) writer.member(key, to_string(secret));
        return writer.end_object().text();
    }
};

// Kept as it stands, with its positions, for a reader that knows what it means.
template <>
struct Codec<json::Value> {
    static constexpr OptionType type = OptionType::any;
    static bool read(const Reading& at, const OptionDescription&, json::Value& into) {
        into = at.value;
        return true;
    }
    static std::string json(const json::Value& value) {
        return value.kind() == json::Kind::null ? "" : json::serialise(value);
    }
};

template <class T>
struct Codec<std::optional<T>> {
    static constexpr OptionType type = Codec<T>::type;
    static bool read(const Reading& at, const OptionDescription& option, std::optional<T>& into) {
        if (at.value.kind() == json::Kind::null) {
            into.reset();
            return true;
        }
        T value{};
        if (!Codec<T>::read(at, option, value)) return false;
        into = std::move(value);
        return true;
    }
    static std::string json(const std::optional<T>& value) { return value ? Codec<T>::json(*value) : ""; }
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

}  // namespace gantry::settings
