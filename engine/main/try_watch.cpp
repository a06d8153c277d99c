#include "engine/main/try_watch.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <ostream>

namespace gantry {
namespace {

namespace fs = std::filesystem;
constexpr int done = 0, io_failed = 74;

bool is_configuration(const std::string& name) {
    return is_document(name) || is_script(name);
}

// Readable when the process is asked to end; until it is closed these signals do nothing else.
int ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

}  // namespace

TryWatch::TryWatch(FileWatch watch, fs::path configuration, TryOptions options, std::ostream& out, std::ostream& err)
    : watch_(std::move(watch)), path_(std::move(configuration)), options_(std::move(options)), out_(out), err_(err) {
    configuration_ = load_configuration(path_);
    this->watch(*configuration_);
}

// The directories may be others than before.
void TryWatch::watch(const Configuration& configuration) {
    watch_.forget();
    const auto base = configuration.file.parent_path();
    watch_.add(base, is_configuration);
    for (const auto& directory :
         {configuration.options.channels, configuration.options.mappings, configuration.options.tables})
        watch_.add(base / directory, is_configuration);
    for (const auto& file : options_.files)
        watch_.add(file.parent_path(),
                   [name = file.filename().string()](const std::string& saved) { return saved == name; });
}

void TryWatch::show() {
    configuration_ = load_configuration(path_, configuration_.get());
    watch(*configuration_);
    if (configuration_->has_errors()) {
        for (const auto& problem : configuration_->problems) err_ << problem.text() << "\n";
    } else {
        run_try(*configuration_, options_, out_, err_);
    }
    out_.flush();
    err_.flush();
}

bool TryWatch::show_next(int stop) {
    const auto saved = watch_.wait(stop);
    if (saved.empty()) return false;
    if (!options_.json) {
        out_ << "\n== ";
        for (const auto& name : saved) out_ << name << " ";
        out_ << "==\n" << std::flush;
    }
    show();
    return true;
}

int run_try_watch(const fs::path& configuration, const TryOptions& options, std::ostream& out, std::ostream& err) {
    auto watch = FileWatch::open();
    const int stop = ending_signals();
    if (!watch || stop < 0) {
        err << "gantry try: " << (watch ? "signals cannot be waited for" : watch.error().text()) << "\n";
        return io_failed;
    }
    TryWatch trying(std::move(*watch), configuration, options, out, err);
    trying.show();
    while (trying.show_next(stop)) {
    }
    ::close(stop);
    return done;
}

}  // namespace gantry
