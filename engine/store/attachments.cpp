#include "engine/store/attachments.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/base/base64.hpp"
#include "engine/store/stored_body.hpp"

namespace gantry::store {
namespace {

// Of one body; no message has so many, and each is compared with those before. What follows stays in the body.
constexpr std::size_t most_attachments = 256;

constexpr auto run_characters = [] {
    std::array<bool, 256> out{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\\."))
        out[static_cast<unsigned char>(c)] = true;
    return out;
}();

bool in_run(char c) {
    return run_characters[static_cast<unsigned char>(c)];
}

AttachmentRun run_around(std::string_view body, std::size_t at, std::size_t from) {
    auto begin = at, end = at;
    while (begin > from && in_run(body[begin - 1])) --begin;
    while (end < body.size() && in_run(body[end])) ++end;
    return {begin, end - begin};
}

std::optional<std::string> bytes_of_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    auto bytes = from_base64(text);
    if (!bytes || to_base64(*bytes) != text) return std::nullopt;
    return bytes;
}

std::string media_type_of(std::string_view bytes, const std::vector<effects::ReportChange>& reports) {
    for (const auto& report : reports)
        for (const auto& document : report.documents)
            if (document.bytes == bytes) return document.media_type;
    return {};
}

std::string hexadecimal(const Digest& digest) {
    return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

std::vector<AttachmentRun> attachment_runs(std::string_view body) {
    std::vector<AttachmentRun> out;
    std::size_t from = 0;
    for (auto at = least_attachment - 1; at < body.size() && out.size() < most_attachments; at += least_attachment) {
        if (at < from || !in_run(body[at])) continue;
        const auto run = run_around(body, at, from);
        from = run.begin + run.length;
        if (run.length >= least_attachment) out.push_back(run);
    }
    return out;
}

Attachments::Reference Attachments::take(std::string_view text) {
    const auto seen = std::find_if(seen_.begin(), seen_.end(), [&](const Seen& one) { return one.text == text; });
    if (seen != seen_.end()) return seen->reference;
    const auto bytes = bytes_of_base64(text);
    const auto kept = bytes ? std::string_view(*bytes) : text;
    const Reference reference{bytes.has_value(), sha256(kept)};
    add(reference.digest, kept);
    seen_.push_back({text, reference});
    return reference;
}

void Attachments::add(const Digest& digest, std::string_view bytes) {
    auto name = hexadecimal(digest);
    const auto same = [&](const Attachment& one) { return one.digest == name; };
    if (std::any_of(attachments_.begin(), attachments_.end(), same)) return;
    const auto stored = stored_body(bytes);
    attachments_.push_back(
        {std::move(name), media_type_of(bytes, reports_), stored.encoding, std::string(stored.bytes(bytes))});
}

}  // namespace gantry::store
