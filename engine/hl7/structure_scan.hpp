// The comparison loop under index.hpp, alone so that it can be measured and replaced.
#pragma once
#include <cstddef>
#include <cstdint>

namespace gantry::hl7 {

// Where the bytes of one 64-byte block are: bit i speaks of byte i.
struct BlockMasks {
    std::uint64_t separators, ends;  // ends: CR or LF
};

// data: `blocks` whole blocks of 64 bytes.
using StructureScan = void (*)(const char* data, std::size_t blocks, char separator, BlockMasks* out);

StructureScan best_structure_scan();
void scan_structure_portable(const char* data, std::size_t blocks, char separator, BlockMasks* out);

}  // namespace gantry::hl7
