// A view of a Message that dies at the end of the statement must not compile.
#include "engine/hl7/message.hpp"
#include "engine/hl7/path.hpp"

gantry::hl7::Message received();

std::string control_id() {
#ifdef GANTRY_MUST_COMPILE
    const auto message = received();
    const auto msh = message.segment("MSH");
#else
    const auto msh = received().segment("MSH");
#endif
    return msh.field(10).text();
}
