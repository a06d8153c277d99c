#pragma once
#include <boost/test/unit_test.hpp>
#include "../../.cmake/std.pch.hpp"

// Where the tree and the third-party test data are. Known to one file alone (boost_main.cpp), so that a test is
// compiled the same wherever the tree is.
extern const char* const gantry_source_directory;
extern const char* const gantry_test_corpus;
#define GANTRY_SOURCE_DIR gantry_source_directory
#define GANTRY_TEST_CORPUS gantry_test_corpus
