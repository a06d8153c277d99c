#include "engine/store/stored_body.hpp"

#include <zstd.h>

#include <random>

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;

namespace {

constexpr std::int16_t zstd_frame = 1;

std::string long_message() {
    std::string out = "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123090000||ORU^R01|M1|P|2.5.1\r";
    for (int line = 1; line <= 40; ++line)
        out += "OBX|" + std::to_string(line) + "|TX|59776-5^FINDINGS^LN||The lungs are clear. No effusion.||||||F\r";
    return out;
}

std::string compressed(const std::string& bytes) {
    const auto body = store::stored_body(bytes);
    BOOST_REQUIRE(body.encoding == store::BodyEncoding::zstd);
    return body.compressed;
}

bool is_damaged(std::int16_t encoding, const std::string& stored) {
    const auto read = store::original_body(encoding, stored);
    return !read.ok() && read.error().code == ErrorCode::storage_content_damaged;
}

std::string random_bytes(std::mt19937& draws, std::size_t count) {
    std::string out(count, '\0');
    for (auto& byte : out) byte = static_cast<char>(draws());
    return out;
}

store::Unit with_content(const std::string& control_id, const std::string& content) {
    return unit(control_id, effects_of({}), content);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_stored_body)

BOOST_AUTO_TEST_CASE(what_is_stored_comes_back_byte_for_byte) {
    std::mt19937 draws(7);
    std::vector<std::string> all{{}, "x", std::string(1000, '\0'), long_message(), std::string(5'000'000, 'A')};
    for (std::size_t length = 0; length < 600; length += 7) all.push_back(random_bytes(draws, length));
    for (const auto& bytes : all) {
        const auto body = store::stored_body(bytes);
        const auto read = store::original_body(static_cast<std::int16_t>(body.encoding), body.bytes(bytes));
        BOOST_REQUIRE(read.ok());
        BOOST_REQUIRE(*read == bytes);
    }
}

BOOST_AUTO_TEST_CASE(what_would_not_become_shorter_is_stored_as_it_is) {
    std::mt19937 draws(7);
    for (const auto& bytes : {std::string(1000, 'A'), random_bytes(draws, 2000)}) {
        const auto body = store::stored_body(bytes);
        BOOST_CHECK(body.encoding == store::BodyEncoding::as_received);
        BOOST_TEST(body.bytes(bytes) == bytes);
    }
    BOOST_TEST(compressed(long_message()).size() < long_message().size() / 4);
}

BOOST_AUTO_TEST_CASE(every_changed_byte_and_every_cut_is_noticed) {
    const auto message = long_message();
    const auto stored = compressed(message);
    for (std::size_t at = 0; at < stored.size(); ++at) {
        auto changed = stored;
        changed[at] = static_cast<char>(changed[at] ^ 0x40);
        const auto read = store::original_body(zstd_frame, changed);
        BOOST_TEST((!read.ok() || *read == message));
        BOOST_TEST(is_damaged(zstd_frame, stored.substr(0, at)));
    }
    BOOST_TEST(is_damaged(zstd_frame, stored + "x"));
    BOOST_TEST(is_damaged(zstd_frame, message));
    BOOST_TEST(is_damaged(2, stored));
    BOOST_TEST(is_damaged(-1, stored));
}

BOOST_AUTO_TEST_CASE(a_frame_that_says_it_is_endless_is_refused_before_it_is_read) {
    // RFC 8878 3.1.1: magic number, a header that says eight bytes of content size follow, the size.
    for (const std::uint64_t length : {std::uint64_t{1} << 40, ~std::uint64_t{0} - 2}) {
        std::string frame("\x28\xb5\x2f\xfd\xe0", 5);
        for (int byte = 0; byte < 8; ++byte) frame.push_back(static_cast<char>(length >> (8 * byte)));
        BOOST_TEST(is_damaged(zstd_frame, frame));
    }
    std::string within("\x28\xb5\x2f\xfd\xa0\x00\x00\x00\x3f", 9);  // says 1 GB in nine bytes
    BOOST_TEST(is_damaged(zstd_frame, within));
}

BOOST_AUTO_TEST_CASE(a_bomb_does_not_pass_its_own_length) {
    // Two frames: the first says what it holds, the second would add to it.
    const auto stored = compressed(std::string(10'000, 'A'));
    BOOST_TEST(is_damaged(zstd_frame, stored + stored));
}

STORE_TEST_CASE(a_long_message_takes_less_room_and_is_read_and_delivered_whole) {
    Site site;
    auto one = with_content("M1", long_message());
    one.effects.deliveries = {{"orders/archive", {}, true}, {"orders/fhir", std::string(3000, '{'), false}};
    const auto done = site.commit(one);
    BOOST_TEST(site.one("SELECT encoding FROM message_body") == "1");
    BOOST_TEST(site.one("SELECT encoding FROM delivery_body") == "1");
    BOOST_TEST(std::stoul(site.one("SELECT length(content) FROM message_body")) < long_message().size() / 4);
    const auto read = site->messages().message({done.outcome.message}).value().value();
    BOOST_TEST(read.content == long_message());
    BOOST_TEST(read.deliveries.at(1).payload == std::string(3000, '{'));
    BOOST_TEST(site.latest().at(0).content == long_message());
    BOOST_TEST(site->deliveries().pending("orders/archive", {}, 9).value().at(0).payload == long_message());
    BOOST_TEST(site->deliveries().pending("orders/fhir", {}, 9).value().at(0).payload == std::string(3000, '{'));
}

STORE_TEST_CASE(what_an_older_program_stored_is_read_as_it_is) {
    Site site;
    const auto done = site.commit(order("M1"));
    BOOST_TEST(site.one("SELECT encoding FROM message_body") == "0");
    BOOST_TEST(site->messages().message({done.outcome.message}).value()->content == "content of M1");
}

STORE_TEST_CASE(a_damaged_body_is_an_error_of_its_own_and_holds_up_nobody) {
    Site site;
    for (const auto* name : {"M1", "M2"}) {
        auto one = with_content(name, long_message() + name);
        one.effects = effects_of({.placer = name, .accession = name});
        one.effects.deliveries = {{"orders/archive", {}, true}};
        BOOST_TEST(outcome(site.commit(one)) == "pending");
    }
    site.run(
        "UPDATE message_body SET content = (SELECT reply FROM message WHERE control_id = 'M1') "
        "WHERE id = (SELECT id FROM message WHERE control_id = 'M1')");
    const auto work = site->deliveries().pending("orders/archive", {}, 9);
    BOOST_REQUIRE(work.ok());
    BOOST_REQUIRE_EQUAL(work->size(), 2u);
    BOOST_TEST(work->at(0).damaged);
    BOOST_TEST(work->at(0).payload.empty());
    BOOST_TEST(!work->at(1).damaged);
    BOOST_TEST(work->at(1).payload == long_message() + "M2");
    const auto read = site->messages().message(work->at(0).message).value().value();
    BOOST_TEST(read.content_damaged);
    BOOST_TEST(!read.content_removed);
    BOOST_TEST(read.content.empty());
}

BOOST_AUTO_TEST_SUITE_END()
