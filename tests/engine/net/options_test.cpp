#include "engine/net/http.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::net {
namespace {

// Every option by name with its default, as the reference shows it.
template <class T>
std::string defaults(const settings::Schema<T>& schema) {
    std::string out;
    for (const auto& option : schema.description().options) out += option.name + "=" + option.value + " ";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_structs) {
    BOOST_TEST(defaults(port_schema()) == R"(address="127.0.0.1" port=0 max_connections=10000 max_per_peer=0 )"
                                          R"(max_refusals_per_peer=0 )");
    BOOST_TEST(defaults(stream_schema()) ==
               R"(idle_timeout="0s" unit_timeout="30s" write_timeout="30s" max_output="1MiB" )");
    BOOST_TEST(defaults(http_schema()) ==
               R"(head_timeout="10s" request_timeout="1m" write_timeout="30s" keep_alive="5s" )"
               R"(max_head="32KiB" max_body="16MiB" max_threads=200 )");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
