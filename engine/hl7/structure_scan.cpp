#include "engine/hl7/structure_scan.hpp"

#include <bit>
#include <cstring>

#if defined(__x86_64__) && !defined(GANTRY_PORTABLE_SCAN)
#include <immintrin.h>
#endif

namespace gantry::hl7 {

namespace {

constexpr std::uint64_t each_byte = 0x0101010101010101, low_bits = 0x7f7f7f7f7f7f7f7f;

// The top bit of every byte of `word` that equals the byte repeated in `pattern`; exact, no byte disturbs another.
std::uint64_t equal_bytes(std::uint64_t word, std::uint64_t pattern) {
    const auto different = word ^ pattern;
    return ~(((different & low_bits) + low_bits) | different | low_bits);
}

// The top bits of the eight bytes, side by side: bit i is that of byte i.
std::uint64_t gathered(std::uint64_t tops) {
    return ((tops >> 7) * 0x0102040810204080) >> 56;
}

std::uint64_t eight_bytes(const char* data) {
    std::uint64_t word;
    std::memcpy(&word, data, sizeof(word));
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

}  // namespace

void scan_structure_portable(const char* data, std::size_t blocks, char separator, BlockMasks* out) {
    const auto field = each_byte * static_cast<unsigned char>(separator);
    for (std::size_t b = 0; b < blocks; ++b) {
        BlockMasks masks{0, 0};
        for (unsigned i = 0; i < 64; i += 8, data += 8) {
            const auto word = eight_bytes(data);
            const auto ends = equal_bytes(word, each_byte * '\r') | equal_bytes(word, each_byte * '\n');
            masks.separators |= gathered(equal_bytes(word, field)) << i;
            masks.ends |= gathered(ends) << i;
        }
        out[b] = masks;
    }
}

#if defined(__x86_64__) && !defined(GANTRY_PORTABLE_SCAN)
namespace {

void scan_sse2(const char* data, std::size_t blocks, char separator, BlockMasks* out) {
    const auto field = _mm_set1_epi8(separator), cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
    for (std::size_t b = 0; b < blocks; ++b) {
        BlockMasks masks{0, 0};
        for (unsigned i = 0; i < 64; i += 16, data += 16) {
            const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data));
            const auto ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, cr), _mm_cmpeq_epi8(bytes, lf));
            const auto fields = _mm_cmpeq_epi8(bytes, field);
            masks.separators |= std::uint64_t(static_cast<unsigned>(_mm_movemask_epi8(fields))) << i;
            masks.ends |= std::uint64_t(static_cast<unsigned>(_mm_movemask_epi8(ends))) << i;
        }
        out[b] = masks;
    }
}

__attribute__((target("avx2"))) void scan_avx2(const char* data, std::size_t blocks, char separator, BlockMasks* out) {
    const auto field = _mm256_set1_epi8(separator), cr = _mm256_set1_epi8('\r'), lf = _mm256_set1_epi8('\n');
    for (std::size_t b = 0; b < blocks; ++b) {
        BlockMasks masks{0, 0};
        for (unsigned i = 0; i < 64; i += 32, data += 32) {
            const auto bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
            const auto ends = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, cr), _mm256_cmpeq_epi8(bytes, lf));
            const auto fields = _mm256_cmpeq_epi8(bytes, field);
            masks.separators |= std::uint64_t(static_cast<unsigned>(_mm256_movemask_epi8(fields))) << i;
            masks.ends |= std::uint64_t(static_cast<unsigned>(_mm256_movemask_epi8(ends))) << i;
        }
        out[b] = masks;
    }
}

}  // namespace

StructureScan best_structure_scan() {
    static const StructureScan best = __builtin_cpu_supports("avx2") ? scan_avx2 : scan_sse2;
    return best;
}
#else
StructureScan best_structure_scan() {
    return scan_structure_portable;
}
#endif

}  // namespace gantry::hl7
