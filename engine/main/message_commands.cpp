#include "engine/main/message_commands.hpp"

#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <iostream>
#include <memory>

#include "engine/main/messages_command.hpp"
#include "engine/main/queue_command.hpp"
#include "engine/main/token_command.hpp"

namespace gantry {
namespace {

// Who is logged in here, for the ledger.
std::string login_name() {
    std::array<char, 4096> buffer;
    passwd entry{}, *found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found) return found->pw_name;
    return std::to_string(::getuid());
}

// What all of them take. Kept by the callbacks of the commands.
struct Common {
    std::string url = "http://127.0.0.1:8080";
    bool json = false;

    void add_place(CLI::App& command) {
        command.add_option("--api", url, "where the engine's HTTP port is; also GANTRY_API")
            ->envname("GANTRY_API")
            ->capture_default_str();
    }
    void add_to(CLI::App& command) {
        add_place(command);
        command.add_flag("--json", json, "for machines");
    }
    ApiClient client() const {
        const auto place = api_place(url);
        if (!place) throw CLI::ValidationError("--api", "\"" + url + "\" is not http://HOST:PORT");
        return ApiClient(*place);
    }
};

struct Filter {
    const char *option, *parameter, *help;
};
constexpr Filter filters[] = {
    {"--channel", "channel", "that came to this channel"},
    {"--type", "type", "of this type: ADT, or ADT^A08"},
    {"--outcome", "outcome", "pending, delivered, filtered, rejected, duplicate, held, dead or in_doubt"},
    {"--control-id", "control_id", "with this MSH-10"},
    {"--accession", "accession", "that changed the order with this accession number, or a report of it"},
    {"--placer", "placer", "the same with this placer number: NUMBER or NUMBER^AUTHORITY"},
    {"--filler", "filler", "the same with this filler number"},
    {"--study", "study", "the same with this Study Instance UID"},
    {"--patient", "patient",
     "that changed this patient, or an order or report of theirs: NUMBER or NUMBER^^^AUTHORITY"},
    {"--text", "text", "whose content has all these words, in any order; where search_text is on"},
    {"--from,--since", "from", "stored since then: 2026-11-23, 2026-11-23T09:30, or 2h for two hours ago"},
    {"--to,--until", "to", "stored before then"},
    {"--before", "before", "older than this message"}};

void add_show(CLI::App& messages, int& exit_code) {
    struct Options : Common {
        ShowOptions show;
    };
    const auto options = std::make_shared<Options>();
    auto* show = messages.add_subcommand("show", "one message with its contents, what it changed, and its deliveries");
    show->add_option("id", options->show.id, "the message's number")->required();
    show->add_flag("--content", options->show.content, "only its bytes, as received");
    options->add_to(*show);
    show->callback([options, &exit_code] {
        options->show.json = options->json;
        exit_code = run_message_show(options->client(), options->show, std::cout, std::cerr);
    });
}

using FilterValues = std::array<std::string, std::size(filters)>;

void add_filters(CLI::App& command, FilterValues& values, MessagesOptions& list) {
    for (std::size_t i = 0; i < std::size(filters); ++i)
        command.add_option(filters[i].option, values.at(i), filters[i].help);
    command.add_option("--limit", list.most, "at most this many")->check(CLI::Range(1, 100'000))->capture_default_str();
}

QueryValues query_of(const FilterValues& values) {
    QueryValues out;
    for (std::size_t i = 0; i < std::size(filters); ++i) out.emplace_back(filters[i].parameter, values.at(i));
    return out;
}

void add_reprocess(CLI::App& messages, int& exit_code) {
    struct Options : Common {
        FilterValues values;
        ReprocessOptions reprocess;
    };
    const auto options = std::make_shared<Options>();
    auto& reprocess = options->reprocess;
    reprocess.by = login_name();
    auto* command = messages.add_subcommand("reprocess",
                                            "deliver once more, as it was, what messages delivered before; or put them "
                                            "through their channels as these are now");
    command->add_option("id", reprocess.id, "one message; without it, those of a search");
    add_filters(*command, options->values, reprocess.list);
    command->add_option("--destination", reprocess.destinations, "only there: CHANNEL/DESTINATION")
        ->allow_extra_args(false);
    command->add_option("--rate", reprocess.rate, "at most this many messages per second")
        ->check(CLI::Range(0.01, 10'000.0))
        ->capture_default_str();
    command->add_flag("--current", reprocess.current,
                      "put each through its channel as it is now, as a message of its own, instead of sending what was "
                      "sent then");
    command->add_flag("--records", reprocess.records,
                      "with --current and --destination: change records as well, not only deliver");
    command->add_flag("--preview", reprocess.preview,
                      "show which they are, and with --current what would become of each; do nothing");
    command->add_option("--by", reprocess.by, "who decides, for the ledger")->capture_default_str();
    command->add_option("--reason", reprocess.reason, "why, for the ledger");
    options->add_place(*command);
    command->callback([options, &exit_code] {
        options->reprocess.list.filters = query_of(options->values);
        exit_code = run_reprocess(options->client(), options->reprocess, std::cout, std::cerr);
    });
}

void add_discard(CLI::App& messages, int& exit_code) {
    struct Options : Common {
        DecideOptions decide;
    };
    const auto options = std::make_shared<Options>();
    auto& decide = options->decide;
    decide.action = "discard";
    decide.message = true;
    decide.by = login_name();
    auto* command = messages.add_subcommand(
        "discard", "give up a message that is held for an error of its own: it is filtered, and nothing of it applied");
    command->add_option("id", decide.target, "the message's number")->required();
    command->add_option("--by", decide.by, "who decides, for the ledger")->capture_default_str();
    command->add_option("--reason", decide.reason, "why, for the ledger");
    options->add_to(*command);
    command->callback([options, &exit_code] {
        options->decide.json = options->json;
        exit_code = run_decide(options->client(), options->decide, std::cout, std::cerr);
    });
}

void add_messages(CLI::App& app, int& exit_code) {
    struct Options : Common {
        FilterValues values;
        MessagesOptions list;
    };
    const auto options = std::make_shared<Options>();
    auto* messages = app.add_subcommand("messages", "search the messages of the running engine, newest first");
    add_filters(*messages, options->values, options->list);
    options->add_to(*messages);
    add_show(*messages, exit_code);
    add_reprocess(*messages, exit_code);
    add_discard(*messages, exit_code);
    messages->callback([options, messages, &exit_code] {
        if (!messages->get_subcommands().empty()) return;
        options->list.json = options->json;
        options->list.filters = query_of(options->values);
        exit_code = run_messages(options->client(), options->list, std::cout, std::cerr);
    });
}

void add_queue(CLI::App& app, int& exit_code) {
    struct Options : Common {
        QueueOptions show;
    };
    const auto all = std::make_shared<Common>();
    const auto options = std::make_shared<Options>();
    auto* queue =
        app.add_subcommand("queue", "what waits to be delivered by the running engine, and what needs a person");
    all->add_to(*queue);
    auto* show = queue->add_subcommand("show", "the deliveries of one queue");
    show->add_option("queue", options->show.destination, "CHANNEL/DESTINATION")->required();
    show->add_option("--state", options->show.state, "only these: pending, held, dead or in_doubt");
    show->add_option("--limit", options->show.most, "at most this many of each state")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    options->add_to(*show);
    show->callback([options, &exit_code] {
        options->show.json = options->json;
        exit_code = run_queue_show(options->client(), options->show, std::cout, std::cerr);
    });
    queue->callback([all, queue, &exit_code] {
        if (!queue->get_subcommands().empty()) return;
        exit_code = run_queues(all->client(), all->json, std::cout, std::cerr);
    });
}

void add_decision(CLI::App& app, int& exit_code, const char* action, const char* help) {
    struct Options : Common {
        DecideOptions decide;
        std::string payload;
    };
    const auto options = std::make_shared<Options>();
    auto& decide = options->decide;
    decide.action = action;
    decide.by = login_name();
    auto* command = app.add_subcommand(action, help);
    command->add_option("target", decide.target, "the number of a delivery, or CHANNEL/DESTINATION")->required();
    command->add_option("--lane", decide.lane, "of a destination: only this lane, as gantry queue show names it");
    if (decide.action != "hold")
        command->add_option("--state", decide.states, "of a destination: only these: held, dead, in_doubt or pending")
            ->allow_extra_args(false);
    if (decide.action == "release")
        command->add_option("--with", options->payload, "of one delivery: deliver this file instead");
    command->add_option("--by", decide.by, "who decides, for the ledger")->capture_default_str();
    command->add_option("--reason", decide.reason, "why, for the ledger");
    options->add_to(*command);
    command->callback([options, &exit_code] {
        options->decide.json = options->json;
        if (!options->payload.empty()) options->decide.payload = options->payload;
        exit_code = run_decide(options->client(), options->decide, std::cout, std::cerr);
    });
}

void add_token(CLI::App& app, int& exit_code) {
    struct Options : Common {
        TokenIssue issue;
        std::string id;
    };
    const auto options = std::make_shared<Options>();
    auto& issue = options->issue;
    issue.by = login_name();
    auto* token = app.add_subcommand("token", "who may use FHIR");
    options->add_to(*token);
    auto* issued = token->add_subcommand("issue", "a new token, printed this once");
    issued->add_option("--scope", issue.scopes, "what it allows, as SMART writes it: \"system/*.rs\"")->required();
    issued->add_option("--label", issue.label, "what it is for");
    issued->add_option("--patient", issue.patient, "of scopes that begin with patient/: the id of the patient");
    issued->add_option("--days", issue.days, "it is good for so long; 0: until it is revoked")
        ->check(CLI::Range(0, 3650));
    issued->add_option("--by", issue.by, "who issues it")->capture_default_str();
    options->add_to(*issued);
    issued->callback([options, &exit_code] {
        options->issue.json = options->json;
        exit_code = run_token_issue(options->client(), options->issue, std::cout, std::cerr);
    });
    auto* revoke = token->add_subcommand("revoke", "it is good for nothing any more");
    revoke->add_option("token", options->id, "its number, as gantry token shows it")->required();
    options->add_place(*revoke);
    revoke->callback(
        [options, &exit_code] { exit_code = run_token_revoke(options->client(), options->id, std::cout, std::cerr); });
    token->callback([options, token, &exit_code] {
        if (!token->get_subcommands().empty()) return;
        exit_code = run_tokens(options->client(), options->json, std::cout, std::cerr);
    });
}

}  // namespace

void add_message_commands(CLI::App& app, int& exit_code) {
    add_messages(app, exit_code);
    add_queue(app, exit_code);
    add_token(app, exit_code);
    add_decision(app, exit_code, "hold", "keep a delivery, a lane or a whole destination from being tried");
    add_decision(app, exit_code, "release",
                 "try again what was held, given up or is in doubt; let a destination go on");
    add_decision(app, exit_code, "discard", "give up deliveries for good: they never leave");
}

}  // namespace gantry
