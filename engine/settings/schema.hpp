// Options declared once, beside the component that has them:
//
//   struct MllpOptions {
//       std::string address = "127.0.0.1";
//       int port = 2575;
//       std::chrono::seconds idle{300};
//       settings::ByteSize max_bytes = 16u << 20;
//   };
//
//   const settings::Schema<MllpOptions>& mllp_schema() {
//       static const auto schema = settings::Schema<MllpOptions>("mllp", "HL7 v2 over a TCP connection.")
//                                      .option("port", &MllpOptions::port, "TCP port").range(1, 65535)
//                                      .option("idle", &MllpOptions::idle, "closes a silent connection after this");
//       return schema;
//   }
//   MllpOptions options = mllp_schema().read(value, "/sources/0", problems, environment);
//
// Defaults are those of the default-constructed struct. range(), required(), choices(), example() and check() speak of
// the option declared last. A Schema is immutable once built; any thread may read with it.
#pragma once
#include <functional>
#include <initializer_list>
#include <utility>

#include "engine/settings/codec.hpp"

namespace gantry::settings {

inline double bound_of(double number) {
    return number;
}
inline double bound_of(ByteSize size) {
    return static_cast<double>(size.count);
}
template <class Rep, class Period>
double bound_of(std::chrono::duration<Rep, Period> duration) {
    return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

// JSON text of an object with the values of its options.
std::string value_text(const Description& description);

template <class T>
class Schema {
  public:
    // name: of the component, [a-z_]; summary: one sentence.
    Schema(std::string name, std::string summary) : name_(std::move(name)), summary_(std::move(summary)) {}

    // A member of a type that Codec (codec.hpp) knows, or std::optional of one.
    template <class M>
    requires(!std::is_enum_v<M>) Schema& option(const std::string& name, M T::*member, const std::string& meaning) {
        Row& row = add(name, meaning, Codec<M>::type);
        row.base.may_be_null = is_optional<M>;
        row.read = [member](const Reading& at, const OptionDescription& option, T& into) {
            return Codec<M>::read(at, option, into.*member);
        };
        row.fill = [member](const T& from, OptionDescription& out) { out.value = Codec<M>::json(from.*member); };
        return *this;
    }

    // An enumeration by the words that stand for its values.
    template <class E>
    requires(std::is_enum_v<E>) Schema& option(const std::string& name, E T::*member, const std::string& meaning,
                                               std::initializer_list<std::pair<const char*, E>> words) {
        Row& row = add(name, meaning, OptionType::text);
        const std::vector<std::pair<std::string, E>> table(words.begin(), words.end());
        for (const auto& [word, value] : table) row.base.choices.push_back(word);
        row.read = [member, table](const Reading& at, const OptionDescription& option, T& into) {
            const auto text = read_text(at, option);
            for (const auto& [word, value] : table)
                if (text == word) into.*member = value;
            return text.has_value();
        };
        row.fill = [member, table](const T& from, OptionDescription& out) {
            for (const auto& [word, value] : table)
                if (from.*member == value) out.value = json::quoted(word);
        };
        return *this;
    }

    // An object with options of its own. Its defaults are those of the member in a default-constructed T.
    template <class N>
    Schema& object(const std::string& name, N T::*member, const Schema<N>& nested, const std::string& meaning) {
        Row& row = add(name, meaning, OptionType::object);
        row.read = [member, nested](const Reading& at, const OptionDescription&, T& into) {
            return nested.read_into(at, into.*member, {});
        };
        row.fill = [member, nested](const T& from, OptionDescription& out) {
            auto description = nested.describe(from.*member);
            out.value = value_text(description);
            out.nested = std::make_shared<const Description>(std::move(description));
        };
        return *this;
    }

    // An object that may be absent.
    template <class N>
    Schema& object(const std::string& name, std::optional<N> T::*member, const Schema<N>& nested,
                   const std::string& meaning) {
        Row& row = add(name, meaning, OptionType::object);
        row.base.may_be_null = true;
        row.read = [member, nested](const Reading& at, const OptionDescription&, T& into) {
            (into.*member).reset();
            return at.value.kind() == json::Kind::null || nested.read_into(at, (into.*member).emplace(), {});
        };
        row.fill = [member, nested](const T& from, OptionDescription& out) {
            const auto& value = from.*member;
            auto description = value ? nested.describe(*value) : nested.description();
            out.value = value ? value_text(description) : "";
            out.nested = std::make_shared<const Description>(std::move(description));
        };
        return *this;
    }

    template <class N>
    Schema& list(const std::string& name, std::vector<N> T::*member, const Schema<N>& nested,
                 const std::string& meaning) {
        Row& row = add(name, meaning, OptionType::object_list);
        row.read = [member, nested](const Reading& at, const OptionDescription&, T& into) {
            return nested.read_list(at, into.*member);
        };
        row.fill = [member, nested](const T& from, OptionDescription& out) {
            json::Writer writer;
            writer.begin_array();
            for (const auto& item : from.*member) writer.json(value_text(nested.describe(item)));
            out.value = writer.end_array().text();
            out.nested = std::make_shared<const Description>(nested.description());
        };
        return *this;
    }

    // Inclusive; numbers, durations or sizes, as the option is.
    template <class Least, class Most>
    Schema& range(Least least, Most most) {
        last().least = bound_of(least);
        last().most = bound_of(most);
        return *this;
    }
    // It must be given, and a text or list must not be empty.
    Schema& required() {
        last().required = true;
        return *this;
    }
    Schema& choices(const std::vector<std::string>& words) {
        last().choices = words;
        return *this;
    }
    // An example of a value, as JSON text.
    Schema& example(const std::string& json) {
        last().example = json;
        return *this;
    }
    // Of a json::Value: what it is, for a person, and its JSON Schema; "$ref" may name what json_schema() is given.
    Schema& shape(const std::string& words, const std::string& json_schema) {
        last().words = words;
        last().schema = json_schema;
        return *this;
    }
    // wrong: what is wrong with the option, given the whole struct once it is read, or empty. Not called for an option
    // that was not given.
    Schema& check(std::function<std::string(const T&)> wrong) {
        rows_.back().wrong = std::move(wrong);
        return *this;
    }

    // Reads an object. Every problem is reported; where there is one the default stays, so that the answer is usable
    // for finding further problems, but nothing should be started from it. others: members that somebody else reads.
    T read(const json::Value& value, std::string pointer, json::Diagnostics& problems, const Environment& environment,
           std::vector<std::string_view> others = {}) const {
        T out{};
        (void)read_into({value, std::move(pointer), problems, environment}, out, std::move(others));
        return out;
    }

    const std::string& name() const { return name_; }
    Description description() const { return describe(T{}); }
    // With the values of `values` in place of the defaults; secrets are shown as ***. The default of a required option
    // is none, because it is never used.
    Description describe(const T& values) const {
        Description out{name_, summary_, {}};
        const T defaults{};
        for (const auto& row : rows_) {
            auto unset = row.base;
            row.fill(defaults, unset);
            auto& option = out.options.emplace_back(row.base);
            row.fill(values, option);
            if (option.required && option.value == unset.value) option.value.clear();
        }
        return out;
    }

  private:
    template <class>
    friend class Schema;

    struct Row {
        OptionDescription base;
        std::function<bool(const Reading&, const OptionDescription&, T&)> read;
        std::function<void(const T&, OptionDescription&)> fill;
        std::function<std::string(const T&)> wrong;
    };

    Row& add(const std::string& name, const std::string& meaning, OptionType type) {
        Row& row = rows_.emplace_back();
        row.base.name = name;
        row.base.meaning = meaning;
        row.base.type = type;
        return row;
    }

    OptionDescription& last() { return rows_.back().base; }

    bool read_into(const Reading& at, T& into, std::vector<std::string_view> known) const {
        if (!expect(at, json::Kind::object)) return false;
        std::vector<const Row*> given;
        std::vector<std::string_view> missing;
        bool fine = true;
        for (const auto& row : rows_) {
            known.push_back(row.base.name);
            const auto* value = at.value.find(row.base.name);
            if (value && row.read(at.child(row.base.name, *value), row.base, into))
                given.push_back(&row);
            else if (value)
                fine = false;
            else if (row.base.required)
                missing.push_back(row.base.name), fine = false;
        }
        report_unknown(at, known);
        report_missing(at, missing, known);
        for (const auto* row : given) fine = checked(at, *row, into) && fine;
        return fine;
    }

    bool checked(const Reading& at, const Row& row, const T& read) const {
        auto wrong = row.wrong ? row.wrong(read) : std::string();
        if (wrong.empty()) return true;
        at.child(row.base.name, *at.value.find(row.base.name))
            .problem(ErrorCode::config_out_of_range, std::move(wrong));
        return false;
    }

    bool read_list(const Reading& at, std::vector<T>& into) const {
        if (!expect(at, json::Kind::array)) return false;
        into.clear();
        bool fine = true;
        for (std::size_t i = 0; i < at.value.items().size(); ++i)
            fine = read_into(at.child(std::to_string(i), at.value.items()[i]), into.emplace_back(), {}) && fine;
        return fine;
    }

    std::string name_, summary_;
    std::vector<Row> rows_;
};

}  // namespace gantry::settings
