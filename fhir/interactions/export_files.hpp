// The files of one export: newline-delimited JSON, of each type as many parts as it takes. A file has its name only
// when all of it is on disk; until then it is called "….part", which nobody is served.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/durable_file.hpp"
#include "engine/base/result.hpp"

namespace gantry::fhir {

struct ExportedFile {
    std::string_view type;
    std::string name;  // "ServiceRequest.1.ndjson"
    std::int64_t resources = 0;
};

// One thread.
class ExportFiles {
  public:
    struct Limits {
        std::size_t part = 0;          // bytes of a file, about
        std::uintmax_t budget = 0;     // of all of them
        std::uintmax_t keep_free = 0;  // of the file system
    };
    // directory: there, and empty. What has no name yet when this ends is left to whoever removes the directory.
    ExportFiles(std::filesystem::path directory, const Limits& limits)
        : directory_(std::move(directory)), limits_(limits) {}

    // type: owned by the program. json: without a line break. Errors: io, saying what is at its end.
    Result<void> add(std::string_view type, std::string_view json);
    // All files are on disk under their names; in the order of types and parts.
    Result<std::vector<ExportedFile>> finish();

  private:
    struct Part {
        Descriptor file;
        std::string waiting;  // to be written
        std::size_t bytes = 0;
        ExportedFile about;
    };
    Result<Part*> part_of(std::string_view type);
    Result<void> write(Part& part);
    Result<void> close(Part& part);
    Result<void> room_for(std::size_t bytes);

    std::filesystem::path directory_;
    Limits limits_;
    std::uintmax_t written_ = 0, looked_at_ = 0;
    std::map<std::string_view, Part> open_;
    std::map<std::string_view, std::vector<ExportedFile>> done_;
};

}  // namespace gantry::fhir
