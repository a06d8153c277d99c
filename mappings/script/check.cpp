#include "mappings/script/check_internal.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "engine/effects/fields.hpp"
#include "engine/hl7/path.hpp"
#include "engine/structures/path_check.hpp"
#include "engine/text/pattern.hpp"
#include "mappings/script/members_internal.hpp"

namespace gantry::mappings::script {
namespace {

using Kind = Token::Kind;
using Record = std::optional<ScriptRecord::Of>;  // none: not known to be one
using Of = ScriptRecord::Of;

// Names of Lua that scripts do not have, and what to do instead.
const std::map<std::string_view, std::string_view>& instead() {
    static const std::map<std::string_view, std::string_view> all{
        {"print", "trace shows what gantry try prints"},
        {"os", "message.received is the time"},
        {"io", "a script sees the message and nothing of the machine"},
        {"require", "a script is one file"},
        {"dofile", "a script is one file"},
        {"loadfile", "a script is one file"},
        {"load", "a script is one file"},
        {"next", "pairs goes through a table; #list == 0 says that a list is empty"},
        {"xpcall", "there is pcall"},
        {"setmetatable", "there are no metatables"},
        {"getmetatable", "there are no metatables"},
        {"rawget", "there are no metatables"},
        {"rawset", "there are no metatables"},
        {"rawequal", "there are no metatables"},
        {"rawlen", "there are no metatables"},
        {"coroutine", "a script runs from its beginning to its end"},
        {"collectgarbage", "memory is looked after"},
        {"debug", "trace shows what gantry try prints"},
        {"package", "a script is one file"},
        {"_G", "a global is named by its name"},
        {"_ENV", "a global is named by its name"},
    };
    return all;
}

class Check {
  public:
    Check(const ScriptText& script, const Tables& tables, json::Diagnostics& diagnostics)
        : tokens_(script.tokens()), tables_(tables), diagnostics_(diagnostics) {}

    void run() {
        declare();
        for (std::size_t i = 0; tokens_[i].kind != Kind::end; ++i) {
            if (!tokens_[i].is_name() || is_attribute(i)) continue;
            if (after_dot(i))
                check_call(i);
            else
                check_name(i);
            check_places(i);
        }
    }

  private:
    const Token& at(std::size_t i) const { return tokens_[std::min(i, tokens_.size() - 1)]; }
    const Token& before(std::size_t i, std::size_t by = 1) const {
        static const Token none;
        return i >= by ? tokens_[i - by] : none;
    }
    // local name <const>
    bool is_attribute(std::size_t i) const {
        const bool one = tokens_[i].is_name("const") || tokens_[i].is_name("close");
        return one && before(i).is("<") && before(i, 2).is_name() && at(i + 1).is(">");
    }
    bool after_dot(std::size_t i) const { return before(i).is(".") || before(i).is(":"); }

    // Everything that the script names itself, wherever: names of locals, parameters and fields of tables are not told
    // apart, so that nothing is called unknown that may be known.
    void declare() {
        for (std::size_t i = 0; tokens_[i].kind != Kind::end; ++i) {
            const auto& token = tokens_[i];
            if (token.is_name() && !after_dot(i) && (at(i + 1).is("=") || assigned_in_list(i))) declare(token);
            if (token.is("local") || token.is("for") || token.is("goto") || token.is("::")) declare_list(i + 1);
            if (token.is("function")) declare_function(i + 1);
        }
    }
    void declare(const Token& name) { declared_.insert(name.written); }

    // a, b = 1, 2
    bool assigned_in_list(std::size_t i) const {
        while (at(i).is_name() && at(i + 1).is(",")) i += 2;
        return at(i).is_name() && at(i + 1).is("=");
    }

    void declare_list(std::size_t i) {
        while (at(i).is_name()) {
            declare(at(i));
            if (at(i + 1).is("<")) i += 3;  // local name <const>
            if (!at(i + 1).is(",")) break;
            i += 2;
        }
        note_records(i);
    }

    void declare_function(std::size_t i) {
        if (at(i).is_name() && !at(i + 1).is(".") && !at(i + 1).is(":")) declare(at(i));
        while (at(i).is_name() || at(i).is(".") || at(i).is(":")) ++i;
        declared_.insert("self");
        if (at(i).is("(")) declare_list(i + 1);
    }

    // for _, order in ipairs(orders): what order is, is known; so is the step in ipairs(order.steps), and
    // local order = orders[1]. A name that is two things is none.
    void note_records(std::size_t last) {
        if (!at(last).is_name()) return;
        const auto name = at(last).written;
        if (at(last + 1).is("in") && at(last + 2).is_name("ipairs") && at(last + 3).is("(")) {
            if (at(last + 4).is_name("orders") && at(last + 5).is(")")) return note(name, Of::order);
            if (at(last + 5).is(".") && at(last + 6).is_name("steps") && at(last + 7).is(")"))
                return note(name, Of::step);
        }
        if (at(last + 1).is("=") && at(last + 2).is_name("orders") && at(last + 3).is("[") && at(last + 5).is("]"))
            return note(name, at(last + 6).is(".") ? Record() : Record(Of::order));
        note(name, std::nullopt);
    }
    void note(std::string_view name, Record record) {
        const auto [known, is_new] = records_.emplace(name, record);
        if (!is_new && known->second != record) known->second = std::nullopt;
    }

    void wrong(const Token& token, ErrorCode code, std::string what) {
        diagnostics_.error_at(token.at, {}, code, std::move(what));
    }
    void unknown(const Token& token, std::string_view owner, const Names& known) {
        wrong(
            token, ErrorCode::config_unknown_name,
            std::string(owner) + " \"" + std::string(token.written) + "\"" + json::did_you_mean(token.written, known));
    }

    void check_name(std::size_t i) {
        const auto& token = tokens_[i];
        if (token.is_name("_ENV") || token.is_name("_G") || declared_.count(token.written) == 0) check_global(token);
        if (declared_.count(token.written) == 0) check_library(i);
        const auto found = records_.find(token.written);
        const bool own = declared_.count(token.written) > 0;
        if (own && found != records_.end()) check_field(i, found->second);
        if (!own && token.is_name("patient")) check_field(i, Of::patient);
        if (!own && token.is_name("schedule")) check_field(i, Of::schedule);
        if (!own && token.is_name("orders") && at(i + 1).is("[") && at(i + 3).is("]")) check_field(i + 3, Of::order);
        if (!own && token.is_name("tables")) check_table(i);
        if (!own && (token.is_name("reject") || token.is_name("filter") || token.is_name("warn"))) check_sentence(i);
        if (!own && token.is_name("message")) check_member(i, "a message has no", message_members());
    }

    void check_global(const Token& token) {
        const auto& known = global_names();
        if (std::find(known.begin(), known.end(), token.written) != known.end()) return;
        if (const auto other = instead().find(token.written); other != instead().end())
            wrong(token, ErrorCode::config_unknown_name,
                  "scripts have no \"" + std::string(token.written) + "\"; " + std::string(other->second));
        else
            unknown(token, "nothing here is called", known);
    }

    void check_library(std::size_t i) {
        const auto members = members_of_library(tokens_[i].written);
        if (!members.empty()) check_member(i, std::string(tokens_[i].written) + " has no", members);
    }

    void check_member(std::size_t i, const std::string& owner, const Names& known) {
        if ((!at(i + 1).is(".") && !at(i + 1).is(":")) || !at(i + 2).is_name()) return;
        if (std::find(known.begin(), known.end(), at(i + 2).written) == known.end()) unknown(at(i + 2), owner, known);
    }

    void check_field(std::size_t i, Record record) {
        if (record) check_member(i, std::string(members_of(*record).article) + " has no", names_of(*record));
    }

    // tables.priority{code = "S"}.urgency
    void check_table(std::size_t i) {
        if (!at(i + 1).is(".") || !at(i + 2).is_name()) return;
        const auto* const table = tables_.find(at(i + 2).written);
        if (!table && tables_.is_broken(at(i + 2).written)) return;
        if (!table) return unknown(at(i + 2), "there is no table", tables_.names());
        if (!at(i + 3).is("{")) return;
        const auto end = check_key(i + 3, *table);
        const auto& columns = table->columns();
        check_member(end, "a row of the table " + table->name() + " has no", Names(columns.begin(), columns.end()));
    }

    // Answers where the constructor ends.
    std::size_t check_key(std::size_t i, const Table& table) {
        const Names key(table.key().begin(), table.key().end());
        for (std::size_t depth = 0; at(i).kind != Kind::end; ++i) {
            const auto& token = at(i);
            if (token.is("{") || token.is("(") || token.is("[")) ++depth;
            if ((token.is("}") || token.is(")") || token.is("]")) && --depth == 0) break;
            const bool is_key = depth == 1 && token.is_name() && at(i + 1).is("=") &&
                                (at(i - 1).is("{") || at(i - 1).is(",") || at(i - 1).is(";"));
            if (is_key && std::find(key.begin(), key.end(), token.written) == key.end())
                unknown(token, "the key of the table " + table.name() + " has no column", key);
        }
        return i;
    }

    void check_sentence(std::size_t i) {
        const auto& first = at(i + 1).is("(") ? at(i + 2) : at(i + 1);
        const auto& next = at(i + 1).is("(") ? at(i + 3) : at(i + 2);
        if (first.kind == Kind::text && next.is(".."))
            wrong(first, ErrorCode::config_bad_script,
                  std::string(tokens_[i].written) +
                      " takes one sentence as it stands, because logs and acknowledgments show "
                      "it: name the place in the message as a second argument");
    }

    // message["PID-3.1"], message:all("OBX-5"), also of an order.
    void check_places(std::size_t i) {
        if (!tokens_[i].is_name("message") || declared_.count("message") > 0) return;
        if (at(i + 1).is("[") && at(i + 2).kind == Kind::text && at(i + 3).is("]")) check_path(at(i + 2));
        if (!at(i + 1).is(":") || !at(i + 3).is("(") || at(i + 4).kind != Kind::text) return;
        if (at(i + 2).is_name("all") || at(i + 2).is_name("read")) check_path(at(i + 4));
    }

    void check_path(const Token& token) {
        const auto path = hl7::Path::parse(token.value);
        if (!path) return wrong(token, ErrorCode::config_bad_path, path.error().detail);
        // A script does not say which messages it is for: only what no version has is certain.
        if (auto verdict = structures::check_path(*path); verdict.answer == structures::PathVerdict::Answer::impossible)
            wrong(token, ErrorCode::config_no_such_place, std::move(verdict.reason));
    }

    // text:match("…"): a pattern that is all of the first argument. find may be asked to take it as it is.
    void check_call(std::size_t i) {
        const auto& name = tokens_[i];
        const bool search =
            name.is_name("match") || name.is_name("gmatch") || name.is_name("gsub") || name.is_name("find");
        if (!search) return;
        std::size_t first = i + 2;
        if (before(i).is(".")) {
            if (!before(i, 2).is_name("string")) return;
            while (!at(first).is(",") && at(first).kind != Kind::end && !at(first).is(")") && !at(first).is("("))
                ++first;
            ++first;
        }
        if (at(i + 1).kind == Kind::text) return check_pattern(at(i + 1));
        if (!at(i + 1).is("(") || at(first).kind != Kind::text) return;
        const bool whole = at(first + 1).is(")") || (at(first + 1).is(",") && !name.is_name("find"));
        if (whole) check_pattern(at(first));
    }

    void check_pattern(const Token& token) {
        if (const auto wrong_way = lua_pattern_in(token.value); !wrong_way.empty())
            return wrong(token, ErrorCode::config_bad_pattern, wrong_way);
        const auto pattern = text::Pattern::compile(token.value);
        if (!pattern) wrong(token, ErrorCode::config_bad_pattern, pattern.error().detail);
    }

    const std::vector<Token>& tokens_;
    const Tables& tables_;
    json::Diagnostics& diagnostics_;
    std::set<std::string_view> declared_;
    std::map<std::string_view, Record> records_;
};

}  // namespace

std::vector<std::shared_ptr<const Table>> tables_of(const ScriptText& script, const Tables& all) {
    std::set<std::string_view> names;
    const auto& tokens = script.tokens();
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (!tokens[i].is_name("tables")) continue;
        const bool by_name = tokens[i + 1].is(".") && tokens[i + 2].is_name();
        if (by_name)
            names.insert(tokens[i + 2].written);
        else
            for (const auto name : all.names()) names.insert(name);
    }
    std::vector<std::shared_ptr<const Table>> out;
    for (const auto name : names)
        if (auto table = all.share(name)) out.push_back(std::move(table));
    return out;
}

void check(const ScriptText& script, const Tables& tables, json::Diagnostics& diagnostics) {
    Check(script, tables, diagnostics).run();
}

}  // namespace gantry::mappings::script
