#include "engine/main/configuration.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace gantry {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

bool is_document(const fs::path& path) {
    const auto name = path.filename().string();
    return path.extension() == ".json" && !name.ends_with(".case.json") && !name.starts_with(".");
}

bool is_script(const fs::path& path) {
    return path.extension() == ".lua" && !path.filename().string().starts_with(".");
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

class Loader {
  public:
    explicit Loader(Configuration& into) : into_(into) {}

    void run() {
        environment_.directory = into_.file.parent_path();
        if (!read_engine()) return;
        read_zone();
        each_document("tables", into_.options.tables,
                      [&](const std::string& name, const json::Value& value, const std::string&, auto& problems) {
                          if (auto table = mappings::Table::load(name, value, problems))
                              into_.tables.add(std::move(*table));
                      });
        read_scripts();
        each_document("mappings", into_.options.mappings,
                      [&](const std::string& name, const json::Value& value, const std::string&, auto& problems) {
                          if (auto mapping = mappings::compile(name, value, into_.tables, problems, scripts_))
                              into_.mappings.emplace(name, std::move(*mapping));
                      });
        each_document("channels", into_.options.channels,
                      [&](const std::string& name, const json::Value& value, const std::string& text, auto& problems) {
                          into_.channels.push_back(
                              channels::read_channel(name, value, text, into_.mappings, problems, environment_));
                      });
    }

  private:
    bool read_engine() {
        const auto text = read_file(into_.file);
        json::Diagnostics problems(into_.file.string());
        if (!text) {
            problems.error_at({1, 1}, "", ErrorCode::config_missing_file, into_.file.string());
        } else if (const auto value = parsed(*text, problems)) {
            into_.options = engine_schema().read(*value, "", problems, environment_);
            engine_ = *value;
        }
        keep(problems);
        return engine_.is_object();
    }

    void read_zone() {
        into_.zone = std::make_unique<Zone>(into_.options.zone);
        if (into_.zone->known() || into_.options.zone.empty()) return;
        json::Diagnostics problems(into_.file.string());
        problems.error(*engine_.find("zone"), "/zone", ErrorCode::config_unknown_name,
                       "time zone \"" + into_.options.zone + "\"");
        keep(problems);
    }

    // They lie beside the mappings that name them; one that nobody names is checked all the same.
    void read_scripts() {
        for (const auto& file : files_in(into_.file.parent_path() / into_.options.mappings, is_script)) {
            json::Diagnostics problems(file.lexically_normal().string());
            const auto name = file.filename().string();
            auto text = read_file(file);
            if (text)
                scripts_[name] =
                    mappings::compile_script(name, std::move(*text), into_.tables, into_.options.scripts, problems);
            else
                problems.error_at({1, 1}, "", ErrorCode::config_missing_file, file.string());
            keep(problems);
        }
    }

    template <class Read>
    void each_document(std::string_view option, const std::string& directory, Read&& read) {
        const auto path = into_.file.parent_path() / directory;
        std::error_code failed;
        if (!fs::is_directory(path, failed)) {
            json::Diagnostics problems(into_.file.string());
            const auto* named = engine_.find(option);
            const auto pointer = json::child_pointer("", option);
            problems.error(named ? *named : engine_, pointer, ErrorCode::config_missing_file,
                           "directory \"" + directory + "\"");
            keep(problems);
            return;
        }
        for (const auto& file : files_in(path, is_document)) {
            json::Diagnostics problems(file.lexically_normal().string());
            const auto text = read_file(file);
            if (!text)
                problems.error_at({1, 1}, "", ErrorCode::config_missing_file, file.string());
            else if (const auto value = parsed(*text, problems))
                read(file.stem().string(), *value, *text, problems);
            keep(problems);
        }
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

    void keep(const json::Diagnostics& problems) {
        into_.problems.insert(into_.problems.end(), problems.all().begin(), problems.all().end());
    }

    Configuration& into_;
    settings::Environment environment_;
    mappings::Scripts scripts_;
    json::Value engine_;
};

}  // namespace

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

store::StoreOptions Configuration::store_options() const {
    return {options.store, options.node, options.duplicate_window, options.committers};
}

std::unique_ptr<Configuration> load_configuration(const fs::path& path) {
    auto out = std::make_unique<Configuration>();
    std::error_code failed;
    out->file = fs::is_directory(path, failed) ? path / "engine.json" : path;
    Loader(*out).run();
    if (!out->zone) out->zone = std::make_unique<Zone>();
    return out;
}

}  // namespace gantry
