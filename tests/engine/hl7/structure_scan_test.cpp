#include "engine/hl7/structure_scan.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::hl7;

BOOST_AUTO_TEST_SUITE(structure_scan)

BOOST_AUTO_TEST_CASE(the_fast_way_sees_what_the_portable_way_sees) {
    constexpr std::size_t blocks = 50;
    std::string bytes;
    for (unsigned i = 0, x = 7; i < blocks * 64 + 1; ++i, x = x * 1664525 + 1013904223)
        bytes.push_back("|\r\n^A|\xFF\x8A\x8D"[x >> 24 & 7]);
    for (const char separator : {'|', '^', '#'})
        for (const std::size_t shift : {0, 1}) {
            BlockMasks fast[blocks], plain[blocks];
            best_structure_scan()(bytes.data() + shift, blocks, separator, fast);
            scan_structure_portable(bytes.data() + shift, blocks, separator, plain);
            for (std::size_t b = 0; b < blocks; ++b) {
                BOOST_TEST(fast[b].separators == plain[b].separators);
                BOOST_TEST(fast[b].ends == plain[b].ends);
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()
