#include "engine/main/check.hpp"

#include <algorithm>
#include <ostream>

#include "engine/json/writer.hpp"
#include "engine/main/configuration.hpp"

namespace gantry {
namespace {

void write_json(const Configuration& configuration, std::ostream& out) {
    json::Writer writer(json::Form::pretty);
    writer.begin_array();
    for (const auto& problem : configuration.problems) {
        writer.begin_object().member("file", problem.file).member("line", problem.position.line);
        writer.member("column", problem.position.column);
        writer.member("severity", problem.severity == json::Severity::error ? "error" : "warning");
        writer.member("code", info(problem.code).name)
            .member("message", problem.message)
            .member("pointer", problem.pointer);
        writer.end_object();
    }
    out << writer.end_array().text() << "\n";
}

std::string counted(std::size_t count, const std::string& of) {
    return std::to_string(count) + " " + of + (count == 1 ? "" : "s");
}

std::string summary(const Configuration& configuration) {
    const auto& problems = configuration.problems;
    const auto errors = static_cast<std::size_t>(std::count_if(
        problems.begin(), problems.end(), [](const auto& one) { return one.severity == json::Severity::error; }));
    const auto found = problems.empty()
                           ? "no problems"
                           : counted(errors, "error") + ", " + counted(problems.size() - errors, "warning");
    return found + ": " + counted(configuration.channels.size(), "channel") + ", " +
           counted(configuration.mappings.size() + configuration.outgoing.size(), "mapping");
}

}  // namespace

int run_check(const std::filesystem::path& path, bool as_json, std::ostream& out) {
    const auto configuration = load_configuration(path);
    if (as_json) {
        write_json(*configuration, out);
    } else {
        for (const auto& problem : configuration->problems) out << problem.text() << "\n";
        out << summary(*configuration) << "\n";
    }
    return configuration->has_errors() ? 78 : 0;
}

}  // namespace gantry
