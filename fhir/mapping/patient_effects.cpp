#include <algorithm>

#include "fhir/mapping/resource_reading.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/extensions.hpp"

namespace gantry::fhir {
namespace {

using effects::Identifier;
using effects::PatientChange;
using effects::PatientField;
using r4::Element;

std::string address_of(Element address) {
    const auto text = trimmed(address["text"].value());
    if (!text.empty()) return std::string(text);
    std::string out;
    const auto add = [&](std::string_view part) {
        if (!trimmed(part).empty()) out.append(out.empty() ? "" : ", ").append(trimmed(part));
    };
    for_each(address, "line", [&](Element line) { add(line.value()); });
    for (const auto* part : {"city", "district", "state", "postalCode", "country"}) add(address[part].value());
    return out;
}

std::string telecom_of(Element patient) {
    std::string out;
    for_each(patient, "telecom", [&](Element contact) {
        const auto value = list_item(contact["value"].value());
        if (!value.empty()) out.append(out.empty() ? "" : "\\").append(value);
    });
    return out;
}

void read_birth_date(ResourceReading& reading, Element patient, PatientChange& out) {
    const auto said = patient["birthDate"].value();
    if (said.empty()) return;
    const auto date = moment_of(said, nullptr);
    if (date.empty()) return reading.lose("Patient.birthDate without a day");
    reading.put(out.fields, PatientField::birth_date, date, "Patient.birthDate");
}

void read_deceased(ResourceReading& reading, Element patient, PatientChange& out) {
    const auto deceased = patient["deceased"];
    if (!deceased || !deceased.has_value()) return;
    constexpr std::string_view source = "Patient.deceased";
    if (deceased.value() == "false") {
        out.fields[PatientField::deceased] = {effects::FieldChange::Says::clear, {}, source};
        return;
    }
    const auto moment = moment_of(deceased.value(), reading.context.zone);
    // A death whose day is not known is one all the same.
    reading.put(out.fields, PatientField::deceased, moment.empty() ? "Y" : moment, source);
}

void read_demographics(ResourceReading& reading, Element patient, PatientChange& out) {
    const auto names = names_of(patient);
    reading.put(out.fields, PatientField::name, names.first, "Patient.name");
    reading.put(out.fields, PatientField::other_names, names.others, "Patient.name");
    read_birth_date(reading, patient, out);
    reading.put(out.fields, PatientField::sex, record_code(gender_pairs(), patient["gender"].value()),
                "Patient.gender");
    reading.put(out.fields, PatientField::address, address_of(patient["address"]), "Patient.address");
    reading.put(out.fields, PatientField::telecom, telecom_of(patient), "Patient.telecom");
    reading.put(out.fields, PatientField::mother_maiden_name,
                list_item(extension_text(patient, extensions::mothers_maiden_name)), "Patient.extension");
    read_deceased(reading, patient, out);
}

void add_identifiers(ResourceReading& reading, Element patient, std::vector<Identifier>& out) {
    for_each(patient, "identifier", [&](Element one) {
        auto number = number_of(one, reading.context.systems);
        if (!number) return;
        Identifier identifier{std::move(number.value), std::move(number.authority), std::move(number.type)};
        // The one in use first: the patient is filed under it.
        const bool usual = one["use"].value() == "usual";
        out.insert(usual ? out.begin() : out.end(), std::move(identifier));
    });
}

bool same_patient(const PatientChange& a, const PatientChange& b) {
    return std::any_of(a.identifiers.begin(), a.identifiers.end(), [&](const Identifier& one) {
        return std::find(b.identifiers.begin(), b.identifiers.end(), one) != b.identifiers.end();
    });
}

// What several resources say of the one patient: the Patient among them says the most.
void take(ResourceReading& reading, PatientChange said, std::string_view place) {
    auto& patient = reading.effects.patient;
    const bool numbered = std::any_of(said.identifiers.begin(), said.identifiers.end(), effects::identifies);
    // A Patient of its own gets a number from the rules.
    if (!numbered && said.fields.value(PatientField::posted).empty())
        return reading.fail(ErrorCode::patient_missing_identifier, {}, said.number_place);
    if (!patient) {
        patient = std::move(said);
        return;
    }
    if (!same_patient(*patient, said)) return reading.fail(ErrorCode::fhir_several_patients, {}, std::string(place));
    if (said.from_adt && !patient->from_adt) std::swap(*patient, said);
    for (auto& identifier : said.identifiers)
        if (std::find(patient->identifiers.begin(), patient->identifiers.end(), identifier) ==
            patient->identifiers.end())
            patient->identifiers.push_back(std::move(identifier));
}

// from_adt: it is a Patient of its own, whose sender speaks of the person and not in passing.
PatientChange change_of(ResourceReading& reading, Element patient, std::string_view place, bool from_adt) {
    PatientChange out;
    out.place = place;
    out.number_place = from_adt ? "Patient.identifier" : std::string(place) + ".identifier";
    out.from_adt = from_adt;
    add_identifiers(reading, patient, out.identifiers);
    read_demographics(reading, patient, out);
    if (!from_adt) reading.lose_what_is_not_kept(patient);
    return out;
}

}  // namespace

void read_patient(ResourceReading& reading, const Submitted& patient) {
    auto out = change_of(reading, patient.resource, patient.place, true);
    if (patient.id != 0) {
        const auto known = reading.context.known.patient({patient.id});
        if (!known) return reading.fail(ErrorCode::fhir_not_found, {}, "Patient.id");
        out.identifiers.insert(out.identifiers.begin(), known->identifiers.begin(), known->identifiers.end());
    }
    reading.keep(patient.resource, out.fields, PatientField::posted);
    take(reading, std::move(out), "Patient");
}

void read_subject(ResourceReading& reading, Element reference, std::string_view place) {
    const auto referred = reading.refer(reference);
    const auto nowhere = [&] {
        reading.fail(reference ? ErrorCode::fhir_bad_reference : ErrorCode::patient_missing_identifier, {},
                     std::string(place));
    };
    PatientChange said;
    said.place = place;
    said.number_place = place;
    switch (referred.to) {
        case Referred::To::nothing:
            return nowhere();
        case Referred::To::resource: {
            if (type_of(referred.resource) != "Patient") return nowhere();
            const bool own_entry = std::any_of(reading.submitted.begin(), reading.submitted.end(),
                                               [&](const auto& one) { return one.resource == referred.resource; });
            // It has been read: it is the one that all of the submission are about.
            if (own_entry && reading.effects.patient) return;
            return take(reading, change_of(reading, referred.resource, place, own_entry), place);
        }
        case Referred::To::own: {
            const auto known = referred.type == "Patient"
                                   ? reading.context.known.patient({ResourceReading::own_id(referred.own)})
                                   : std::nullopt;
            if (!known) return nowhere();
            said.identifiers = known->identifiers;
            break;
        }
        case Referred::To::number:
            if (!referred.number) return nowhere();
            said.identifiers = {{referred.number.value, referred.number.authority, referred.number.type}};
            break;
    }
    take(reading, std::move(said), place);
}

}  // namespace gantry::fhir
