// The command line. Each command's work is a function of its own; here are only names, options and help.
#include <CLI/CLI.hpp>

#include <iostream>

#include "engine/main/check.hpp"
#include "engine/main/serve.hpp"

namespace {

// --conf names a directory or its engine.json; an installation has it in /etc/gantry.
std::string default_configuration() {
    return std::filesystem::exists("conf/engine.json") ? "conf" : "/etc/gantry";
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

    std::string topic;
    auto* reference = app.add_subcommand("reference", "print a generated reference page");
    reference->add_option("topic", topic, "what about")
        ->required()
        ->check(CLI::IsMember({"connectors", "settings", "errors", "metrics", "schema"}));
    reference->callback([&] { exit_code = gantry::run_reference(topic, std::cout); });

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
