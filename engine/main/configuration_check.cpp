#include <algorithm>
#include <set>

#include "engine/main/configuration.hpp"
#include "mappings/language/document.hpp"

namespace gantry {
namespace {

using channels::ChannelDestination;
using channels::ChannelDocument;
using mappings::MessageName;

// Where something stands that only one may have.
struct Claim {
    std::string owner;  // "channel \"his\""
    std::string file;
    json::Position position;
    std::string pointer;
};

// The value at a path of keys, or the deepest one that is there.
const json::Value& deepest(const json::Value& from, std::initializer_list<std::string_view> keys) {
    const auto* at = &from;
    for (const auto key : keys)
        if (const auto* next = at->find(key)) at = next;
    return *at;
}

bool is_every_address(std::string_view host) {
    return host.empty() || host == "0.0.0.0" || host == "::";
}

bool overlap(std::string a, std::string b) {
    for (auto* host : {&a, &b})
        if (*host == "localhost") *host = "127.0.0.1";
    return a == b || is_every_address(a) || is_every_address(b);
}

class CrossCheck {
  public:
    explicit CrossCheck(Configuration& configuration) : all_(configuration) {}

    void run() {
        listening();
        resources();
        directories();
        if (all_channels_were_read()) replies();
        if (all_channels_were_read() && all_mappings_named_are_there()) unused_mappings();
        if (all_.broken_mappings.empty() && !all_.unreadable_mappings) unused_scripts();
        if (all_channels_were_read() && all_.broken_mappings.empty() && !all_.unreadable_mappings) unused_tables();
        for (const auto& channel : all_.channels)
            if (channel.options.enabled && all_mappings_were_read(channel)) what_never_happens(channel);
    }

  private:
    void report(json::Severity severity, const Claim& at, ErrorCode code, std::string detail) {
        json::Diagnostics problems(at.file);
        problems.error_at(at.position, at.pointer, code, std::move(detail));
        all_.problems.push_back(problems.all().front());
        all_.problems.back().severity = severity;
    }

    std::string file_of(const std::string& key) const { return all_.files.at(key).path.lexically_normal().string(); }

    Claim claim_of(const ChannelDocument& channel, json::Position position, std::string pointer) const {
        return {"channel \"" + channel.name + "\"", file_of("channels/" + channel.name), position, std::move(pointer)};
    }

    bool all_channels_were_read() const {
        const auto files = std::count_if(all_.files.begin(), all_.files.end(),
                                         [](const auto& file) { return file.first.starts_with("channels/"); });
        return static_cast<std::size_t>(files) == all_.channels.size();
    }

    static bool all_mappings_were_read(const ChannelDocument& channel) {
        return channel.options.mappings.size() == channel.handling.mappings.all().size();
    }

    // A name that is misspelt is not there, and the mapping it meant is not unused.
    bool all_mappings_named_are_there() const {
        return std::all_of(all_.channels.begin(), all_.channels.end(), [&](const auto& channel) {
            const auto& named = channel.options.mappings;
            return std::all_of(named.begin(), named.end(), [&](const auto& name) {
                return all_.mappings.count(name) != 0 || all_.broken_mappings.count(name) != 0;
            });
        });
    }

    // Every port of the engine, and of each channel that is enabled.
    void listening() {
        const auto& options = all_.options;
        const auto& engine = all_.engine;
        const auto file = all_.file.string();
        claim_port({options.http.address, static_cast<std::uint16_t>(options.http.port)},
                   {"http", file, deepest(engine, {"http", "port"}).position(), "/http/port"});
        claim_port({options.dicom_address, options.dicom.port},
                   {"dicom", file, deepest(engine, {"dicom", "port"}).position(), "/dicom/port"});
        for (const auto& channel : all_.channels) {
            if (!channel.options.enabled || !channel.make_source) continue;
            const auto& at = deepest(channel.options.source, {channel.source_kind, "port"});
            claim_port(channel.listens, claim_of(channel, at.position(), "/source/" + channel.source_kind + "/port"));
        }
    }

    // What comes in over FHIR goes to one channel.
    void resources() {
        const ChannelDocument* first = nullptr;
        for (const auto& channel : all_.channels) {
            if (!channel.options.enabled || channel.resource_types.empty()) continue;
            if (first)
                report(json::Severity::error, claim_of(channel, channel.options.source.position(), "/source"),
                       ErrorCode::config_clash, "channel \"" + first->name + "\" takes FHIR resources already");
            first = &channel;
        }
    }

    void claim_port(const settings::HostPort& place, Claim claim) {
        if (place.port == 0) return;
        auto& others = ports_[place.port];
        for (const auto& [host, other] : others) {
            if (!overlap(host, place.host)) continue;
            report(json::Severity::error, claim, ErrorCode::config_clash,
                   "port " + std::to_string(place.port) + " of " + place.host + " is listened on by " + other.owner +
                       " too");
            break;
        }
        others.emplace_back(place.host, std::move(claim));
    }

    // Acknowledgments can only be of deliveries that somebody makes.
    void replies() {
        std::vector<std::string> all;
        for (const auto& channel : all_.channels)
            for (const auto& destination : channel.destinations)
                if (!destination.kind->immediate) all.push_back(channel.name + "/" + destination.name);
        const std::vector<std::string_view> known(all.begin(), all.end());
        for (const auto& channel : all_.channels)
            for (std::size_t i = 0; i < channel.options.replies_to.size(); ++i) {
                const auto& name = channel.options.replies_to[i];
                if (std::find(all.begin(), all.end(), name) != all.end()) continue;
                report(json::Severity::error,
                       claim_of(channel, channel.options.source.position(), "/replies_to/" + std::to_string(i)),
                       ErrorCode::config_unknown_name,
                       "queued destination \"" + name + "\"" + json::did_you_mean(name, known));
            }
    }

    // What is read first: who writes there has to know.
    void directories() {
        for (const auto& channel : all_.channels)
            if (!channel.reads.empty() && channel.options.enabled) claim_directory(channel);
        for (const auto& channel : all_.channels)
            for (const auto& destination : channel.destinations)
                if (!destination.directory.empty() && channel.options.enabled) claim_directory(channel, destination);
    }

    void claim_directory(const ChannelDocument& channel) {
        const auto& at = deepest(channel.options.source, {channel.source_kind, "directory"});
        auto claim = claim_of(channel, at.position(), "/source/" + channel.source_kind + "/directory");
        claim.owner += " reads from ";
        claim_directory(channel.reads, claim);
    }

    void claim_directory(const ChannelDocument& channel, const ChannelDestination& destination) {
        const std::string kind(destination.kind->name);
        const auto& at = deepest(channel.options.destinations, {destination.name, kind, "directory"});
        auto claim = claim_of(channel, at.position(),
                              json::child_pointer("/destinations", destination.name) + "/" + kind + "/directory");
        claim.owner = "destination \"" + destination.name + "\" of " + claim.owner + " writes into ";
        claim_directory(destination.directory, claim);
    }

    // claim.owner: with what it does there.
    void claim_directory(const std::string& directory, const Claim& claim) {
        const auto [other, first] = directories_.emplace(directory, claim);
        if (!first)
            report(json::Severity::warning, claim, ErrorCode::config_clash,
                   other->second.owner + "\"" + directory + "\" too");
    }

    void unused_mappings() {
        std::set<std::string> used;
        for (const auto& channel : all_.channels)
            used.insert(channel.options.mappings.begin(), channel.options.mappings.end());
        for (const auto& channel : all_.channels) used.insert(channel.outgoing.begin(), channel.outgoing.end());
        for (const auto& [name, mapping] : all_.mappings)
            if (used.count(name) == 0) unused("mappings/" + name, "no channel names this mapping");
        for (const auto& [name, mapping] : all_.outgoing)
            if (used.count(name) == 0) unused("mappings/" + name, "no destination names this mapping");
    }

    void unused_scripts() {
        std::set<std::string> used;
        for (const auto& [name, mapping] : all_.mappings)
            if (mapping.script()) used.insert(mapping.script()->name());
        for (const auto& [name, script] : all_.scripts)
            if (script && used.count(name) == 0) unused("scripts/" + name, "no mapping names this script");
    }

    void unused_tables() {
        std::set<std::string_view> used;
        const auto use = [&](const auto& tables) {
            for (const auto& table : tables) used.insert(table->name());
        };
        for (const auto& [name, mapping] : all_.mappings) use(mapping.tables());
        for (const auto& [name, script] : all_.scripts)
            if (script) use(script->tables());
        for (const auto& [name, mapping] : all_.outgoing) use(mapping.tables());
        for (const auto& channel : all_.channels) use(channel.tables);
        for (const auto name : all_.tables.names())
            if (used.count(name) == 0 && !all_.tables.is_broken(name))
                unused("tables/" + std::string(name), "no mapping and no channel names this table");
    }

    void unused(const std::string& key, const char* words) {
        report(json::Severity::warning, {{}, file_of(key), {1, 1}, {}}, ErrorCode::config_unused, words);
    }

    void what_never_happens(const ChannelDocument& channel) {
        for (const auto& mapping : channel.handling.mappings.all())
            if (const auto* rule = rule_that_keeps_out(channel, mapping.document().messages))
                never(mapping_place(channel, mapping.name()), "mapping \"" + mapping.name() +
                                                                  "\" reads only messages that the rule \"" + *rule +
                                                                  "\" does not accept");
        for (const auto& destination : channel.destinations) {
            const auto pointer = json::child_pointer("/destinations", destination.name);
            holds_for_some(channel, condition_of(channel, destination),
                           claim_of(channel, destination.options.when.position(), pointer + "/when"));
            if (const auto* queued = queued_as(channel, destination); queued && queued->urgent_when)
                holds_for_some(channel, &*queued->urgent_when,
                               claim_of(channel, destination.options.urgent_when.position(), pointer + "/urgent_when"));
        }
    }

    void holds_for_some(const ChannelDocument& channel, const mappings::Rule* rule, const Claim& at) {
        if (rule && !can_hold_for_any(*rule, channel))
            never(at, "no mapping of this channel reads a message for which this holds");
    }

    // The first rule that holds for none of the messages; the rules stand in the order they are asked.
    static const std::string* rule_that_keeps_out(const ChannelDocument& channel,
                                                  const std::vector<MessageName>& messages) {
        for (const auto& [name, rule] : channel.handling.accept)
            if (std::none_of(messages.begin(), messages.end(), [&rule = rule](const auto& message) {
                    return rule.can_hold_for(message.type, message.event);
                }))
                return &name;
        return nullptr;
    }

    static const mappings::Rule* condition_of(const ChannelDocument& channel, const ChannelDestination& destination) {
        const auto& handling = channel.handling;
        const auto pointer = [](const auto& when) { return when ? &*when : nullptr; };
        if (destination.kind->name == "records") return pointer(handling.records.when);
        if (destination.kind->name == "worklist") return pointer(handling.worklist.when);
        const auto* queued = queued_as(channel, destination);
        return queued ? pointer(queued->when) : nullptr;
    }

    static const channels::QueuedDestination* queued_as(const ChannelDocument& channel,
                                                        const ChannelDestination& destination) {
        for (const auto& queued : channel.handling.queued)
            if (queued.name == channel.name + "/" + destination.name) return &queued;
        return nullptr;
    }

    static bool can_hold_for_any(const mappings::Rule& rule, const ChannelDocument& channel) {
        const auto& all = channel.handling.mappings.all();
        const auto holds = [&](const std::vector<MessageName>& names) {
            return std::any_of(names.begin(), names.end(),
                               [&](const auto& name) { return rule.can_hold_for(name.type, name.event); });
        };
        return all.empty() || std::any_of(all.begin(), all.end(), [&](const auto& mapping) {
                   return holds(mapping.document().messages) || holds(mapping.document().unused);
               });
    }

    // Positions of texts in a list are not kept; they are looked up for the few that are wrong.
    Claim mapping_place(const ChannelDocument& channel, const std::string& name) const {
        const auto document = json::parse(channel.text);
        const auto& list = *document->find("mappings");
        std::size_t i = 0;
        while (i + 1 < list.items().size() && list.items()[i].string() != name) ++i;
        return claim_of(channel, list.items()[i].position(), "/mappings/" + std::to_string(i));
    }

    void never(const Claim& at, std::string detail) {
        report(json::Severity::warning, at, ErrorCode::config_never, std::move(detail));
    }

    Configuration& all_;
    std::map<std::uint16_t, std::vector<std::pair<std::string, Claim>>> ports_;
    std::map<std::string, Claim> directories_;
};

}  // namespace

void check_together(Configuration& configuration) {
    CrossCheck(configuration).run();
}

}  // namespace gantry
