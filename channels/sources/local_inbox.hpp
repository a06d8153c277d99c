// Files in a directory of this machine.
#pragma once
#include <filesystem>
#include <memory>

#include "channels/sources/claimed_file.hpp"
#include "channels/sources/file_inbox.hpp"
#include "channels/sources/watched_directory.hpp"

namespace gantry::channels {

class LocalInbox final : public FileInbox {
  public:
    struct Places {
        std::filesystem::path directory, archive, error, replies;  // archive, replies: empty, there is none
    };
    LocalInbox(Places places, const std::string& reader, WatchRules rules);

    Result<Entered> enter() override;
    bool entered_anew() const override { return watched_.entered_anew(); }
    void leave() override { watched_.leave(); }
    Result<std::vector<std::string>> claimed() override { return watched_.claimed(); }
    Result<std::vector<std::string>> look(Instant now) override { return watched_.look(now); }
    Result<std::optional<std::string>> claim(const std::string& name) override;
    Result<void> give_back(const std::string& claimed) override;
    Result<std::string> read(const std::string& claimed, std::size_t limit) override;
    Result<bool> changed(const std::string& claimed) override;
    Result<void> archive(const std::string& claimed, Instant now) override;
    Result<void> refuse(const std::string& claimed, const std::string& report, Instant now) override;
    Result<void> answer(const std::string& claimed, const std::string& acknowledgments, Instant now) override;

  private:
    const Places places_;
    WatchedDirectory watched_;
    std::optional<ClaimedFile> read_;  // kept open: whose name it has meanwhile does not matter
};

}  // namespace gantry::channels
