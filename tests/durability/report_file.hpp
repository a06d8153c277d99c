// What a library that was loaded into the engine has counted, as it stands in the file that they shared.
#pragma once
#include <array>
#include <filesystem>
#include <fstream>

namespace gantry::durability {

template <class Report>
class ReportFile {
  public:
    // Zeros where there is no such file.
    explicit ReportFile(const std::filesystem::path& file) {
        std::ifstream(file, std::ios::binary).read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
    }
    const Report& operator*() const { return *reinterpret_cast<const Report*>(bytes_.data()); }
    const Report* operator->() const { return &**this; }

  private:
    alignas(Report) std::array<char, sizeof(Report)> bytes_{};
};

}  // namespace gantry::durability
