#include "fhir/resources/coding_systems.hpp"

#include <algorithm>

#include "fhir/resources/extensions.hpp"
#include "fhir/resources/uri_forms.hpp"

namespace gantry::fhir {
namespace {

struct Row {
    std::string_view scheme, system;
};

// The first row of a system is the designator it comes back as. URIs: R4 terminologies-systems.html and HL7
// Terminology.
constexpr Row table[] = {
    {"DCM", systems::dcm},
    {"SCT", systems::snomed},
    {"SNOMED", systems::snomed},
    {"SNOMED-CT", systems::snomed},
    {"LN", systems::loinc},
    {"LOINC", systems::loinc},
    {"UCUM", systems::ucum},
    {"RADLEX", "http://www.radlex.org"},
    {"RPID", "http://www.radlex.org"},
    {"I10", "http://hl7.org/fhir/sid/icd-10"},
    {"ICD10", "http://hl7.org/fhir/sid/icd-10"},
    {"ICD-10", "http://hl7.org/fhir/sid/icd-10"},
    {"I10C", "http://hl7.org/fhir/sid/icd-10-cm"},
    {"I10P", "http://www.cms.gov/Medicare/Coding/ICD10"},
    {"I9", "http://hl7.org/fhir/sid/icd-9"},
    {"I9C", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"I11", "http://id.who.int/icd/release/11/mms"},
    {"C4", "http://www.ama-assn.org/go/cpt"},
    {"CPT4", "http://www.ama-assn.org/go/cpt"},
    {"CPT", "http://www.ama-assn.org/go/cpt"},
    {"HPC", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"},
    {"HCPCS", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"},
    {"RXNORM", "http://www.nlm.nih.gov/research/umls/rxnorm"},
};

constexpr std::string_view hl7_scheme = "HL7", hl7_system = "http://terminology.hl7.org/CodeSystem/v2-";
constexpr std::string_view oid_prefix = "urn:oid:";

bool four_digits(std::string_view text) {
    return text.size() == 4 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string system_of_scheme(std::string_view scheme) {
    const auto row = std::find_if(std::begin(table), std::end(table), [&](const Row& r) { return r.scheme == scheme; });
    if (row != std::end(table)) return std::string(row->system);
    if (scheme.starts_with(hl7_scheme) && four_digits(scheme.substr(3)))
        return std::string(hl7_system).append(scheme.substr(3));
    if (is_oid(scheme)) return std::string(oid_prefix).append(scheme);
    return is_uri(scheme) ? std::string(scheme) : std::string();
}

std::string scheme_of_system(std::string_view system) {
    const auto row = std::find_if(std::begin(table), std::end(table), [&](const Row& r) { return r.system == system; });
    if (row != std::end(table)) return std::string(row->scheme);
    if (system.starts_with(hl7_system) && four_digits(system.substr(hl7_system.size())))
        return std::string(hl7_scheme).append(system.substr(hl7_system.size()));
    return std::string(system.substr(system.starts_with(oid_prefix) ? oid_prefix.size() : 0));
}

void write_concept(ResourceWriter& out, std::string_view name, const CodedText& coded) {
    out.object(name, [&] {
        out.array("coding", [&] {
            if (is_blank(coded.code) && is_blank(coded.meaning)) return;
            out.object({}, [&] {
                const auto system = is_blank(coded.code) ? std::string() : system_of_scheme(coded.scheme);
                if (system.empty())
                    out.array("extension", [&] { out.string_extension(extensions::coding_scheme, coded.scheme); });
                out.word("system", system);
                out.code("code", coded.code);
                out.string("display", coded.meaning);
            });
        });
        out.string("text", coded.text);
    });
}

void write_coding(ResourceWriter& out, std::string_view name, std::string_view system, std::string_view code,
                  std::string_view display) {
    if (is_blank(code)) return;
    out.object(name, [&] {
        out.word("system", system);
        out.code("code", code);
        out.string("display", display);
    });
}

}  // namespace gantry::fhir
