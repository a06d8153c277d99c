// What a token may do, as SMART App Launch 2.2 writes it (and 1.0 before it): "system/*.rs", "user/Patient.read",
// "patient/ServiceRequest.rs". Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry::fhir {

// The letters of version 2; version 1 has `read` for r and s, `write` for c, u and d.
enum class Action : std::uint8_t { create = 1, read = 2, update = 4, remove = 8, search = 16 };

struct Scope {
    enum class Context : std::uint8_t { patient, user, system } context = Context::system;
    std::string type;          // "*": every type
    std::uint8_t actions = 0;  // Action, together
    bool operator==(const Scope&) const = default;
};

// Separated by blanks. Errors: usage, naming the word that is none.
Result<std::vector<Scope>> scopes_of(std::string_view text);

// What a request may do.
struct Grant {
    std::vector<Scope> scopes;
    std::int64_t patient = 0;  // of scopes with the context `patient`
};

// How far the grant goes for an action on a type.
enum class Reach : std::uint8_t { nothing, patient, everything };
Reach reach(const Grant& grant, std::string_view type, Action action);
// "system/Patient.r", for whoever lacks it.
std::string scope_text(std::string_view type, Action action);

}  // namespace gantry::fhir
