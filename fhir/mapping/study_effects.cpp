// http://hl7.org/fhir/R4/imagingstudy.html
#include "fhir/mapping/order_drafts.hpp"
#include "fhir/mapping/patient_at_order.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"
#include "fhir/resources/human_names.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using r4::Element;

bool has_instances(Element study) {
    const auto more_than_none = [](Element number) {
        return number && number.value().find_first_not_of('0') != std::string_view::npos;
    };
    if (more_than_none(study["numberOfInstances"])) return true;
    for (auto series = study["series"]; series; series = series.again())
        if (series.has("instance") || more_than_none(series["numberOfInstances"])) return true;
    return false;
}

// Study UID and accession number; of a study every identifier without a type is the accession number.
void read_numbers(ResourceReading& reading, Element study, OrderDraft& draft) {
    constexpr std::string_view source = "ImagingStudy.identifier";
    for_each(study, "identifier", [&](Element one) {
        const auto uid = uid_of(one);
        if (!uid.empty())
            return reading.put(draft.change.fields, OrderField::study_instance_uid, uid, source,
                               ResourceReading::TooLong::refuse);
        auto number = number_of(one, reading.context.systems);
        if (!number) return;
        if (number.type.empty()) number.type = "ACSN";
        number_order(reading, number, draft, source);
    });
}

// The draft of a request of the same submission; none: npos.
constexpr std::size_t none = static_cast<std::size_t>(-1);
std::size_t request_of(ResourceReading& reading, Element study, const std::map<std::uint32_t, std::size_t>& requests) {
    for (auto one = study["basedOn"]; one; one = one.again()) {
        const auto referred = reading.refer(one);
        if (referred.to != Referred::To::resource) continue;
        const auto found = requests.find(referred.resource.node());
        if (found != requests.end()) return found->second;
    }
    return none;
}

// Of the submission with the same accession number.
std::size_t request_with(const OrderDraft& study, const std::vector<OrderDraft>& drafts) {
    const auto& accession = study.change.fields.value(OrderField::accession_number);
    for (std::size_t i = 0; !accession.empty() && i < drafts.size(); ++i) {
        const auto& other = drafts[i].change;
        if (other.fields.value(OrderField::accession_number) == accession &&
            other.accession_issuer == study.change.accession_issuer)
            return i;
    }
    return none;
}

// By a record of ours, or by a number alone.
void read_orders(ResourceReading& reading, Element study, OrderDraft& draft) {
    constexpr std::string_view source = "ImagingStudy.basedOn";
    for (auto one = study["basedOn"]; one; one = one.again()) {
        if (!leads(one)) continue;
        const auto referred = reading.refer(one);
        if (referred.to == Referred::To::own && referred.type == "ServiceRequest") {
            const auto known = reading.context.known.order({ResourceReading::own_id(referred.own)});
            if (!known) return reading.fail(ErrorCode::fhir_bad_reference, {}, std::string(source));
            number_as(*known, draft.change, source);
        } else if (referred.to == Referred::To::number && referred.number) {
            auto number = referred.number;
            if (number.type.empty()) number.type = "ACSN";
            number_order(reading, number, draft, source);
        } else if (referred.to == Referred::To::nothing) {
            return reading.fail(ErrorCode::fhir_bad_reference, {}, std::string(source));
        } else {
            reading.lose(source);
        }
    }
}

// "coming back as who ordered it, it is not taken for the referring one" (docs/conformance/fhir-round-trip.md).
void read_referrer(ResourceReading& reading, Element study, const effects::OrderRecord* known, OrderDraft& draft) {
    auto& fields = draft.change.fields;
    const auto& requester =
        known ? known->fields[OrderField::requesting_physician] : fields.value(OrderField::requesting_physician);
    const auto person =
        reading.person_at(study["referrer"], known ? std::string_view(known->fields[OrderField::referring_physician])
                                                   : std::string_view());
    const bool ordered_it = !requester.empty() && display_of(requester) == display_of(person.name);
    if (!ordered_it) reading.put(fields, OrderField::referring_physician, person.name, "ImagingStudy.referrer");
}

// What the request said counts.
void fill_concept(ResourceReading& reading, effects::FieldChanges<OrderField>& fields, const ReadConcept& read,
                  std::array<OrderField, 4> of, std::string_view source) {
    for (const auto field : of)
        if (!fields.value(field).empty()) return;
    reading.put_concept(fields, read, of, source);
}

void read_content(ResourceReading& reading, Element study, OrderDraft& draft) {
    using enum OrderField;
    auto& fields = draft.change.fields;
    for_each(study, "modality", [&](Element coding) {
        if (!draft.modality.empty()) return;
        draft.modality = coding["code"].value();
        draft.modality_source = "ImagingStudy.modality";
    });
    for (auto series = study["series"]; series && draft.modality.empty(); series = series.again()) {
        draft.modality = series["modality"]["code"].value();
        draft.modality_source = "ImagingStudy.series.modality";
    }
    reading.put(fields, performed_date, moment_of(study["started"].value(), reading.context.zone),
                "ImagingStudy.started");
    fill_concept(reading, fields, concept_of(study["procedureCode"]),
                 {procedure_code, procedure_scheme, procedure_meaning, procedure_description},
                 "ImagingStudy.procedureCode");
    if (fields.value(procedure_description).empty())
        reading.put(fields, procedure_description, study["description"].value(), "ImagingStudy.description");
    fill_concept(reading, fields, concept_of(study["reasonCode"]), {reason_code, reason_scheme, reason_meaning, reason},
                 "ImagingStudy.reasonCode");
    const auto location = study["location"];
    reading.put(fields, institution, location["display"].value(), "ImagingStudy.location");
    reading.put(fields, institution_address, extension_text(location, extensions::address), "ImagingStudy.location");
    if (fields.value(admission_id).empty() && study.has("encounter"))
        read_encounter(reading, study["encounter"], draft, "ImagingStudy.encounter");
}

}  // namespace

std::size_t read_study(ResourceReading& reading, const Submitted& submitted, std::vector<OrderDraft>& drafts,
                       const std::map<std::uint32_t, std::size_t>& requests) {
    const auto study = submitted.resource;
    OrderDraft own;
    auto place = request_of(reading, study, requests);
    const bool joined = place != none;
    if (joined) own = drafts[place];
    read_numbers(reading, study, own);
    if (!joined) place = request_with(own, drafts);
    if (place == none) {
        place = drafts.size();
        drafts.emplace_back();
    } else if (!joined) {
        own = drafts[place];
        read_numbers(reading, study, own);
    }
    auto& draft = drafts[place] = std::move(own);
    if (!draft.has_request) {
        draft.change.place = submitted.place;
        draft.change.number_place = "ImagingStudy.identifier";
        read_orders(reading, study, draft);
    }
    std::optional<effects::OrderRecord> known;
    if (submitted.id != 0) {
        known = reading.context.known.order({submitted.id});
        if (known)
            number_as(*known, draft.change, "ImagingStudy.id");
        else
            reading.fail(ErrorCode::fhir_not_found, {}, "ImagingStudy.id");
    }
    const auto state = study_state(study["status"].value(), has_instances(study));
    if (!state) reading.fail(state.error().code, state.error().detail, state.error().place);
    if (state) draft.study = *state;
    read_subject(reading, study["subject"], "ImagingStudy.subject");
    read_content(reading, study, draft);
    read_referrer(reading, study, known ? &*known : nullptr, draft);
    draft.of_study = study;
    return place;
}

}  // namespace gantry::fhir
