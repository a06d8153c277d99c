// Tells when files are saved: written and closed, renamed into their place (as editors do that write a new file first),
// or deleted. Linux inotify on the directories, so that a file may be replaced and may come later.
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry {

// Used by one thread.
class FileWatch {
  public:
    using Wanted = std::function<bool(const std::string& name)>;

    // Errors: config_missing_file, when this system gives no watch.
    static Result<FileWatch> open();
    FileWatch(FileWatch&& other) noexcept;
    FileWatch& operator=(FileWatch&&) = delete;
    ~FileWatch();

    // Files directly in this directory whose name is wanted. A directory may be given again; what was wanted there
    // before no longer is once forget() was called in between. One that is not there is left out.
    void add(const std::filesystem::path& directory, Wanted wanted);
    void forget();

    // Waits until a wanted file was saved and for `quiet` no other was, which is how long an editor may take over one
    // save; answers the names of what was saved, each once. Empty: `stop` became readable. What was saved before the
    // call counts.
    std::vector<std::string> wait(int stop, std::chrono::milliseconds quiet = std::chrono::milliseconds(5));

  private:
    explicit FileWatch(int descriptor) : descriptor_(descriptor) {}
    void read_events(std::vector<std::string>& names);

    int descriptor_ = -1;
    std::map<int, std::vector<Wanted>> wanted_;  // by inotify's number of the directory
};

}  // namespace gantry
