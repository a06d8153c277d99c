#include "engine/admin/readiness.hpp"

#include <algorithm>

#include "engine/json/writer.hpp"

namespace gantry::admin {

ReadyPart disk_part(const std::filesystem::path& data) {
    ReadyPart out{"disk", true, {}, {}, {}};
    std::error_code failed;
    const auto space = std::filesystem::space(data, failed);
    if (failed) {
        out.ready = false;
        out.why = "the data directory cannot be asked: " + failed.message();
        return out;
    }
    out.free_bytes = space.available;
    if (space.available < little_room) out.why = "little room is left";
    return out;
}

bool is_ready(const std::vector<ReadyPart>& parts) {
    return std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.ready; });
}

net::HttpResponse readiness_answer(const std::vector<ReadyPart>& parts) {
    const bool ready = is_ready(parts);
    json::Writer out;
    out.begin_object().member("ready", ready).key("parts").begin_array();
    for (const auto& part : parts) {
        out.begin_object().member("part", part.part).member("ready", part.ready);
        out.member_if("why", part.why).member_if("place", part.place);
        if (part.free_bytes) out.member("free_bytes", static_cast<std::int64_t>(*part.free_bytes));
        out.end_object();
    }
    out.end_array().end_object();
    return {ready ? 200 : 503,
            {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            std::move(out).text()};
}

}  // namespace gantry::admin
