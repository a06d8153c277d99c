// The command line. Each command's work is a function of its own; here are only names, options and help.
#include <CLI/CLI.hpp>

#include <iostream>

#include "engine/main/case_new.hpp"
#include "engine/main/case_tests.hpp"
#include "engine/main/channel_files.hpp"
#include "engine/main/check.hpp"
#include "engine/main/message_commands.hpp"
#include "engine/main/revisions.hpp"
#include "engine/main/send.hpp"
#include "engine/main/serve.hpp"
#include "engine/main/structures_reference.hpp"
#include "engine/main/try_messages.hpp"
#include "engine/main/try_watch.hpp"
#include "engine/main/unmerge.hpp"
#include "engine/main/worklist_explain.hpp"
#include "engine/settings/units.hpp"

namespace {

// --conf names a directory or its engine.json; an installation has it in /etc/gantry.
std::string default_configuration() {
    return std::filesystem::exists("conf/engine.json") ? "conf" : "/etc/gantry";
}

// Runs the command with a configuration that can be used, or prints what is wrong with it.
template <class Command>
int with_configuration(const std::string& conf, const Command& command) {
    const auto configuration = gantry::load_configuration(conf);
    if (!configuration->has_errors()) return command(*configuration);
    for (const auto& problem : configuration->problems) std::cerr << problem.text() << "\n";
    return 78;
}

}  // namespace

int main(int count, char** arguments) {
    CLI::App app("Gantry: HL7 v2 orders become DICOM worklist entries, durably.", "gantry");
    app.require_subcommand(1);
    int exit_code = 0;
    std::string conf = default_configuration();

    gantry::ServeOptions serve;
    auto* serve_command = app.add_subcommand("serve", "run in the foreground until SIGTERM");
    serve_command->add_option("--conf", conf, "configuration: a directory or its engine.json");
    serve_command->add_option("--data", serve.data, "directory for the database and what is written")
        ->capture_default_str();
    serve_command->add_flag("--verbose", serve.verbose, "log every event");
    serve_command->callback([&] {
        serve.configuration = conf;
        exit_code = gantry::run_serve(serve);
    });

    bool as_json = false;
    auto* check = app.add_subcommand("check", "print every problem of a configuration");
    check->add_option("--conf", conf, "configuration: a directory or its engine.json");
    check->add_flag("--json", as_json, "for machines");
    check->callback([&] { exit_code = gantry::run_check(conf, as_json, std::cout); });

    gantry::TryOptions trial;
    auto* try_command = app.add_subcommand("try", "show what each message would do; touches nothing");
    try_command->add_option("channel", trial.channel, "the channel that takes them")->required();
    try_command->add_option("files", trial.files, "HL7 files")->required();
    try_command->add_option("--conf", conf, "configuration: a directory or its engine.json");
    try_command->add_flag("--json", trial.json, "for machines");
    try_command->add_flag("--tree", trial.tree, "show each message with the names of its groups, segments and fields");
    bool watch = false;
    try_command->add_flag("--watch", watch, "again whenever the configuration or a message is saved, until Ctrl-C");
    try_command->callback([&] {
        if (watch) {
            exit_code = gantry::run_try_watch(conf, trial, std::cout, std::cerr);
            return;
        }
        exit_code = with_configuration(conf, [&](const auto& configuration) {
            return gantry::run_try(configuration, trial, std::cout, std::cerr);
        });
    });

    gantry::TestOptions tests;
    auto* test = app.add_subcommand("test", "run case files");
    test->add_option("paths", tests.paths, "*.case.json, or directories of them; none: those beside the channels");
    test->add_option("--conf", conf, "configuration: a directory or its engine.json");
    test->add_option("--junit", tests.junit, "also write a JUnit report to this file");
    test->add_flag("--bless", tests.bless, "rewrite the expectations to what came out");
    test->add_flag("--coverage", tests.coverage, "list what of the mappings and tables no case used");
    test->add_flag("--json", tests.json, "for machines");
    test->callback([&] {
        exit_code = with_configuration(
            conf, [&](const auto& configuration) { return gantry::run_tests(configuration, tests, std::cout); });
    });

    gantry::NewCaseOptions new_case;
    auto* case_command = app.add_subcommand("case", "case files");
    case_command->require_subcommand(1);
    auto* case_new = case_command->add_subcommand(
        "new", "make a case file from messages: persons are replaced, what comes of them is expected");
    case_new->add_option("channel", new_case.channel, "the channel that takes them")->required();
    case_new->add_option("file", new_case.file, "HL7 file: one message or several")->required();
    case_new->add_option("--out", new_case.out, "where to write it, NAME.case.json; without it, it is printed");
    case_new->add_flag("--keep-ids", new_case.keep_identifiers,
                       "keep the numbers of patients, orders and messages, for a case that stays in the house");
    case_new->add_option("--conf", conf, "configuration: a directory or its engine.json");
    case_new->callback([&] {
        exit_code = with_configuration(conf, [&](const auto& configuration) {
            return gantry::run_case_new(configuration, new_case, std::cout, std::cerr);
        });
    });

    gantry::SendOptions sending;
    std::string send_to;
    int send_timeout = 30;
    auto* send = app.add_subcommand("send", "send messages over MLLP and show the answers");
    send->add_option("host:port", send_to, "where to")->required();
    send->add_option("files", sending.files, "HL7 files")->required();
    send->add_option("--repeat", sending.repeat, "send this many messages in total, and measure");
    send->add_option("--connections", sending.connections, "over this many connections")->check(CLI::Range(1, 4096));
    send->add_option("--rate", sending.rate, "at most this many messages per second")->check(CLI::NonNegativeNumber);
    send->add_option("--start", sending.start, "serial number of the first message");
    send->add_flag("--scatter", sending.scatter, "with --repeat: numbers in no order, each once, below 2^32");
    send->add_option("--journal", sending.journal, "append the control id of each accepted message to this file");
    send->add_option("--timeout", send_timeout, "seconds to wait for a connection or an answer")
        ->check(CLI::Range(1, 3600));
    bool send_tls = false;
    gantry::net::TlsClientOptions tls;
    std::vector<CLI::Option*> tls_options{
        send->add_option("--ca", tls.ca.path,
                         "the authorities of the receiver's certificate; else those of this machine"),
        send->add_option("--certificate", tls.certificate.path, "to show to the receiver"),
        send->add_option("--key", tls.key.path, "of the certificate; else it is in the same file"),
        send->add_option("--server-name", tls.server_name, "that the receiver's certificate must have; else the host")};
    auto* with_tls = send->add_flag("--tls", send_tls, "over TLS");
    for (auto* option : tls_options) option->needs(with_tls);
    send->add_flag("--verbatim", sending.verbatim, "do not give repeated messages numbers of their own");
    send->add_flag("--json", sending.json, "for machines");
    send->callback([&] {
        const auto to = gantry::settings::parse_host_port(send_to);
        if (!to) throw CLI::ValidationError("host:port", "\"" + send_to + "\" is not a host and a port");
        sending.host = to->host;
        sending.port = to->port;
        sending.timeout = std::chrono::seconds(send_timeout);
        if (send_tls) sending.tls = tls;
        exit_code = gantry::run_send(sending, std::cout, std::cerr);
    });

    gantry::UnmergeOptions unmerging;
    auto* patient = app.add_subcommand("patient", "what only a person can decide about patients");
    patient->require_subcommand(1);
    auto* unmerge = patient->add_subcommand("unmerge", "take back a merge; the engine may be running");
    unmerge->add_option("number", unmerging.what.prior, "the number that was merged away: VALUE^^^AUTHORITY")
        ->required();
    unmerge->add_option("--by", unmerging.what.by, "who wants it, for the ledger")->required();
    unmerge->add_option("--reason", unmerging.what.reason, "why, for the ledger");
    unmerge->add_option("--conf", conf, "configuration: a directory or its engine.json");
    unmerge->add_option("--data", unmerging.data, "directory of the database")->capture_default_str();
    unmerge->callback([&] {
        exit_code = with_configuration(conf, [&](const auto& configuration) {
            return gantry::run_unmerge(configuration, unmerging, std::cout, std::cerr);
        });
    });

    gantry::ExplainOptions explaining;
    auto* worklist = app.add_subcommand("worklist", "what modalities are answered");
    worklist->require_subcommand(1);
    auto* explain = worklist->add_subcommand("explain", "why a modality is or is not shown an order");
    explain->add_option("--ae", explaining.ae, "AE title of the modality")->required();
    explain->add_option("--accession", explaining.accession, "accession number of the order")->required();
    explain->add_option(
        "--key", explaining.keys,
        "a key of its query, as findscu -k takes it: \"(0040,0100)[0].0008,0060=CT\"; without any, it asks "
        "for its own AE title");
    explain->add_option("--conf", conf, "configuration: a directory or its engine.json");
    explain->add_option("--data", explaining.data, "directory of the database")->default_val("var");
    explain->add_flag("--json", explaining.json, "for machines");
    explain->callback([&] {
        exit_code = with_configuration(conf, [&](const auto& configuration) {
            return gantry::run_worklist_explain(configuration, explaining, gantry::SystemClock(), std::cout, std::cerr);
        });
    });

    std::string topic, reference_kind, structures_name;
    auto* reference = app.add_subcommand("reference", "print a generated reference page");
    reference->add_option("topic", topic, "what about")
        ->required()
        ->check(CLI::IsMember({"connectors", "settings", "errors", "metrics", "schema", "structures"}));
    reference->add_option(
        "kind", reference_kind,
        "of schema: engine (default), channel, mapping, table or case; of structures: the version of HL7");
    reference->add_option("name", structures_name, "of structures: PID, ORM^O01, ORM_O01, CX or 0119");
    reference->callback([&] {
        exit_code = topic == "structures"
                        ? gantry::run_structures_reference(reference_kind, structures_name, std::cout, std::cerr)
                        : gantry::run_reference(topic, reference_kind, std::cout);
    });

    gantry::RevisionsCommand revisions;
    auto* revisions_command = app.add_subcommand("revisions", "what a channel looked like when, and back to it");
    revisions_command->add_option("channel", revisions.name, "a channel, or mappings/NAME, tables/NAME")->required();
    auto* which = revisions_command->add_option_group("what", "without one of these: the list");
    which->add_option("--show", revisions.show, "print the document of this revision");
    which->add_option("--diff", revisions.diff, "print what this revision changed");
    which->add_option("--restore", revisions.restore, "write the document of this revision to its file");
    which->require_option(0, 1);
    revisions_command->add_option("--conf", conf, "configuration: a directory or its engine.json");
    revisions_command->add_option("--data", revisions.data, "the engine's directory")->capture_default_str();
    revisions_command->add_flag("--json", revisions.json, "for machines");
    revisions_command->callback(
        [&] { exit_code = gantry::run_revisions(*gantry::load_configuration(conf), revisions, std::cout, std::cerr); });

    auto* channel = app.add_subcommand("channel", "the channels of a configuration and their documents");
    channel->require_subcommand(1);
    gantry::ListOptions listing;
    auto* list = channel->add_subcommand("list", "print the channels");
    list->add_option("--group", listing.group, "only those of this group");
    list->add_option("--label", listing.label, "only those with this label: NAME or NAME=VALUE");
    list->add_option("--conf", conf, "configuration: a directory or its engine.json");
    list->add_flag("--json", listing.json, "for machines");
    list->callback(
        [&] { exit_code = gantry::run_channel_list(*gantry::load_configuration(conf), listing, std::cout); });
    std::vector<std::filesystem::path> to_format;
    bool only_check = false;
    auto* format = channel->add_subcommand("format", "write channel documents in their canonical form");
    format->add_option("files", to_format, "channel documents")->required();
    format->add_flag("--check", only_check, "only say which are not; exit code 1");
    format->callback([&] { exit_code = gantry::run_channel_format(to_format, only_check, std::cout, std::cerr); });

    gantry::add_message_commands(app, exit_code);

    auto* version = app.add_subcommand("version", "print the version");
    version->callback([&] { exit_code = gantry::run_version(std::cout); });

    try {
        app.parse(count, arguments);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& wrong) {
        app.exit(wrong);
        return 2;
    } catch (const std::exception& failure) {
        std::cerr << "gantry: something went wrong inside the engine: " << failure.what() << "\n";
        return 70;
    }
    return exit_code;
}
