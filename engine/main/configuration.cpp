#include "engine/main/configuration.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "engine/base/digest.hpp"
#include "engine/hl7/decode.hpp"

namespace gantry {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

// The files of a directory that are wanted, in name order.
std::vector<fs::path> files_in(const fs::path& directory, bool (*wanted)(const fs::path&)) {
    std::vector<fs::path> out;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(directory, failed)) {
        if (entry.is_regular_file(failed) && wanted(entry.path())) out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string digest_of(const std::string& text) {
    const auto sum = sha256(text);
    return hex({reinterpret_cast<const char*>(sum.data()), sum.size()});
}

class Loader {
  public:
    Loader(Configuration& into, const Configuration* before) : into_(into), before_(before) {}

    void run() {
        environment_.directory = into_.file.parent_path();
        if (!read_engine()) return;
        read_zone();
        each_document("tables", into_.options.tables, [this](const auto& document) { read_table(document); });
        read_scripts();
        each_document("mappings", into_.options.mappings, [this](const auto& document) { read_mapping(document); });
        each_document("channels", into_.options.channels, [this](const auto& document) { read_channel(document); });
        check_together(into_);
    }

  private:
    struct Opened {
        std::string name, key;
        const SourceFile& file;
        json::Diagnostics& problems;
    };

    bool read_engine() {
        const auto text = read_file(into_.file);
        json::Diagnostics problems(into_.file.string());
        if (!text) {
            problems.error_at({1, 1}, "", ErrorCode::config_missing_file, into_.file.string());
        } else if (const auto value = parsed(*text, problems)) {
            into_.options = engine_schema().read(*value, "", problems, environment_);
            into_.engine = *value;
        }
        keep(problems);
        return into_.engine.is_object();
    }

    void read_zone() {
        into_.zone = std::make_shared<const Zone>(into_.options.zone);
        if (into_.zone->known() || into_.options.zone.empty()) return;
        json::Diagnostics problems(into_.file.string());
        problems.error(*into_.engine.find("zone"), "/zone", ErrorCode::config_unknown_name,
                       "time zone \"" + into_.options.zone + "\"");
        keep(problems);
    }

    // They lie beside the mappings that name them; one that nobody names is checked all the same.
    void read_scripts() {
        into_.script_limits = before_ ? before_->script_limits : into_.options.scripts;
        for (const auto& file : files_in(into_.directory_of(into_.options.mappings), is_script)) {
            auto name = file.filename().string();
            into_.scripts.emplace(name, nullptr);
            open(file, "scripts", std::move(name), [this](const auto& document) { read_script(document); });
        }
    }

    template <class Read>
    void each_document(const std::string& option, const std::string& directory, const Read& read) {
        const auto path = into_.directory_of(directory);
        std::error_code failed;
        if (!fs::is_directory(path, failed)) return report_directory(option, directory);
        for (const auto& file : files_in(path, is_document)) open(file, option, file.stem().string(), read);
    }

    template <class Read>
    void open(const fs::path& file, const std::string& kind, std::string name, const Read& read) {
        json::Diagnostics problems(file.lexically_normal().string());
        auto text = read_file(file);
        auto key = kind + "/" + name;
        if (!text) {
            problems.error_at({1, 1}, "", ErrorCode::config_missing_file, file.string());
        } else {
            auto digest = digest_of(*text);
            auto& kept = into_.files[key] = {file, std::move(*text), std::move(digest)};
            read(Opened{std::move(name), std::move(key), kept, problems});
        }
        keep(problems);
    }

    void report_directory(const std::string& option, const std::string& directory) {
        json::Diagnostics problems(into_.file.string());
        const auto* named = into_.engine.find(option);
        problems.error(named ? *named : into_.engine, json::child_pointer("", option), ErrorCode::config_missing_file,
                       "directory \"" + directory + "\"");
        keep(problems);
        // What cannot be there need not be missed one by one.
        if (option == "tables") into_.tables.be_unreadable();
        if (option == "mappings") into_.unreadable_mappings = true;
    }

    void read_table(const Opened& document) {
        if (const auto same = unchanged(document.key) ? before_->tables.share(document.name) : nullptr) {
            into_.tables.add(same);
            return;
        }
        const auto value = parsed(document.file.text, document.problems);
        auto table = value ? mappings::Table::load(document.name, *value, document.problems) : std::nullopt;
        if (table)
            into_.tables.add(std::move(*table));
        else
            into_.tables.add_broken(document.name);
    }

    void read_script(const Opened& document) {
        auto& script = into_.scripts[document.name];
        if (unchanged(document.key)) script = same_script(document.name);
        if (!script)
            script = mappings::compile_script(document.name, document.file.text, into_.tables, into_.script_limits,
                                              document.problems);
    }

    void read_mapping(const Opened& document) {
        if (unchanged(document.key) && keep_same(before_->mappings, into_.mappings, document.name)) return;
        if (unchanged(document.key) && keep_same(before_->outgoing, into_.outgoing, document.name)) return;
        const auto value = parsed(document.file.text, document.problems);
        if (value && mappings::is_outgoing(*value)) return read_outgoing(document, *value);
        auto mapping = value ? mappings::compile(document.name, *value, into_.tables, document.problems, into_.scripts)
                             : std::nullopt;
        if (mapping)
            into_.mappings.emplace(document.name, std::move(*mapping));
        else
            into_.broken_mappings.insert(document.name);
    }

    void read_outgoing(const Opened& document, const json::Value& value) {
        auto mapping = mappings::Outgoing::compile(document.name, value, into_.tables, document.problems);
        if (mapping)
            into_.outgoing.emplace(document.name, std::move(*mapping));
        else
            into_.broken_mappings.insert(document.name);
    }

    void read_channel(const Opened& document) {
        if (const auto value = parsed(document.file.text, document.problems))
            into_.channels.push_back(channels::read_channel(document.name, *value, document.file.text,
                                                            into_.surroundings(environment_), document.problems));
    }

    bool unchanged(const std::string& key) const {
        if (!before_) return false;
        const auto found = before_->files.find(key);
        return found != before_->files.end() && found->second.digest == into_.files.at(key).digest;
    }

    bool same_tables(const std::vector<std::shared_ptr<const mappings::Table>>& tables) const {
        return std::all_of(tables.begin(), tables.end(),
                           [&](const auto& table) { return into_.tables.share(table->name()) == table; });
    }

    // Compiled from the same text with the same tables.
    std::shared_ptr<const mappings::ScriptStep> same_script(const std::string& name) const {
        const auto found = before_->scripts.find(name);
        if (found == before_->scripts.end() || !found->second) return nullptr;
        return same_tables(found->second->tables()) ? found->second : nullptr;
    }

    bool has_same_script(const mappings::Mapping& mapping) const {
        if (!mapping.script()) return true;
        const auto now = into_.scripts.find(mapping.script()->name());
        return now != into_.scripts.end() && now->second == mapping.script();
    }

    static bool has_same_script(const mappings::Outgoing&) { return true; }

    // Compiled from the same text with the same tables and script.
    bool keep_same(const auto& before, auto& into, const std::string& name) const {
        const auto found = before.find(name);
        if (found == before.end() || !same_tables(found->second.tables()) || !has_same_script(found->second))
            return false;
        into.emplace(name, found->second);
        return true;
    }

    static std::optional<json::Value> parsed(const std::string& text, json::Diagnostics& problems) {
        auto value = json::parse(text);
        if (value) return std::move(*value);
        json::Position at{1, 1};
        const auto& place = value.error().place;
        if (const auto colon = place.find(':'); colon != std::string::npos)
            at = {static_cast<std::uint32_t>(std::stoul(place)),
                  static_cast<std::uint32_t>(std::stoul(place.substr(colon + 1)))};
        problems.error_at(at, "", value.error().code, value.error().detail);
        return std::nullopt;
    }

    // Two mappings may find the same mistake in a table.
    void keep(const json::Diagnostics& problems) {
        for (const auto& problem : problems.all()) {
            const auto text = problem.text();
            if (seen_.insert(text).second) into_.problems.push_back(problem);
        }
    }

    Configuration& into_;
    const Configuration* before_;
    settings::Environment environment_;
    std::set<std::string> seen_;
};

void add_tables(const std::vector<std::shared_ptr<const mappings::Table>>& tables, std::set<std::string>& into) {
    for (const auto& table : tables) into.insert("tables/" + table->name());
}

}  // namespace

bool is_document(const fs::path& file) {
    const auto name = file.filename().string();
    return file.extension() == ".json" && !name.ends_with(".case.json") && !name.starts_with(".");
}

bool is_script(const fs::path& file) {
    return file.extension() == ".lua" && !file.filename().string().starts_with(".");
}

bool Configuration::has_errors() const {
    return std::any_of(problems.begin(), problems.end(),
                       [](const auto& problem) { return problem.severity == json::Severity::error; });
}

const channels::ChannelDocument* Configuration::channel(std::string_view name) const {
    const auto found =
        std::find_if(channels.begin(), channels.end(), [&](const auto& channel) { return channel.name == name; });
    return found == channels.end() ? nullptr : &*found;
}

std::string Configuration::channel_names() const {
    std::string out;
    for (const auto& channel : channels) out += (out.empty() ? "" : ", ") + channel.name;
    return out;
}

runtime::RetentionOptions RetentionSettings::worker_options() const {
    runtime::RetentionOptions out;
    out.policy.content_age = bodies.age;
    out.policy.message_age = messages.age;
    out.policy.messages = messages.count;
    if (size) out.policy.size = static_cast<std::int64_t>(size->count);
    out.every = every;
    out.pause = pause;
    out.batch = batch;
    return out;
}

store::StoreOptions Configuration::store_options() const {
    const auto readable = [](const std::string& content) { return hl7::decode(content).utf8; };
    return {options.store, options.node, options.duplicate_window, options.committers, options.search_text, readable};
}

fs::path Configuration::directory_of(const std::string& option) const {
    return file.parent_path() / option;
}

channels::ChannelSurroundings Configuration::surroundings(const settings::Environment& environment) const {
    return {tables, mappings, outgoing, environment, broken_mappings, unreadable_mappings};
}

std::vector<std::string> Configuration::dependencies(const channels::ChannelDocument& channel) const {
    std::set<std::string> out;
    for (const auto& mapping : channel.handling.mappings.all()) {
        out.insert("mappings/" + mapping.name());
        add_tables(mapping.tables(), out);
        if (mapping.script()) out.insert("scripts/" + mapping.script()->name());
    }
    for (const auto& destination : channel.handling.queued) {
        if (!destination.mapping) continue;
        out.insert("mappings/" + destination.mapping->name());
        add_tables(destination.mapping->tables(), out);
    }
    add_tables(channel.tables, out);
    return {out.begin(), out.end()};
}

std::unique_ptr<Configuration> load_configuration(const fs::path& path, const Configuration* before) {
    auto out = std::make_unique<Configuration>();
    std::error_code failed;
    out->file = fs::is_directory(path, failed) ? path / "engine.json" : path;
    Loader(*out, before).run();
    if (!out->zone) out->zone = std::make_shared<const Zone>();
    return out;
}

}  // namespace gantry
