// The sound configuration of tests/engine/main/broken in a directory of its own, to be changed.
#pragma once
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace gantry::testing {

inline const std::filesystem::path broken = std::filesystem::path(GANTRY_SOURCE_DIR) / "tests/engine/main/broken";

inline std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    BOOST_REQUIRE_MESSAGE(in, path);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

class ConfigurationCopy {
  public:
    ConfigurationCopy()
        : path_(std::filesystem::temp_directory_path() / ("gantry_configuration_" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::copy(broken / "sound", path_, std::filesystem::copy_options::recursive);
    }
    ~ConfigurationCopy() { std::filesystem::remove_all(path_); }
    ConfigurationCopy(const ConfigurationCopy&) = delete;
    ConfigurationCopy& operator=(const ConfigurationCopy&) = delete;
    const std::filesystem::path& path() const { return path_; }

    // `before` is there once.
    void change(const std::string& file, const std::string& before, const std::string& after) {
        auto text = text_of(path_ / file);
        const auto at = text.find(before);
        BOOST_REQUIRE_MESSAGE(at != std::string::npos && text.find(before, at + 1) == std::string::npos, before);
        write(path_ / file, text.replace(at, before.size(), after));
    }

  private:
    std::filesystem::path path_;
};

}  // namespace gantry::testing
