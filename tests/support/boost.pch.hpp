#pragma once
#include <boost/test/unit_test.hpp>
#include "../../.cmake/std.pch.hpp"
