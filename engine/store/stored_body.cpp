#include "engine/store/stored_body.hpp"

#include <zstd.h>

#include <memory>

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

}  // namespace

StoredBody stored_body(std::string_view bytes) {
    StoredBody out;
    auto* context = compressor();
    if (bytes.size() < least_worth_it || bytes.size() > longest_body || context == nullptr) return out;
    // Room for less than the content: what does not fit is not worth it.
    out.compressed.resize(bytes.size() - bytes.size() / 16);
    const auto length =
        ZSTD_compress2(context, out.compressed.data(), out.compressed.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(length)) return {};
    out.compressed.resize(length);
    out.encoding = BodyEncoding::zstd;
    return out;
}

Result<std::string> original_body(std::int16_t encoding, std::string_view stored) {
    if (encoding == static_cast<std::int16_t>(BodyEncoding::as_received)) return std::string(stored);
    if (encoding != static_cast<std::int16_t>(BodyEncoding::zstd)) return damaged("an encoding nobody knows");
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

}  // namespace gantry::store
