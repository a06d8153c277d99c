#include "engine/admin/readiness.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using admin::ReadyPart;

BOOST_AUTO_TEST_SUITE(admin_readiness)

BOOST_AUTO_TEST_CASE(one_part_that_is_not_ready_is_enough) {
    const ReadyPart store{"store", true, {}, {}, {}}, away{"store", false, "the server is \"away\"", {}, {}};
    const ReadyPart disk{"disk", true, "little room is left", {}, 4096};
    const ReadyPart source{"source his", true, {}, "127.0.0.1:2575", {}};
    const auto good = admin::readiness_answer({store, disk, source});
    BOOST_TEST(good.status == 200);
    BOOST_TEST(good.body == R"({"ready":true,"parts":[{"part":"store","ready":true},)"
                            R"({"part":"disk","ready":true,"why":"little room is left","free_bytes":4096},)"
                            R"({"part":"source his","ready":true,"place":"127.0.0.1:2575"}]})");
    const auto bad = admin::readiness_answer({away, disk});
    BOOST_TEST(bad.status == 503);
    BOOST_TEST(bad.body == R"({"ready":false,"parts":[{"part":"store","ready":false,"why":"the server is \"away\""},)"
                           R"({"part":"disk","ready":true,"why":"little room is left","free_bytes":4096}]})");
}

BOOST_AUTO_TEST_CASE(a_disk_says_how_much_is_free_and_one_that_is_not_there_that_it_is_not) {
    const auto here = admin::disk_part("/");
    BOOST_TEST(here.ready);
    BOOST_REQUIRE(here.free_bytes.has_value());
    BOOST_TEST((*here.free_bytes < admin::little_room) == !here.why.empty());
    const auto gone = admin::disk_part("/there/is/no/such/directory");
    BOOST_TEST(!gone.ready);
    BOOST_TEST(!gone.why.empty());
    BOOST_TEST(!gone.free_bytes.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
