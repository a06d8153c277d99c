#include "engine/sftp/packets.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/sftp/reply_packets.hpp"

using namespace gantry;
using namespace gantry::sftp;
using testing::number;
using testing::text;
using namespace std::string_literals;

namespace {

const Reply samples[] = {
    {1, Status::ok},
    {2, Status::unsupported},
    {0xffffffff, Handle{"\0\0\0\1"s}},
    {4, Data{"MSH|\r\0\xff"s}},
    {5, Names{}},
    {6, Names{{{"a.hl7", {7, 0100640, 1'700'000'000}}, {"", {}}, {"caf\xc3\xa9", {{}, 0040755, {}}}}}},
    {7, Attributes{}},
    {8, Attributes{std::uint64_t(5) << 32, 0100644, 0xffffffff}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_sftp_packets)

// Byte by byte as the draft has them.
BOOST_AUTO_TEST_CASE(requests_are_as_the_draft_says) {
    BOOST_TEST(init_packet() == "\0\0\0\5\1\0\0\0\3"s);
    BOOST_TEST(open_packet(7, "a", OpenFor::reading) == "\0\0\0\x12\3\0\0\0\7\0\0\0\1a\0\0\0\1\0\0\0\0"s);
    BOOST_TEST(open_packet(7, "a", OpenFor::writing_anew) ==
               "\0\0\0\x16\3\0\0\0\7\0\0\0\1a\0\0\0\x1a\0\0\0\4\0\0\1\xa0"s);
    BOOST_TEST(close_packet(1, "h") == "\0\0\0\x0a\4\0\0\0\1\0\0\0\1h"s);
    BOOST_TEST(read_packet(1, "h", 0x100000002, 9) == "\0\0\0\x16\5\0\0\0\1\0\0\0\1h\0\0\0\1\0\0\0\2\0\0\0\x09"s);
    BOOST_TEST(write_packet(1, "h", 3, "xy") == "\0\0\0\x18\6\0\0\0\1\0\0\0\1h\0\0\0\0\0\0\0\3\0\0\0\2xy"s);
    BOOST_TEST(lstat_packet(1, "p") == "\0\0\0\x0a\7\0\0\0\1\0\0\0\1p"s);
    BOOST_TEST(fstat_packet(1, "h") == "\0\0\0\x0a\x08\0\0\0\1\0\0\0\1h"s);
    BOOST_TEST(opendir_packet(1, "p") == "\0\0\0\x0a\x0b\0\0\0\1\0\0\0\1p"s);
    BOOST_TEST(readdir_packet(1, "h") == "\0\0\0\x0a\x0c\0\0\0\1\0\0\0\1h"s);
    BOOST_TEST(remove_packet(1, "p") == "\0\0\0\x0a\x0d\0\0\0\1\0\0\0\1p"s);
    BOOST_TEST(mkdir_packet(1, "p") == "\0\0\0\x12\x0e\0\0\0\1\0\0\0\1p\0\0\0\4\0\0\1\xe8"s);
    BOOST_TEST(rename_packet(1, "a", "b") == "\0\0\0\x0f\x12\0\0\0\1\0\0\0\1a\0\0\0\1b"s);
    BOOST_TEST(posix_rename_packet(1, "a", "b") ==
               "\0\0\0\x2b\xc8\0\0\0\1\0\0\0\x18posix-rename@openssh.com\0\0\0\1a\0\0\0\1b"s);
    BOOST_TEST(fsync_packet(1, "h") == "\0\0\0\x1f\xc8\0\0\0\1\0\0\0\x11"s + "fsync@openssh.com\0\0\0\1h"s);
}

BOOST_AUTO_TEST_CASE(replies_are_read_as_they_were_written) {
    for (const auto& sample : samples) {
        const auto read = read_reply(testing::payload(sample));
        BOOST_REQUIRE(read.ok());
        BOOST_CHECK(*read == sample);
    }
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_cut_is_none) {
    for (const auto& sample : samples) {
        const auto whole = testing::payload(sample);
        // The text of a status is not needed.
        const auto needed = std::holds_alternative<Status>(sample.content) ? 9 : whole.size();
        for (std::size_t size = 0; size < needed; ++size)
            BOOST_TEST(!read_reply(std::string_view(whole).substr(0, size)).ok(), size);
    }
}

BOOST_AUTO_TEST_CASE(numbers_in_a_reply_are_not_believed) {
    BOOST_TEST(!read_reply("\x68" + number(1) + number(0xffffffff) + text("a") + text("a") + number(0)).ok());
    BOOST_TEST(!read_reply("\x67" + number(1) + number(0xffffffff) + "x").ok());
    BOOST_TEST(!read_reply("\x69" + number(1) + number(0x80000000) + number(0xffffffff)).ok());
    BOOST_TEST(!read_reply("\x03" + number(1)).ok());
    const auto status = read_reply("\x65" + number(1) + number(4711));
    BOOST_REQUIRE(status.ok());
    BOOST_CHECK(std::get<Status>(status->content) == Status::failure);
}

// Owner and extended attributes are passed over.
BOOST_AUTO_TEST_CASE(attributes_that_mean_nothing_to_us_are_passed_over) {
    const auto read = read_reply("\x69" + number(1) + number(0x8000000f) + number(5, 8) + number(1000) + number(1000) +
                                 number(0100600) + number(1) + number(2) + number(1) + text("x@y") + text("z"));
    BOOST_REQUIRE(read.ok());
    const auto& attributes = std::get<Attributes>(read->content);
    BOOST_CHECK((attributes == Attributes{5, 0100600, 2}));
    BOOST_TEST(attributes.is_regular());
    BOOST_TEST(!attributes.is_directory());
    BOOST_TEST(!Attributes{}.is_regular());
}

BOOST_AUTO_TEST_CASE(a_version_names_its_extensions) {
    const auto version =
        read_version("\2" + number(3) + text("posix-rename@openssh.com") + text("1") + text("x") + text(""));
    BOOST_REQUIRE(version.ok());
    BOOST_TEST(version->number == 3u);
    BOOST_TEST(version->offers("posix-rename@openssh.com"));
    BOOST_TEST(!version->offers("fsync@openssh.com"));
    BOOST_TEST(!read_version("\2" + number(3) + text("x")).ok());
    BOOST_TEST(!read_version("\2\0\0"s).ok());
    BOOST_TEST(!read_version("\x65" + number(3)).ok());
}

BOOST_AUTO_TEST_CASE(packets_are_cut_out_however_they_come) {
    std::string all;
    for (const auto& sample : samples) all += testing::packet(testing::payload(sample));
    for (const std::size_t width : {std::size_t(1), std::size_t(3), std::size_t(50), all.size()}) {
        PacketReader reader;
        std::size_t found = 0;
        for (std::size_t at = 0; at < all.size(); at += width) {
            reader.feed(std::string_view(all).substr(at, width));
            for (auto next = reader.next(); next.ok() && *next; next = reader.next())
                BOOST_TEST((**next == testing::payload(samples[found++])));
        }
        BOOST_TEST(found == std::size(samples));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_packet_ends_it) {
    for (const auto& bytes : {"Welcome to the machine!"s, number(0), number(PacketReader::longest + 1)}) {
        PacketReader reader;
        reader.feed(bytes);
        BOOST_TEST(!reader.next().ok());
    }
    PacketReader reader;
    reader.feed(number(PacketReader::longest) + std::string(PacketReader::longest, 'x'));
    BOOST_TEST((*reader.next())->size() == PacketReader::longest);
}

BOOST_AUTO_TEST_SUITE_END()
