// What the status of an HTTP response says about a delivery (RFC 9110 15). Pure.
//
//   2xx                       delivered
//   408, 425, 429, 5xx        again later: the server is busy, restarts, or something behind it is not there
//   401, 403, 407             held: until a person gives this engine access, every message would end the same way
//   3xx                       held: a redirect is not followed, because an order goes only where a person sent it
//   other 4xx                 a dead letter: this message is not taken, and would not be when it is sent again
//   1xx, and what is no status of HTTP: held
#pragma once
#include <map>
#include <optional>
#include <string>

#include "engine/runtime/ports.hpp"

namespace gantry::channels {

// By a status ("404") or a class of them ("4xx"): done, retry, dead, hold or doubt.
using StatusActions = std::map<std::string, std::string>;

// What is wrong with it, or empty.
std::string wrong_status_actions(const StatusActions& actions);

// What `actions` say of this status, the status before its class; nothing: they do not name it.
std::optional<runtime::Destination::Verdict> named_verdict(int status, const StatusActions& actions);
// The same, else what the table above says.
runtime::Destination::Verdict status_verdict(int status, const StatusActions& actions);

}  // namespace gantry::channels
