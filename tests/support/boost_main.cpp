#define BOOST_TEST_MODULE gantry
#include <boost/test/unit_test.hpp>
