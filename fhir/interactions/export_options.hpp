// What an export may take: of the disk, and for how long.
#pragma once
#include <chrono>

#include "engine/settings/schema.hpp"

namespace gantry::fhir {

struct ExportOptions {
    std::size_t jobs = 4;                         // asked for and not finished; one is made at a time
    std::chrono::hours age{24};                   // from when it was asked for; then its files are removed
    settings::ByteSize size{50'000'000'000};      // of all exports that are there
    settings::ByteSize keep_free{1'000'000'000};  // of the file system, for the engine itself
    settings::ByteSize part{16u << 20};           // of one file, about; a file is answered whole, so it is in memory
};
const settings::Schema<ExportOptions>& export_schema();

}  // namespace gantry::fhir
