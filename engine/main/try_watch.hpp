// `gantry try --watch`: the same again whenever a document of the configuration or one of the messages is saved.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <memory>

#include "engine/main/file_watch.hpp"
#include "engine/main/try_messages.hpp"

namespace gantry {

// Used by one thread.
class TryWatch {
  public:
    // configuration: a directory or its engine.json. The streams outlive it.
    TryWatch(FileWatch watch, std::filesystem::path configuration, TryOptions options, std::ostream& out,
             std::ostream& err);

    // Reads what has changed and shows what comes of it: the messages as `gantry try` does, or what is wrong with the
    // configuration. Saves count from here on.
    void show();
    // Waits for the next save and shows again; false: `stop` became readable.
    bool show_next(int stop);

  private:
    void watch(const Configuration& configuration);

    FileWatch watch_;
    std::filesystem::path path_;
    TryOptions options_;
    std::unique_ptr<const Configuration> configuration_;  // as it was last; what did not change is used again
    std::ostream& out_;
    std::ostream& err_;
};

// Until SIGINT or SIGTERM. Answers the exit code: 0, or 74 when files cannot be watched.
int run_try_watch(const std::filesystem::path& configuration, const TryOptions& options, std::ostream& out,
                  std::ostream& err);

}  // namespace gantry
