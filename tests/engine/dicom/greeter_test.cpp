#include "engine/dicom/greeter.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::dicom;

namespace {

std::string request(std::size_t length, std::size_t present) {
    std::string pdu{1, 0};
    for (int shift = 24; shift >= 0; shift -= 8) pdu += static_cast<char>(length >> shift & 0xFF);
    return pdu + std::string(present, 'x');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(greeter)

BOOST_AUTO_TEST_CASE(waits_for_the_whole_request) {
    const auto pdu = request(200, 200);
    for (std::size_t size = 0; size < pdu.size(); ++size) {
        BOOST_TEST((association_greeter(pdu.substr(0, size)) == Greeting::need_more));
    }
    BOOST_TEST((association_greeter(pdu) == Greeting::complete));
    BOOST_TEST((association_greeter(pdu + "more") == Greeting::complete));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_request_at_the_first_byte) {
    BOOST_TEST((association_greeter("G") == Greeting::refuse));
    BOOST_TEST((association_greeter("\x0bMSH") == Greeting::refuse));
    BOOST_TEST((association_greeter(std::string_view("\x04\0", 2)) == Greeting::refuse));
}

BOOST_AUTO_TEST_CASE(refuses_lengths_outside_the_limits) {
    BOOST_TEST((association_greeter(request(67, 0)) == Greeting::refuse));
    BOOST_TEST((association_greeter(request(68, 0)) == Greeting::need_more));
    BOOST_TEST((association_greeter(request(64 * 1024, 0)) == Greeting::need_more));
    BOOST_TEST((association_greeter(request(64 * 1024 + 1, 0)) == Greeting::refuse));
    BOOST_TEST((association_greeter(request(0xFFFFFFFF, 0)) == Greeting::refuse));
}

BOOST_AUTO_TEST_CASE(says_busy_in_one_pdu) {
    const auto pdu = busy_rejection();
    BOOST_TEST(pdu.size() == 10u);
    BOOST_TEST(pdu.substr(6) == std::string("\0\2\3\2", 4));  // transient, provider (presentation), local limit
}

BOOST_AUTO_TEST_SUITE_END()
