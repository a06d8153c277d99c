// Tells when a file of the configuration may have changed, by inotify: engine.json and the directories it names.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <vector>

namespace gantry {

// Used by one thread.
class ConfigurationWatch {
  public:
    ConfigurationWatch() = default;
    ~ConfigurationWatch();
    ConfigurationWatch(const ConfigurationWatch&) = delete;
    ConfigurationWatch& operator=(const ConfigurationWatch&) = delete;

    // From now on these directories, and no others. False: the system watches no more for us.
    bool watch(const std::vector<std::filesystem::path>& directories);

    // To poll for input; -1: nothing is watched.
    int descriptor() const { return descriptor_; }
    // After input: whether a file that could be a document was written, moved or removed. Temporary files of editors
    // are none.
    bool changed();

  private:
    void close();
    int descriptor_ = -1;
};

}  // namespace gantry
