#define BOOST_TEST_MODULE gantry
#include <boost/test/unit_test.hpp>

extern const char* const gantry_source_directory;
extern const char* const gantry_test_corpus;
const char* const gantry_source_directory = GANTRY_SOURCE_DIRECTORY;
const char* const gantry_test_corpus = GANTRY_CORPUS_DIRECTORY;
