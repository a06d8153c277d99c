// Patients, and the numbers they are known by. Plain C++14: the ODB compiler reads this file; only engine/store includes it.
// Text members follow the field table (engine/effects/fields.hpp) in name; a test holds the two against each other.
#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>

namespace gantry {
namespace records {

#pragma db object table("patient") pointer(std::shared_ptr)
struct Patient {
#pragma db id
    std::int64_t id = 0;
    std::int64_t merged_into = 0;  // 0: not merged
    std::int64_t adt_fields = 0;   // bit n: ADT gave field n
    std::int64_t last_change = 0;
    std::string name;
    std::string other_names;
    std::string birth_date;
    std::string sex;
    std::string address;
    std::string telecom;
    std::string mother_maiden_name;
    std::string deceased;
    std::string allergies;
    std::string posted;
    // For searches, without case and diacritics: store::folded_name().
    std::string family_folded;
    std::string given_folded;
#pragma db index("patient_family") member(family_folded)
#pragma db index("patient_given") member(given_folded)
#pragma db index("patient_change") member(last_change)
#pragma db index("patient_birth") member(birth_date)
#pragma db index("patient_deceased") member(deceased)
};

// PID-3, one row each; `key` is the authority and the value, with the type for numbers that identify nobody.
#pragma db object table("patient_identifier")
struct PatientIdentifier {
#pragma db id
    std::string key;
    std::int64_t patient = 0;
    std::int32_t position = 0;  // 0: the one the patient is filed under
    std::string value, authority, type;
#pragma db index("patient_identifier_patient") member(patient)
#pragma db index("patient_identifier_value") member(value)
};

// People who order, refer, perform and report.
#pragma db object table("provider")
struct Provider {
#pragma db id
    std::int64_t id = 0;
#pragma db unique
    std::string key;
    std::string identifier, authority, name, role;
};

}  // namespace records
}  // namespace gantry
