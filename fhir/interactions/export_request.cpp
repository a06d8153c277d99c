#include "fhir/interactions/export_request.hpp"

#include <algorithm>

#include "engine/json/diagnostic.hpp"

namespace gantry::fhir {
namespace {

constexpr std::string_view known_parameters[] = {"_outputFormat", "_since", "_type"};
constexpr std::string_view result_parameters[] = {"_format", "_pretty"};
constexpr std::string_view output_formats[] = {"application/fhir+ndjson", "application/ndjson", "ndjson"};

template <class List>
bool is_among(std::string_view word, const List& list) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

class RequestReader {
  public:
    RequestReader(ExportLevel level, const Zone& zone) : zone_(zone), possible_(exported_types(level)) {
        out_.request.level = level;
    }

    ExportReading read(const QueryParameters& parameters) {
        for (const auto& [name, value] : parameters) take(name, value);
        for (const auto type : possible_)
            if (is_among(type, wanted_)) out_.request.types.push_back(type);
        return std::move(out_);
    }

  private:
    void problem(std::string_view code, std::string_view name, std::string text) {
        out_.problems.push_back({"error", code, std::move(text), "http." + std::string(name)});
    }

    void take(const std::string& name, const std::string& value) {
        if (name == "_type") return types(value);
        if (name == "_since") return since(value);
        if (name == "_outputFormat") return format(value);
        if (is_among(name, result_parameters)) return;
        problem("not-supported", name,
                "$export takes no parameter \"" + name + "\"" + json::did_you_mean(name, known_parameters));
    }

    void types(const std::string& value) {
        for (const auto& word : alternatives(value)) {
            const auto at = std::find(possible_.begin(), possible_.end(), word);
            if (at != possible_.end())
                wanted_.push_back(*at);
            else
                problem("not-supported", "_type",
                        "\"" + word + "\" is no type that is exported here" + json::did_you_mean(word, possible_));
        }
    }

    void since(const std::string& value) {
        const auto period = value.find('T') == std::string::npos ? std::nullopt : period_of(value, zone_);
        if (!period) return problem("invalid", "_since", "_since is a moment, 2026-11-23T09:00:00Z");
        out_.request.since = period->first;
    }

    void format(std::string value) {
        std::replace(value.begin(), value.end(), ' ', '+');  // a plus that was not encoded
        if (!is_among(value, output_formats))
            problem("not-supported", "_outputFormat", "_outputFormat is application/fhir+ndjson");
    }

    const Zone& zone_;
    std::vector<std::string_view> possible_, wanted_;
    ExportReading out_;
};

}  // namespace

std::vector<std::string_view> exported_types(ExportLevel level) {
    std::vector<std::string_view> out;
    for (const auto& type : searchable_types()) {
        const bool of_patients = type.name == "Patient" || type.find("patient");
        if (level == ExportLevel::system || of_patients) out.push_back(type.name);
    }
    if (!is_among(std::string_view("Observation"), out)) out.push_back("Observation");
    return out;
}

ExportReading read_export(ExportLevel level, const QueryParameters& parameters, const Zone& zone) {
    return RequestReader(level, zone).read(parameters);
}

}  // namespace gantry::fhir
