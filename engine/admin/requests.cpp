#include "engine/admin/requests.hpp"

#include <algorithm>
#include <charconv>

#include "engine/admin/moment.hpp"
#include "engine/base/base64.hpp"
#include "engine/json/value.hpp"

namespace gantry::admin {
namespace {

using effects::Outcome;

constexpr std::size_t longest_text = 256;

Error wrong(std::string what) {
    return {ErrorCode::api_bad_request, std::move(what), {}};
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || out < 0 || text.front() == '-')
        return std::nullopt;
    return out;
}

std::optional<Outcome> outcome_of(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(Outcome::in_doubt); ++i)
        if (to_text(static_cast<Outcome>(i)) == text) return static_cast<Outcome>(i);
    return std::nullopt;
}

std::optional<Outcome> waiting_state(std::string_view text) {
    const auto state = outcome_of(text);
    const auto* end = std::end(store::waiting_states);
    return state && std::find(std::begin(store::waiting_states), end, *state) != end ? state : std::nullopt;
}

bool is_plain(std::string_view text) {
    return text.size() <= longest_text &&
           std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

effects::OrderNumber order_number(const std::string& text) {
    const auto end = text.find('^');
    return {text.substr(0, end), end == std::string::npos ? std::string() : text.substr(end + 1)};
}

bool is_type(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '^';
    });
}

// One parameter after the other; remembers the first that is wrong.
class Parameters {
  public:
    explicit Parameters(const net::HttpRequest& request) : request_(request) {}

    // take: answers what is wrong with the value, as the end of a sentence, or nothing.
    template <class Take>
    Parameters& on(std::string_view name, const Take& take) {
        known_.emplace_back(name);
        const auto* value = request_.query_value(name);
        if (!value || value->empty() || error_) return *this;
        const std::string problem = is_plain(*value) ? take(*value) : "is too long, or has control characters";
        if (!problem.empty()) error_ = wrong(std::string(name) + " " + problem);
        return *this;
    }
    Parameters& text(std::string_view name, std::string& into) {
        return on(name, [&](const std::string& value) {
            into = value;
            return std::string();
        });
    }
    Parameters& limit(std::size_t& into) {
        return on("limit", [&](const std::string& value) {
            const auto number = number_of(value);
            into = static_cast<std::size_t>(number.value_or(0));
            return into >= 1 && into <= 500 ? "" : std::string("is not a number from 1 to 500");
        });
    }
    template <class IdType>
    Parameters& id(std::string_view name, IdType& into) {
        return on(name, [&](const std::string& value) {
            const auto number = number_of(value);
            into.value = number.value_or(0);
            return number ? "" : std::string("is not a number");
        });
    }

    std::optional<Error> error() const {
        if (error_) return error_;
        for (const auto& [name, value] : request_.query)
            if (std::find(known_.begin(), known_.end(), name) == known_.end())
                return wrong("there is no parameter \"" + name.substr(0, longest_text) + "\"; there are " + names());
        return std::nullopt;
    }

  private:
    std::string names() const {
        std::string out;
        for (const auto& name : known_) out += (out.empty() ? "" : ", ") + name;
        return out;
    }
    const net::HttpRequest& request_;
    std::vector<std::string> known_;
    std::optional<Error> error_;
};

std::optional<Error> read_states(const json::Value& list, std::vector<Outcome>& into) {
    if (!list.is_array()) return wrong("states is not a list");
    for (const auto& item : list.items()) {
        const auto state = waiting_state(item.string());
        if (!state) return wrong("states has something beside pending, held, dead and in_doubt");
        if (std::find(into.begin(), into.end(), *state) == into.end()) into.push_back(*state);
    }
    return std::nullopt;
}

std::optional<Error> read_destinations(const json::Value& list, std::vector<std::string>& into) {
    for (const auto& item : list.items()) into.push_back(item.string());
    const bool sound = std::all_of(into.begin(), into.end(), [](const auto& name) { return !name.empty(); });
    return sound && !into.empty() ? std::nullopt : std::optional(wrong("destinations is not a list of names"));
}

std::optional<Error> read_member(const json::Member& member, Decision& into) {
    const auto& [key, position, value] = member;
    if (key == "states") return read_states(value, into.states);
    if (key == "destinations") return read_destinations(value, into.destinations);
    if (key == "records" || key == "preview") {
        if (value.kind() != json::Kind::boolean) return wrong(key + " is neither true nor false");
        (key == "records" ? into.records : into.preview) = value.boolean();
        return std::nullopt;
    }
    if (!value.is_string()) return wrong(key.substr(0, longest_text) + " is not a text");
    if (key == "payload") {
        into.payload = value.string();
    } else if (key == "payload_base64") {
        into.payload = from_base64(value.string());
        if (!into.payload) return wrong("payload_base64 is not base64");
    } else if (key == "lane") {
        into.lane = value.string();  // several keys stand in one, with a control character between
    } else if (key == "by" || key == "reason") {
        if (!is_plain(value.string())) return wrong(key + " is too long, or has control characters");
        (key == "by" ? into.by : into.reason) = value.string();
    } else {
        return wrong("there is no member \"" + key.substr(0, longest_text) + "\"");
    }
    return std::nullopt;
}

}  // namespace

Result<std::int64_t> id_of(std::string_view text) {
    const auto number = text.empty() ? std::nullopt : number_of(text);
    if (!number || *number == 0) return wrong("what should be a number is none");
    return *number;
}

Result<store::MessageQuery> message_query(const net::HttpRequest& request, const Zone& zone, Instant now) {
    store::MessageQuery out;
    const auto moment = [&](std::optional<Instant>& into) {
        return [&](const std::string& value) {
            into = moment_of(value, zone, now);
            return into ? "" : std::string("is not a moment such as 2026-11-23T09:30 or 2h");
        };
    };
    std::string placer, filler, patient;
    Parameters parameters(request);
    parameters.text("channel", out.channel)
        .on("type",
            [&](const std::string& value) {
                out.type = value;
                return is_type(value) ? "" : std::string("is not a message type such as ADT or ADT^A08");
            })
        .text("control_id", out.control_id)
        .on("outcome",
            [&](const std::string& value) {
                out.outcome = outcome_of(value);
                return out.outcome ? ""
                                   : std::string(
                                         "is none of pending, delivered, filtered, rejected, duplicate, held, "
                                         "dead, in_doubt");
            })
        .on("from", moment(out.from))
        .on("to", moment(out.to))
        .text("accession", out.accession_number)
        .text("placer", placer)
        .text("filler", filler)
        .text("patient", patient)
        .text("study", out.study_instance_uid)
        .text("text", out.text)
        .id("before", out.before)
        .limit(out.most);
    if (auto error = parameters.error()) return std::move(*error);
    out.placer = order_number(placer);
    out.filler = order_number(filler);
    out.patient = effects::identifier_of(patient);
    return out;
}

Result<QueuePageQuery> queue_page_query(const net::HttpRequest& request) {
    QueuePageQuery out;
    Parameters parameters(request);
    parameters
        .on("state",
            [&](const std::string& value) {
                const auto state = waiting_state(value);
                out.state = state.value_or(Outcome::pending);
                return state ? "" : std::string("is none of pending, held, dead, in_doubt");
            })
        .id("after", out.after)
        .limit(out.most);
    if (auto error = parameters.error()) return std::move(*error);
    return out;
}

Result<Decision> decision_of(const std::string& body) {
    const auto tree = json::parse(body);
    if (!tree) return wrong("the body is not JSON");
    if (!tree->is_object()) return wrong("the body is not a JSON object");
    Decision out;
    for (const auto& member : tree->members())
        if (auto error = read_member(member, out)) return std::move(*error);
    if (out.by.empty()) return wrong("by is missing: who decides this");
    return out;
}

}  // namespace gantry::admin
