#include "channels/catalog/channel_document.hpp"

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

// Reading one document; the functions follow its order.
class ChannelReader {
  public:
    ChannelReader(ChannelDocument& into, json::Diagnostics& problems, const settings::Environment& environment)
        : into_(into), problems_(problems), environment_(environment) {}

    void read_source(const json::Value& document) {
        const auto* source = document.find("source");
        if (!source) return problems_.error(document, "", ErrorCode::config_missing_option, "\"source\"");
        const auto* kind = one_member(*source, "/source", source_kinds());
        if (!kind) return;
        into_.source_kind = kind->name;
        into_.make_source = kind->read(
            {source->members().front().value, "/source/" + std::string(kind->name), problems_, environment_});
    }

    void read_destinations(const json::Value& document) {
        const auto* destinations = document.find("destinations");
        if (!destinations) return problems_.error(document, "", ErrorCode::config_missing_option, "\"destinations\"");
        if (!destinations->is_object())
            return problems_.error(*destinations, "/destinations", ErrorCode::config_wrong_type,
                                   "an object is expected");
        into_.handling.records = into_.handling.worklist = false;
        for (const auto& member : destinations->members()) read_destination(member);
    }

    void choose_mappings(const json::Value& document,
                         const std::map<std::string, mappings::Mapping, std::less<>>& known) {
        std::vector<std::string_view> names;
        for (const auto& [name, mapping] : known) names.push_back(name);
        for (std::size_t i = 0; i < into_.options.mappings.size(); ++i) {
            const auto& name = into_.options.mappings[i];
            const auto& at = document.find("mappings")->items()[i];
            const auto pointer = "/mappings/" + std::to_string(i);
            const auto found = known.find(name);
            if (found == known.end())
                problems_.error(at, pointer, ErrorCode::config_unknown_name,
                                "mapping \"" + name + "\"" + json::did_you_mean(name, names));
            else if (!into_.handling.mappings.add(found->second))
                problems_.error(at, pointer, ErrorCode::config_duplicate,
                                "mapping \"" + name + "\" reads a message that another one reads already");
        }
    }

    void settle_handling(const json::Value& document) {
        auto& handling = into_.handling;
        const auto& [orders, patients] = std::tie(into_.options.orders, into_.options.patients);
        handling.channel = into_.name;
        handling.character_set = into_.options.character_set;
        handling.always_character_set = into_.options.always_character_set;
        handling.validation = into_.options.validation;
        handling.order_responses = orders.order_responses;
        handling.orders.order_filler = orders.role == OrderOptions::Role::order_filler;
        handling.orders.generate_accession = orders.generate_accession;
        handling.orders.refuse_changes_once_started = orders.refuse_changes_once_started;
        handling.orders.refuse_changed_resends = orders.refuse_changed_resends;
        handling.cannot_now = into_.options.cannot_now;
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

  private:
    template <class Kind>
    const Kind* one_member(const json::Value& value, const std::string& pointer, std::span<const Kind> kinds) {
        if (!value.is_object() || value.members().size() != 1) {
            problems_.error(value, pointer, ErrorCode::config_wrong_type,
                            "an object with one member, the kind, is expected");
            return nullptr;
        }
        const auto& member = value.members().front();
        const auto* kind = find_kind(kinds, member.key);
        if (!kind)
            problems_.error_at(member.position, json::child_pointer(pointer, member.key),
                               ErrorCode::config_unknown_name,
                               "\"" + member.key + "\"" + json::did_you_mean(member.key, names_of(kinds)));
        return kind;
    }

    void read_destination(const json::Member& member) {
        const auto pointer = json::child_pointer("/destinations", member.key);
        const auto* kind = one_member(member.value, pointer, destination_kinds());
        if (!kind) return;
        auto make = kind->read(
            {member.value.members().front().value, json::child_pointer(pointer, kind->name), problems_, environment_});
        if (kind->name == "records") into_.handling.records = true;
        if (kind->name == "worklist") into_.handling.worklist = true;
        if (!kind->immediate) into_.handling.queued.push_back(into_.name + "/" + member.key);
        into_.destinations.push_back({member.key, kind, std::move(make)});
    }

    void read_accession_paths(const json::Value& document) {
        const auto* orders = document.find("orders");
        const auto* list = orders ? orders->find("accession") : nullptr;
        for (std::size_t i = 0; i < into_.options.orders.accession.size(); ++i) {
            auto path = hl7::Path::parse(into_.options.orders.accession[i]);
            if (path)
                into_.handling.context.accession.push_back(std::move(*path));
            else
                problems_.error(list->items()[i], "/orders/accession/" + std::to_string(i), path.error().code,
                                path.error().detail);
        }
    }

    ChannelDocument& into_;
    json::Diagnostics& problems_;
    const settings::Environment& environment_;
};

}  // namespace

ChannelDocument read_channel(std::string name, const json::Value& document, std::string text,
                             const std::map<std::string, mappings::Mapping, std::less<>>& mappings,
                             json::Diagnostics& problems, const settings::Environment& environment) {
    ChannelDocument out;
    out.name = std::move(name);
    out.text = std::move(text);
    if (!document.is_object()) {
        problems.error(document, "", ErrorCode::config_wrong_type, "a channel is an object");
        return out;
    }
    out.options = channel_schema().read(document, "", problems, environment, {"source", "destinations"});
    ChannelReader reader(out, problems, environment);
    reader.read_source(document);
    reader.choose_mappings(document, mappings);
    reader.settle_handling(document);
    reader.read_destinations(document);
    return out;
}

}  // namespace gantry::channels
