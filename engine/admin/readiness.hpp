// Whether the engine can do its work, part by part: the store, the disk, each source. /readyz says one word of it to
// whoever asks, /api/ready all of it to this machine (local_only.hpp):
//
//   {"ready": false, "parts": [
//     {"part": "store", "ready": false, "why": "the disk that holds it is full"},
//     {"part": "disk", "ready": true, "free_bytes": 4096, "why": "little room is left"},
//     {"part": "source his-orders", "ready": true, "place": "127.0.0.1:2575"}]}
//
// 200 when it is ready, else 503. A part may be ready and still have something to say in "why".
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/net/http.hpp"

namespace gantry::admin {

struct ReadyPart {
    std::string part;
    bool ready = true;
    std::string why, place;                   // left out where empty
    std::optional<std::uint64_t> free_bytes;  // of the disk
};

// With less free than this a person should make room; nothing else changes until the disk is full.
inline constexpr std::uint64_t little_room = 512u << 20;

// The file system of the data directory. It is not ready where it cannot be asked; a full one shows in the store.
ReadyPart disk_part(const std::filesystem::path& data);

bool is_ready(const std::vector<ReadyPart>& parts);
// Of GET /api/ready.
net::HttpResponse readiness_answer(const std::vector<ReadyPart>& parts);

}  // namespace gantry::admin
