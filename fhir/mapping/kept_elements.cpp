#include "fhir/mapping/kept_elements.hpp"

#include <algorithm>
#include <span>

#include "fhir/mapping/element_values.hpp"
#include "fhir/resources/extensions.hpp"

namespace gantry::fhir {
namespace {

using r4::Element;

// What is kept of an element: all of it, or these of its children.
enum class Part : std::uint8_t {
    whole,
    named,
    coding,
    codeable,
    identifier,
    reference,
    name,
    contact,
    address,
    note,
    attachment,
    moment,
    meta
};
struct Kept {
    std::string_view name;
    Part part = Part::whole;
    bool one = false;  // the first repetition alone
};

constexpr Kept named[] = {{"display"}, {"type"}, {"reference"}, {"identifier"}};
constexpr Kept coding[] = {{"system"}, {"code"}, {"display"}};
constexpr Kept codeable[] = {{"coding", Part::coding, true}, {"text"}};
constexpr Kept identifier[] = {{"value"}, {"system"}, {"use"}, {"type", Part::codeable}, {"assigner", Part::named}};
constexpr Kept reference[] = {{"reference"}, {"type"}, {"display"}, {"identifier", Part::identifier}};
constexpr Kept name[] = {{"use"}, {"text"}, {"family"}, {"given"}, {"prefix"}, {"suffix"}};
constexpr Kept contact[] = {{"system"}, {"value"}};
constexpr Kept address[] = {{"text"}, {"line"}, {"city"}, {"district"}, {"state"}, {"postalCode"}, {"country"}};
constexpr Kept note[] = {{"text"}};
constexpr Kept attachment[] = {{"contentType"}, {"data"}, {"url"}, {"title"}, {"size"}};
constexpr Kept moment[] = {{"start"}, {"event", Part::whole, true}};
constexpr Kept meta[] = {{"versionId"}, {"lastUpdated"}, {"source"}, {"security", Part::coding, true}};

constexpr Kept patient[] = {{"identifier", Part::identifier},
                            {"active"},
                            {"name", Part::name},
                            {"telecom", Part::contact},
                            {"gender"},
                            {"birthDate"},
                            {"deceased"},
                            {"address", Part::address, true}};
constexpr Kept request[] = {{"identifier", Part::identifier},
                            {"replaces", Part::reference},
                            {"status"},
                            {"intent"},
                            {"category", Part::codeable, true},
                            {"priority"},
                            {"code", Part::codeable},
                            {"orderDetail", Part::codeable, true},
                            {"subject", Part::reference},
                            {"encounter", Part::reference},
                            {"occurrence", Part::moment},
                            {"authoredOn"},
                            {"requester", Part::reference},
                            {"performer", Part::reference, true},
                            {"reasonCode", Part::codeable, true},
                            {"supportingInfo"},
                            {"bodySite", Part::codeable, true},
                            {"note", Part::note}};
constexpr Kept study[] = {{"identifier", Part::identifier},
                          {"status"},
                          {"modality", Part::coding},
                          {"subject", Part::reference},
                          {"encounter", Part::reference},
                          {"started"},
                          {"basedOn", Part::reference},
                          {"referrer", Part::reference},
                          {"numberOfSeries"},
                          {"numberOfInstances"},
                          {"procedureCode", Part::codeable, true},
                          {"location", Part::named},
                          {"reasonCode", Part::codeable, true},
                          {"description"}};
constexpr Kept report[] = {{"identifier", Part::identifier},
                           {"basedOn", Part::reference},
                           {"status"},
                           {"category", Part::codeable},
                           {"code", Part::codeable},
                           {"subject", Part::reference},
                           {"effective", Part::moment},
                           {"issued"},
                           {"performer", Part::reference, true},
                           {"resultsInterpreter", Part::reference, true},
                           {"result"},
                           {"imagingStudy", Part::reference},
                           {"conclusion"},
                           {"presentedForm", Part::attachment}};
// As far as they are those of the report, which they follow.
constexpr Kept observation[] = {{"basedOn"}, {"status"},    {"category"},  {"code"}, {"subject"},
                                {"issued"},  {"effective"}, {"performer"}, {"value"}};

std::span<const Kept> of(Part part) {
    switch (part) {
        case Part::named:
            return named;
        case Part::coding:
            return coding;
        case Part::codeable:
            return codeable;
        case Part::identifier:
            return identifier;
        case Part::reference:
            return reference;
        case Part::name:
            return name;
        case Part::contact:
            return contact;
        case Part::address:
            return address;
        case Part::note:
            return note;
        case Part::attachment:
            return attachment;
        case Part::moment:
            return moment;
        case Part::meta:
            return meta;
        case Part::whole:
            break;
    }
    return {};
}

std::span<const Kept> of_type(std::string_view type) {
    if (type == "Patient") return patient;
    if (type == "ServiceRequest") return request;
    if (type == "ImagingStudy") return study;
    if (type == "DiagnosticReport") return report;
    if (type == "Observation") return observation;
    return {};
}

bool known_extension(std::string_view url) {
    using namespace extensions;
    constexpr std::string_view all[] = {
        name_representation, mothers_maiden_name, original_text, coding_scheme,       day_only,    transport,
        patient_location,    account_number,      recipients,    extensions::address, first_final, data_absent_reason};
    return std::find(std::begin(all), std::end(all), url) != std::end(all);
}

class Search {
  public:
    explicit Search(const std::function<void(std::string)>& lost) : lost_(lost) {}

    void children(Element parent, std::span<const Kept> kept, const std::string& path) {
        Element before;
        for (auto one = parent.first(); one; one = one.next()) {
            const auto what = one.stem();
            const bool again = before && before.stem() == what;
            before = one;
            if (what == "id") continue;
            auto below = path + "." + std::string(what);
            if (what == "extension") {
                if (!known_extension(one["url"].value())) lost_(std::move(below));
                continue;
            }
            const auto row = std::find_if(kept.begin(), kept.end(), [&](const Kept& k) { return k.name == what; });
            if (row == kept.end())
                lost_(std::move(below));
            else if (again && row->one)
                lost_(below + " beyond the first");
            else if (row->part != Part::whole)
                children(one, of(row->part), below);
            else
                extensions(one, below);
        }
    }

    void extensions(Element of, const std::string& path) {
        for_each(of, "extension", [&](Element one) {
            if (!known_extension(one["url"].value())) lost_(path + ".extension");
        });
    }

    void resource(Element resource) {
        const auto type = std::string(type_of(resource));
        const auto kept = of_type(type);
        std::vector<Kept> all(kept.begin(), kept.end());
        all.push_back({"meta", Part::meta});
        all.push_back({"contained"});
        children(resource, all, type);
    }

  private:
    const std::function<void(std::string)>& lost_;
};

}  // namespace

void for_each_lost(Element resource, const std::function<void(std::string)>& lost) {
    Search(lost).resource(resource);
}

}  // namespace gantry::fhir
