#include "engine/hl7/structure_scan.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace gantry::hl7 {

void scan_structure_portable(const char* data, std::size_t blocks, char separator, BlockMasks* out) {
    for (std::size_t b = 0; b < blocks; ++b, data += 64) {
        BlockMasks masks{0, 0};
        for (unsigned i = 0; i < 64; ++i) {
            masks.separators |= std::uint64_t(data[i] == separator) << i;
            masks.ends |= std::uint64_t(data[i] == '\r' || data[i] == '\n') << i;
        }
        out[b] = masks;
    }
}

#ifdef __x86_64__
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
