#include "fhir/interactions/history_request.hpp"

#include <algorithm>
#include <charconv>

#include "engine/json/diagnostic.hpp"
#include "fhir/search/cursor.hpp"

namespace gantry::fhir {
namespace {

constexpr std::string_view known[] = {"_count",  "_since",  "_at",       "_sort",   "_cursor",
                                      "_format", "_pretty", "_elements", "_summary"};
constexpr std::size_t cursor_keys = 2;

class HistoryReader {
  public:
    explicit HistoryReader(const Zone& zone) : zone_(zone) {}

    HistoryReading read(std::string_view place, const QueryParameters& parameters) {
        const std::string* cursor = nullptr;
        for (const auto& [name, value] : parameters) {
            if (name == "_cursor") {
                cursor = &value;
                continue;
            }
            const auto before = out_.problems.size();
            take(name, value);
            if (out_.problems.size() == before) out_.request.self.emplace_back(name, value);
        }
        auto& request = out_.request;
        request.digest = digest(place);
        if (cursor) {
            request.after = read_cursor(*cursor, request.digest, cursor_keys);
            if (!request.after)
                problem(ErrorCode::fhir_bad_cursor, "_cursor",
                        "the cursor is none of this history; use the link as it is");
        }
        return std::move(out_);
    }

  private:
    std::string digest(std::string_view place) const {
        QueryParameters of_order_and_entries;
        for (const auto& one : out_.request.self)
            if (one.first == "_since" || one.first == "_at" || one.first == "_sort")
                of_order_and_entries.push_back(one);
        return search_digest(std::string(place) + "/_history", of_order_and_entries);
    }

    void problem(ErrorCode code, const std::string& name, std::string text) {
        out_.problems.push_back({code, name, std::move(text)});
    }

    void take(const std::string& name, const std::string& value) {
        if (std::find(std::begin(known), std::end(known), name) == std::end(known))
            return problem(ErrorCode::fhir_unknown_parameter, name,
                           "a history has no parameter \"" + name + "\"" + json::did_you_mean(name, known));
        if (std::any_of(out_.request.self.begin(), out_.request.self.end(),
                        [&](const auto& one) { return one.first == name; }))
            return problem(ErrorCode::fhir_bad_parameter, name, name + " is given once");
        if (name == "_count") return count(name, value);
        if (name == "_sort") return sort(name, value);
        if (name == "_since") return since(name, value);
        if (name == "_at") return at(name, value);
        if (name == "_summary" && value != "true" && value != "false" && value != "text" && value != "data")
            problem(ErrorCode::fhir_bad_parameter, name, "_summary of a history is true, text, data or false");
    }

    void count(const std::string& name, const std::string& value) {
        std::size_t number = 0;
        const auto* end = value.data() + value.size();
        const auto read = std::from_chars(value.data(), end, number);
        if (read.ec != std::errc() || read.ptr != end || number == 0)
            return problem(ErrorCode::fhir_bad_parameter, name, "_count is a number, 1 or more");
        out_.request.count = std::min(number, most_results);
    }

    void sort(const std::string& name, const std::string& value) {
        if (value != "_lastUpdated" && value != "-_lastUpdated")
            return problem(ErrorCode::fhir_bad_parameter, name, "_sort of a history is -_lastUpdated or _lastUpdated");
        out_.request.oldest_first = value == "_lastUpdated";
    }

    void since(const std::string& name, const std::string& value) {
        const auto period = period_of(value, zone_);
        if (!period || value.find('T') == std::string::npos)
            return problem(ErrorCode::fhir_bad_parameter, name, "_since is a moment, 2026-11-23T09:30:00Z");
        out_.request.since = period->first;
    }

    void at(const std::string& name, const std::string& value) {
        out_.request.at = period_of(value, zone_);
        if (!out_.request.at) problem(ErrorCode::fhir_bad_parameter, name, "_at is a date or a moment, without prefix");
    }

    const Zone& zone_;
    HistoryReading out_;
};

}  // namespace

HistoryReading read_history_request(std::string_view place, const QueryParameters& parameters, const Zone& zone) {
    return HistoryReader(zone).read(place, parameters);
}

std::string history_cursor(const HistoryRequest& request, std::int64_t version, std::string_view type,
                           std::string_view id) {
    return cursor_text({version, {std::string(type), std::string(id)}}, request.digest);
}

}  // namespace gantry::fhir
