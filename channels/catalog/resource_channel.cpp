#include "channels/catalog/resource_channel.hpp"

#include <algorithm>

#include "channels/catalog/catalog.hpp"

namespace gantry::channels {
namespace {

class Reader {
  public:
    explicit Reader(json::Diagnostics& problems) : problems_(problems) {}

    ResourceRules read(const std::string& channel, const json::Value& document) {
        if (const auto* accept = document.find("accept")) read_accept(*accept);
        const auto* mappings = document.find("mappings");
        if (mappings && mappings->kind() == json::Kind::array && !mappings->items().empty())
            refuse(*mappings, "/mappings", "it speaks of HL7 messages, and the source \"fhir\" has none");
        const auto* destinations = document.find("destinations");
        if (destinations && destinations->is_object())
            for (const auto& destination : destinations->members()) read_destination(channel, destination);
        return std::move(out_);
    }

  private:
    void refuse(const json::Value& at, const std::string& pointer, const char* why) {
        problems_.error(at, pointer, ErrorCode::config_out_of_range, why);
    }

    void read_accept(const json::Value& rules) {
        for (const auto& member : rules.members()) {
            auto rule = ResourceRule::compile(member.value, json::child_pointer("/accept", member.key), problems_);
            if (rule) out_.accept.push_back({member.key, std::move(*rule)});
        }
    }

    std::optional<ResourceRule> read_condition(const json::Member& destination, const char* option) {
        const auto* given = destination.value.find(option);
        if (!given) return std::nullopt;
        const auto pointer = json::child_pointer(json::child_pointer("/destinations", destination.key), option);
        const auto kinds = destination_kinds();
        const bool at_once = std::any_of(kinds.begin(), kinds.end(), [&](const DestinationKind& kind) {
            return kind.immediate && destination.value.find(kind.name);
        });
        if (!at_once) return ResourceRule::compile(*given, pointer, problems_);
        refuse(*given, pointer,
               "what is written over FHIR is in the records when it is answered; \"accept\" says what is not");
        return std::nullopt;
    }

    void read_destination(const std::string& channel, const json::Member& destination) {
        if (!destination.value.is_object()) return;
        if (const auto* mapping = destination.value.find("mapping"))
            refuse(*mapping, json::child_pointer(json::child_pointer("/destinations", destination.key), "mapping"),
                   "it speaks of HL7 messages, and the source \"fhir\" has none");
        QueuedResources out{channel + "/" + destination.key};
        out.when = read_condition(destination, "when");
        out.urgent_when = read_condition(destination, "urgent_when");
        if (out.when || out.urgent_when) out_.destinations.emplace(out.name, out);
    }

    json::Diagnostics& problems_;
    ResourceRules out_;
};

}  // namespace

ResourceRules read_resource_rules(const std::string& channel, const json::Value& document,
                                  json::Diagnostics& problems) {
    return Reader(problems).read(channel, document);
}

}  // namespace gantry::channels
