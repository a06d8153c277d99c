#include "engine/base/resting_thread.hpp"

#include <boost/test/unit_test.hpp>
#include <future>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(base_resting_thread)

BOOST_AUTO_TEST_CASE(it_works_between_rests_and_a_stop_ends_the_longest) {
    std::promise<void> worked;
    int passes = 0;
    struct Worker {
        std::function<void()> pass;
        int passes_left = 3;
        RestingThread thread{"test", [this] {
                                 do pass();
                                 while (thread.rest(std::chrono::milliseconds(passes_left-- > 0 ? 0 : 3'600'000)));
                             }};
    };
    Worker worker{[&] {
                      if (++passes == 4) worked.set_value();
                  },
                  3};
    worked.get_future().wait();
    worker.thread.stop();
    worker.thread.stop();
    BOOST_TEST(passes == 4);
}

BOOST_AUTO_TEST_SUITE_END()
