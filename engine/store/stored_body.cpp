#include "engine/store/stored_body.hpp"

#include <zstd.h>

#include <cstring>
#include <memory>

#include "engine/base/base64.hpp"
#include "engine/store/attachments.hpp"

namespace gantry::store {
namespace {

// Fastest of those that find HL7's repeated words; higher ones take twice the time for a hundredth of the size.
constexpr int level = 1;
// An order of 600 bytes becomes 350, of the 4 kB that it takes with its records, for 8 µs of an interpreter that needs
// 25 for it. Results and documents are longer, and become a fifth.
constexpr std::size_t least_worth_it = 1024;

struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

ZSTD_CCtx* compressor() {
    thread_local const std::unique_ptr<ZSTD_CCtx, Free> context = [] {
        std::unique_ptr<ZSTD_CCtx, Free> made(ZSTD_createCCtx());
        if (!made) return made;
        ZSTD_CCtx_setParameter(made.get(), ZSTD_c_compressionLevel, level);
        ZSTD_CCtx_setParameter(made.get(), ZSTD_c_checksumFlag, 1);
        return made;
    }();
    return context.get();
}

ZSTD_DCtx* decompressor() {
    thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    return context.get();
}

Error damaged(const char* how) {
    return {ErrorCode::storage_content_damaged, how, {}};
}

// In at most so much room; empty: it does not fit, or there is no memory.
std::string frame_of(std::string_view bytes, std::size_t room) {
    std::string out;
    auto* context = compressor();
    if (context == nullptr) return out;
    out.resize(room);
    const auto length = ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size());
    out.resize(ZSTD_isError(length) ? 0 : length);
    return out;
}

Result<std::string> content_of_frame(std::string_view stored) {
    const auto length = ZSTD_getFrameContentSize(stored.data(), stored.size());
    if (length == ZSTD_CONTENTSIZE_ERROR || length == ZSTD_CONTENTSIZE_UNKNOWN) return damaged("no frame of zstd");
    // A frame holds no more than about 2^15 times its length; one that says more would only make us allocate.
    constexpr std::size_t most_per_byte = 1 << 17;
    if (length > longest_body || length / most_per_byte > stored.size()) return damaged("longer than any message");
    auto* context = decompressor();
    if (context == nullptr) return damaged("no memory to read it");
    std::string out(static_cast<std::size_t>(length), '\0');
    const auto read = ZSTD_decompressDCtx(context, out.data(), out.size(), stored.data(), stored.size());
    if (ZSTD_isError(read) || read != out.size()) return damaged("not the frame that it was");
    return out;
}

void append_integer(std::string& to, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) to.push_back(static_cast<char>(value >> (8 * i)));
}

// Where an attachment belongs.
struct Place {
    std::uint64_t before = 0, length = 0;
    Attachments::Reference reference;
};
constexpr std::size_t place_size = 8 + 8 + 1 + std::tuple_size_v<Digest>;

void append(std::string& to, const Place& place) {
    append_integer(to, place.before, 8);
    append_integer(to, place.length, 8);
    append_integer(to, place.reference.base64 ? 1 : 0, 1);
    to.append(reinterpret_cast<const char*>(place.reference.digest.data()), place.reference.digest.size());
}

// What is left to read of a frame's content; the caller knows that it is there.
struct Cursor {
    std::string_view left;
    std::string_view take(std::size_t count) {
        const auto out = left.substr(0, count);
        left.remove_prefix(out.size());
        return out;
    }
    std::uint64_t integer(std::size_t width) {
        std::uint64_t out = 0;
        const auto bytes = take(width);
        for (std::size_t i = bytes.size(); i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[i]);
        return out;
    }
};

struct Parted {
    std::vector<Place> places;
    std::string_view rest;
};

Result<Parted> parted(std::string_view content) {
    Parted out;
    Cursor cursor{content};
    const auto count = cursor.integer(4);
    if (count > cursor.left.size() / place_size) return damaged("more attachments than it has room for");
    std::uint64_t whole = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto& place = out.places.emplace_back();
        place.before = cursor.integer(8);
        place.length = cursor.integer(8);
        place.reference.base64 = cursor.integer(1) != 0;
        const auto digest = cursor.take(place.reference.digest.size());
        std::memcpy(place.reference.digest.data(), digest.data(), digest.size());
        if (place.before > longest_body || place.length > longest_body) return damaged("longer than any message");
        whole += place.length;
        if (whole > longest_body) return damaged("longer than any message");
    }
    out.rest = cursor.left;
    std::uint64_t before = 0;
    for (const auto& place : out.places) before += place.before;
    if (before > out.rest.size()) return damaged("attachments behind its end");
    return out;
}

Result<std::string> put_together(std::string_view content, const AttachmentReader& attachment) {
    const auto parts = parted(content);
    if (!parts) return parts.error();
    std::string out;
    Cursor rest{parts->rest};
    for (const auto& place : parts->places) {
        out += rest.take(static_cast<std::size_t>(place.before));
        const auto& digest = place.reference.digest;
        const auto name = hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
        const auto bytes = attachment ? attachment(name) : std::nullopt;
        if (!bytes) return damaged("an attachment is missing or damaged");
        const auto text = place.reference.base64 ? to_base64(*bytes) : *bytes;
        if (text.size() != place.length) return damaged("an attachment of another length");
        out += text;
    }
    out += rest.left;
    return out;
}

constexpr bool is(std::int16_t encoding, BodyEncoding what) {
    return encoding == static_cast<std::int16_t>(what);
}

}  // namespace

StoredBody stored_body(std::string_view bytes) {
    StoredBody out;
    if (bytes.size() < least_worth_it || bytes.size() > longest_body) return out;
    // Room for less than the content: what does not fit is not worth it.
    out.compressed = frame_of(bytes, bytes.size() - bytes.size() / 16);
    if (!out.compressed.empty()) out.encoding = BodyEncoding::zstd;
    return out;
}

StoredBody stored_body(std::string_view bytes, Attachments& attachments) {
    if (bytes.size() < least_attachment || bytes.size() > longest_body) return stored_body(bytes);
    const auto runs = attachment_runs(bytes);
    if (runs.empty()) return stored_body(bytes);
    std::string content, rest;
    append_integer(content, runs.size(), 4);
    std::size_t end = 0;
    for (const auto& run : runs) {
        append(content, {run.begin - end, run.length, attachments.take(bytes.substr(run.begin, run.length))});
        rest += bytes.substr(end, run.begin - end);
        end = run.begin + run.length;
    }
    content.append(rest).append(bytes.substr(end));
    StoredBody out{BodyEncoding::with_attachments, frame_of(content, ZSTD_compressBound(content.size()))};
    return out.compressed.empty() ? stored_body(bytes) : out;
}

Result<std::string> original_body(std::int16_t encoding, std::string_view stored, const AttachmentReader& attachment) {
    if (is(encoding, BodyEncoding::as_received)) return std::string(stored);
    if (is(encoding, BodyEncoding::zstd)) return content_of_frame(stored);
    if (!is(encoding, BodyEncoding::with_attachments)) return damaged("an encoding nobody knows");
    const auto content = content_of_frame(stored);
    if (!content) return content.error();
    return put_together(*content, attachment);
}

Result<std::string> body_without_attachments(std::int16_t encoding, std::string_view stored) {
    if (!is(encoding, BodyEncoding::with_attachments)) return original_body(encoding, stored);
    const auto content = content_of_frame(stored);
    if (!content) return content.error();
    const auto parts = parted(*content);
    if (!parts) return parts.error();
    return std::string(parts->rest);
}

}  // namespace gantry::store
