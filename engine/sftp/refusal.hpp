// Why a server cannot be reached, in words that operators know, from what ssh said. Pure.
#pragma once
#include "engine/base/error.hpp"
#include "engine/base/events.hpp"

namespace gantry::sftp {

// Whether an error of a Session says that the server was not there (or is no longer), and nothing about a file.
bool is_away(const Error& error);

// One of few sentences: what ssh says may hold anything, and is no event.
events::Literal reason_of(const Error& error);

}  // namespace gantry::sftp
