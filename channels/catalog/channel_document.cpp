#include "channels/catalog/channel_document.hpp"

#include "channels/catalog/resource_channel.hpp"

#include <algorithm>

namespace gantry::channels {
namespace {

template <class Kind>
const Kind* find_kind(std::span<const Kind> kinds, std::string_view name) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.name == name; });
    return found == kinds.end() ? nullptr : &*found;
}

template <class Kind>
std::vector<std::string_view> names_of(std::span<const Kind> kinds) {
    std::vector<std::string_view> out;
    for (const auto& kind : kinds) out.push_back(kind.name);
    return out;
}

bool is_name(std::string_view text) {
    constexpr std::size_t longest = 64;
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '-';
    });
}

constexpr auto what_a_name_is = "a name has at most 64 letters, digits, _ . -";

// Reading one document; the functions follow its order.
class ChannelReader {
  public:
    ChannelReader(ChannelDocument& into, const ChannelSurroundings& surroundings, json::Diagnostics& problems)
        : into_(into), around_(surroundings), problems_(problems) {}

    void read(const json::Value& document) {
        read_source();
        read_accept();
        choose_mappings(document);
        read_ordering(document);
        settle_handling(document);
        read_destinations();
        check_acknowledgments(document);
        if (is_of_resources())
            settle_resources(document);
        else
            need_mappings(document);
    }

  private:
    // Its conditions are read by settle_resources().
    bool is_of_resources() const { return !into_.resource_types.empty(); }

    void need_mappings(const json::Value& document) {
        const auto* list = document.find("mappings");
        if (!list)
            problems_.error(document, "/mappings", ErrorCode::config_missing_option, "\"mappings\"");
        else if (list->kind() == json::Kind::array && list->items().empty())
            problems_.error(*list, "/mappings", ErrorCode::config_out_of_range, "must not be empty");
    }

    void settle_resources(const json::Value& document) {
        into_.resource_rules = read_resource_rules(into_.name, document, problems_);
        for (const auto* name : {"procedure", "station"})
            if (auto table = around_.tables.share(name)) into_.tables.push_back(std::move(table));
    }

    static bool given(const json::Value& value) { return value.kind() != json::Kind::null; }

    void read_source() {
        const auto& source = into_.options.source;
        if (!given(source)) return;
        const auto* kind = one_member(source, "/source");
        if (!kind) return;
        into_.source_kind = kind->name;
        auto reading = kind->read(
            {source.members().front().value, "/source/" + std::string(kind->name), problems_, around_.environment});
        into_.make_source = std::move(reading.make);
        into_.listens = std::move(reading.listens);
        into_.reads = std::move(reading.directory);
        into_.resource_types = std::move(reading.resource_types);
        into_.source_definition = json::serialise(source);
    }

    void read_accept() {
        const auto& rules = into_.options.accept;
        if (!given(rules)) return;
        if (!rules.is_object() || rules.members().empty())
            return problems_.error(rules, "/accept", ErrorCode::config_wrong_type,
                                   "an object of rule name: condition is expected");
        for (const auto& member : rules.members()) {
            check_rule_name(member);
            if (is_of_resources()) continue;
            auto rule = read_rule(member.value, json::child_pointer("/accept", member.key));
            if (rule) into_.handling.accept.push_back({member.key, std::move(*rule)});
        }
    }

    // It is shown to senders and kept with each message it filters.
    void check_rule_name(const json::Member& member) {
        constexpr std::size_t longest = 80;
        const auto& name = member.key;
        const bool printable = std::none_of(name.begin(), name.end(), [](char c) { return c >= 0 && c < ' '; });
        if (name.empty() || name.size() > longest || !printable)
            problems_.error_at(member.position, json::child_pointer("/accept", name), ErrorCode::config_out_of_range,
                               "the name of a rule has 1 to 80 characters in one line");
    }

    std::optional<mappings::Rule> read_rule(const json::Value& value, const std::string& pointer) {
        auto rule = mappings::Rule::compile(value, pointer, around_.tables, problems_);
        if (rule) into_.tables.insert(into_.tables.end(), rule->tables().begin(), rule->tables().end());
        return rule;
    }

    void choose_mappings(const json::Value& document) {
        const auto& known = around_.mappings;
        std::vector<std::string_view> names;
        names.reserve(known.size());
        for (const auto& [name, mapping] : known) names.push_back(name);
        each_text(document.find("mappings"), "/mappings", [&](const auto& name, const auto& at, const auto& pointer) {
            if (around_.unreadable_mappings || around_.broken_mappings.count(name) > 0) return;
            const auto found = known.find(name);
            if (found == known.end() && around_.outgoing.count(name) > 0)
                problems_.error(at, pointer, ErrorCode::config_bad_mapping,
                                "\"" + name + "\" writes messages: name it as the \"mapping\" of a destination");
            else if (found == known.end())
                problems_.error(at, pointer, ErrorCode::config_unknown_name,
                                "mapping \"" + name + "\"" + json::did_you_mean(name, names));
            else if (!into_.handling.mappings.add(found->second))
                problems_.error(at, pointer, ErrorCode::config_duplicate,
                                "mapping \"" + name + "\" reads a message that another one reads already");
        });
    }

    // The texts of a list that was read already, with their places.
    template <class Use>
    void each_text(const json::Value* list, const std::string& pointer, const Use& use) {
        if (!list) return;
        for (std::size_t i = 0; i < list->items().size(); ++i) {
            const auto& item = list->items()[i];
            const auto text = settings::expanded(item.string(), around_.environment);
            if (item.is_string() && text) use(*text, item, json::child_pointer(pointer, std::to_string(i)));
        }
    }

    void read_ordering(const json::Value& document) {
        static constexpr std::string_view words[] = {"patient", "accession", "peer"};
        const auto& text = into_.options.ordering;
        const auto word = std::find(std::begin(words), std::end(words), text);
        auto& ordering = into_.handling.ordering;
        ordering.by = static_cast<Ordering::By>(word - std::begin(words));
        if (ordering.by != Ordering::By::path) return;
        if (auto path = hl7::Path::parse(text))
            ordering.path = std::move(*path);
        else
            problems_.error(
                *document.find("ordering"), "/ordering", ErrorCode::config_bad_path,
                "\"" + text + "\" is none, and not patient, accession or peer" + json::did_you_mean(text, words));
    }

    void settle_handling(const json::Value& document) {
        auto& handling = into_.handling;
        const auto& [orders, patients] = std::tie(into_.options.orders, into_.options.patients);
        handling.channel = into_.name;
        handling.character_set = into_.options.character_set;
        handling.always_character_set = into_.options.always_character_set;
        handling.validation = into_.options.validation;
        handling.orders.order_filler = orders.role == OrderOptions::Role::order_filler;
        handling.orders.generate_accession = orders.generate_accession;
        handling.orders.refuse_changes_once_started = orders.refuse_changes_once_started;
        handling.orders.refuse_changed_resends = orders.refuse_changed_resends;
        handling.acknowledgments = {
            into_.options.cannot_now, orders.order_responses, into_.options.acknowledgments.always_one, {}};
        handling.sequence_numbers = into_.options.sequence_numbers;
        handling.replies_to = into_.options.replies_to;
        handling.orders.temporary_identifier_prefixes = patients.temporary_identifiers;
        handling.orders.result_without_order = into_.options.results.without_order;
        auto& context = handling.context;
        context.channel = into_.name;
        context.accession_issuer = orders.accession_issuer;
        context.default_authority = patients.default_authority;
        context.preferred_authorities = patients.preferred_authorities;
        context.record_number_types = patients.record_number_types;
        context.placer_namespace = orders.placer_namespace;
        context.modality_reading = orders.modality_reading;
        context.modalities = orders.modalities;
        context.processing_ids = into_.options.processing_ids;
        context.control_id_needed = into_.options.control_id_needed;
        read_accession_paths(document);
    }

    void read_accession_paths(const json::Value& document) {
        const auto* orders = document.find("orders");
        const auto* list = orders ? orders->find("accession") : nullptr;
        each_text(list, "/orders/accession", [&](const auto& text, const auto& at, const auto& pointer) {
            auto path = hl7::Path::parse(text);
            if (path)
                into_.handling.context.accession.push_back(std::move(*path));
            else
                problems_.error(at, pointer, path.error().code, path.error().detail);
        });
    }

    void read_destinations() {
        const auto& destinations = into_.options.destinations;
        into_.handling.records.exists = into_.handling.worklist.exists = false;
        if (!given(destinations)) return;
        if (!destinations.is_object() || destinations.members().empty())
            return problems_.error(destinations, "/destinations", ErrorCode::config_wrong_type,
                                   "an object of name: destination is expected");
        for (const auto& member : destinations.members()) read_destination(member);
        if (into_.handling.worklist.exists && !into_.handling.records.exists)
            problems_.error(destinations, "/destinations", ErrorCode::config_missing_option,
                            "\"records\": a worklist is made of them");
    }

    void read_destination(const json::Member& member) {
        const auto pointer = json::child_pointer("/destinations", member.key);
        if (!is_name(member.key))
            problems_.error_at(member.position, pointer, ErrorCode::config_out_of_range, what_a_name_is);
        const auto* kind = kind_of_destination(member.value, pointer);
        if (!kind) return;
        ChannelDestination out;
        out.name = member.key;
        out.kind = kind;
        out.definition = json::serialise(member.value);
        out.options = destination_schema().read(member.value, pointer, problems_, around_.environment, {kind->name});
        auto reading = kind->read(
            {*member.value.find(kind->name), json::child_pointer(pointer, kind->name), problems_, around_.environment});
        out.make = std::move(reading.make);
        out.directory = std::move(reading.directory);
        out.numbered = reading.numbered;
        out.repeatable = kind->repeatable && !reading.doubles;
        if (out.numbered && (out.options.order != DestinationOptions::Order::strict || out.options.connections != 1))
            problems_.error(member.value, pointer, ErrorCode::config_missing_option,
                            "\"order\": \"strict\", with one connection: numbers are given one after the other");
        out.together = reading.together;
        if (out.together.most > 1 && out.options.connections != 1)
            problems_.error(*member.value.find("connections"), pointer + "/connections", ErrorCode::config_out_of_range,
                            "files of several messages are written one after the other, over one connection");
        if (kind->immediate) check_immediate(member.value, pointer, *kind);
        std::optional<mappings::Rule> when;
        if (given(out.options.when) && !is_of_resources()) when = read_rule(out.options.when, pointer + "/when");
        auto urgent_when = read_urgent_when(out, pointer);
        auto mapping = outgoing_mapping(out.options.mapping, member.value, pointer);
        if (!out.options.enabled) return;
        give_out(out, {{}, std::move(when), std::move(mapping), std::move(urgent_when)}, member);
        into_.destinations.push_back(std::move(out));
    }

    std::optional<mappings::Rule> read_urgent_when(const ChannelDestination& destination, const std::string& pointer) {
        const auto& value = destination.options.urgent_when;
        if (!given(value)) return std::nullopt;
        const auto refuse = [&](const std::string& why) {
            problems_.error(value, pointer + "/urgent_when", ErrorCode::config_out_of_range, why);
        };
        if (!destination.kind->immediate && destination.options.order == DestinationOptions::Order::strict)
            refuse("with \"order\": \"strict\" nothing goes before what came earlier");
        if (destination.name == into_.options.acknowledgments.application_to)
            refuse("only application acknowledgments go there, and none of them is urgent");
        return is_of_resources() ? std::nullopt : read_rule(value, pointer + "/urgent_when");
    }

    std::optional<mappings::Outgoing> outgoing_mapping(const std::string& name, const json::Value& destination,
                                                       const std::string& pointer) {
        if (name.empty()) return std::nullopt;
        into_.outgoing.insert(name);
        if (around_.unreadable_mappings || around_.broken_mappings.count(name) > 0) return std::nullopt;
        const auto found = around_.outgoing.find(name);
        if (found != around_.outgoing.end()) return found->second;
        const auto& at = *destination.find("mapping");
        const auto place = json::child_pointer(pointer, "mapping");
        if (around_.mappings.count(name) > 0)
            problems_.error(at, place, ErrorCode::config_bad_mapping,
                            "\"" + name + "\" does not write messages: it has no \"writes\"");
        else
            problems_.error(at, place, ErrorCode::config_unknown_name,
                            "mapping \"" + name + "\"" + json::did_you_mean(name, outgoing_names()));
        return std::nullopt;
    }

    std::vector<std::string_view> outgoing_names() const {
        std::vector<std::string_view> out;
        for (const auto& [name, mapping] : around_.outgoing) out.push_back(name);
        return out;
    }

    void check_immediate(const json::Value& value, const std::string& pointer, const DestinationKind& kind) {
        for (const auto* option : {"retry", "order", "mapping", "urgent_when"})
            if (const auto* given = value.find(option))
                problems_.error(
                    *given, json::child_pointer(pointer, option), ErrorCode::config_out_of_range,
                    "\"" + std::string(kind.name) +
                        "\" is applied at once: there is nothing to retry, order or write, and nothing waits");
    }

    void give_out(const ChannelDestination& destination, QueuedDestination queued, const json::Member& member) {
        auto& handling = into_.handling;
        const auto& kind = *destination.kind;
        if (!kind.immediate && destination.name == into_.options.acknowledgments.application_to)
            return void(handling.acknowledgments.application_to = into_.name + "/" + destination.name);
        if (!kind.immediate) {
            queued.name = into_.name + "/" + destination.name;
            return handling.queued.push_back(std::move(queued));
        }
        auto& into = kind.name == "records" ? handling.records : handling.worklist;
        if (into.exists)
            problems_.error_at(member.position, json::child_pointer("/destinations", member.key),
                               ErrorCode::config_duplicate,
                               "another destination is \"" + std::string(kind.name) + "\" already");
        into = {true, std::move(queued.when)};
    }

    void check_acknowledgments(const json::Value& document) {
        const auto& wanted = into_.options.acknowledgments.application_to;
        if (wanted.empty() || !into_.handling.acknowledgments.application_to.empty()) return;
        std::vector<std::string_view> names;
        for (const auto& destination : into_.destinations)
            if (!destination.kind->immediate) names.push_back(destination.name);
        problems_.error(*document.find("acknowledgments")->find("application_to"), "/acknowledgments/application_to",
                        ErrorCode::config_unknown_name,
                        "queued destination \"" + wanted + "\"" + json::did_you_mean(wanted, names));
    }

    const SourceKind* one_member(const json::Value& value, const std::string& pointer) {
        if (value.is_object() && value.members().size() == 1) {
            const auto& member = value.members().front();
            const auto* kind = find_kind(source_kinds(), member.key);
            if (!kind) unknown_kind(member, pointer, names_of(source_kinds()));
            return kind;
        }
        problems_.error(value, pointer, ErrorCode::config_wrong_type,
                        "an object with one member, the kind, is expected");
        return nullptr;
    }

    // The one member that is a kind; the others are options of every destination.
    const DestinationKind* kind_of_destination(const json::Value& value, const std::string& pointer) {
        const DestinationKind* found = nullptr;
        const json::Member* stranger = nullptr;
        std::size_t kinds = 0;
        for (const auto& member : value.members()) {
            if (const auto* kind = find_kind(destination_kinds(), member.key))
                found = kind, ++kinds;
            else if (!is_common_option(member.key))
                stranger = &member;
        }
        if (kinds == 1) return found;
        if (kinds == 0 && stranger)
            unknown_kind(*stranger, pointer, names_of(destination_kinds()));
        else
            problems_.error(value, pointer, ErrorCode::config_wrong_type,
                            "an object with one kind of destination is expected");
        return nullptr;
    }

    static bool is_common_option(std::string_view name) {
        static const auto common = destination_schema().description().options;
        return std::any_of(common.begin(), common.end(), [&](const auto& option) { return option.name == name; });
    }

    void unknown_kind(const json::Member& member, const std::string& pointer,
                      const std::vector<std::string_view>& known) {
        problems_.error_at(member.position, json::child_pointer(pointer, member.key), ErrorCode::config_unknown_name,
                           "\"" + member.key + "\"" + json::did_you_mean(member.key, known));
    }

    ChannelDocument& into_;
    const ChannelSurroundings& around_;
    json::Diagnostics& problems_;
};

}  // namespace

ChannelDocument read_channel(std::string name, const json::Value& document, std::string text,
                             const ChannelSurroundings& surroundings, json::Diagnostics& problems) {
    ChannelDocument out;
    out.name = std::move(name);
    out.text = std::move(text);
    if (!is_name(out.name))
        problems.error(document, "", ErrorCode::config_out_of_range,
                       "a channel is called as its file, and " + std::string(what_a_name_is));
    if (!document.is_object()) {
        problems.error(document, "", ErrorCode::config_wrong_type, "a channel is an object");
        return out;
    }
    out.options = channel_schema().read(document, "", problems, surroundings.environment);
    ChannelReader(out, surroundings, problems).read(document);
    return out;
}

}  // namespace gantry::channels
