#include "engine/hl7/mllp.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::hl7;

namespace {

struct Outcome {
    std::string frames;  // one line each: content, then the flags
    std::size_t junk;
    bool in_frame;
    bool operator==(const Outcome&) const = default;
};

void drain(MllpDecoder& decoder, std::string& out) {
    while (const auto frame = decoder.next())
        out += "[" + frame->content + "]" + (frame->missing_start ? "s" : "") + (frame->too_large ? "L" : "");
}

Outcome decoded(std::string_view bytes, const std::vector<std::size_t>& cuts, std::size_t limit = 100) {
    MllpDecoder decoder(limit);
    Outcome out{};
    std::size_t at = 0;
    for (const auto cut : cuts) {
        decoder.feed(bytes.substr(at, cut - at));
        drain(decoder, out.frames);
        at = cut;
    }
    decoder.feed(bytes.substr(at));
    drain(decoder, out.frames);
    out.junk = decoder.junk();
    out.in_frame = decoder.in_frame();
    return out;
}

struct Row {
    std::string bytes, frames;
    std::size_t junk;
};

const std::string start = "\x0B", end = "\x1C", stop = "\x1C\r";

std::vector<Row> rows() {
    return {
        {start + "MSH|1\r" + stop, "[MSH|1\r]", 0},
        {start + "MSH|1" + stop + start + "MSH|2" + stop, "[MSH|1][MSH|2]", 0},
        {start + "MSH|1" + end + start + "MSH|2" + end, "[MSH|1][MSH|2]", 0},
        {start + "MSH|1" + stop + "\n\r\n" + start + "MSH|2" + stop + "\n", "[MSH|1][MSH|2]", 0},
        {"MSH|1\r" + stop, "[MSH|1\r]s", 0},
        {"GET / HTTP/1.1" + stop, "[GET / HTTP/1.1]s", 0},
        {"junk" + start + "MSH|1" + stop, "[MSH|1]", 4},
        {stop + stop + start + "MSH|1" + stop, "[MSH|1]", 2},
        {start + stop, "[]", 0},
        {start + "MSH|given up" + start + "MSH|again" + stop, "[MSH|again]", 12},
        {start + "MSH|a" + start + "b" + start + "MS" + stop,
         "[MSH|a\x0B"
         "b\x0BMS]",
         0},
        {start + start + "MSH|1" + stop, "[MSH|1]", 0},
        {start + "MSH|1", "", 0},
        {start + "MSH|" + std::string(97, 'x') + stop + start + "MSH|2" + stop,
         "[MSH|" + std::string(96, 'x') + "]L[MSH|2]", 0},
        {start + "MSH|" + std::string(96, 'x') + stop, "[MSH|" + std::string(96, 'x') + "]", 0},
        {std::string(300, 'x') + stop + start + "MSH|2" + stop, "[" + std::string(100, 'x') + "]sL[MSH|2]", 0},
        {start + std::string(300, 'x') + start + "MSH|2" + stop, "[" + std::string(100, 'x') + "]L[MSH|2]", 0},
        {start + std::string(300, 'x') + start + "no" + stop, "[" + std::string(100, 'x') + "]L", 0},
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mllp)

BOOST_AUTO_TEST_CASE(frames) {
    for (const auto& row : rows()) {
        const auto out = decoded(row.bytes, {});
        BOOST_TEST(out.frames == row.frames);
        BOOST_TEST(out.junk == row.junk, row.frames);
    }
}

BOOST_AUTO_TEST_CASE(any_two_cuts_give_the_same) {
    std::string everything;
    for (const auto& row : rows()) everything += row.bytes;
    for (const auto& row : rows()) {
        const auto expected = decoded(row.bytes, {});
        for (std::size_t a = 0; a <= row.bytes.size(); ++a)
            for (std::size_t b = a; b <= row.bytes.size(); b += 1 + (b - a) / 8)
                BOOST_REQUIRE(decoded(row.bytes, {a, b}) == expected);
    }
    const auto expected = decoded(everything, {});
    for (std::size_t width = 1; width < 40; ++width) {
        std::vector<std::size_t> cuts;
        for (std::size_t at = width; at < everything.size(); at += width) cuts.push_back(at);
        BOOST_REQUIRE(decoded(everything, cuts) == expected);
    }
}

BOOST_AUTO_TEST_CASE(writes_what_it_reads) {
    BOOST_TEST(mllp_frame("MSH|1\r") == "\x0BMSH|1\r\x1C\r");
    MllpDecoder decoder;
    decoder.feed(mllp_frame("MSH|1\r"));
    BOOST_TEST(decoder.next()->content == "MSH|1\r");
    BOOST_TEST(!decoder.in_frame());
    decoder.feed(start);
    BOOST_TEST(!decoder.next().has_value());
    BOOST_TEST(decoder.in_frame());
}

BOOST_AUTO_TEST_CASE(a_frame_fed_by_the_byte_costs_no_rescan) {
    MllpDecoder decoder(4u << 20);
    const std::string big = mllp_frame("MSH|" + std::string(2u << 20, '\x0B'));
    for (const char c : big) {
        decoder.feed({&c, 1});
        if (const auto frame = decoder.next()) BOOST_TEST(frame->content.size() == big.size() - 3);
    }
    BOOST_TEST(!decoder.in_frame());
}

BOOST_AUTO_TEST_SUITE_END()
