#include <algorithm>

#include "fhir/mapping/inbound_statuses.hpp"
#include "fhir/mapping/order_drafts.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderAction;
using effects::OrderChange;
using effects::OrderField;
using effects::StepField;
using r4::Element;

std::string_view study_type_of(std::string_view modality) {
    struct Row {
        std::string_view modality, type;
    };
    static constexpr Row rows[] = {{"CR", "XRAY"}, {"DX", "XRAY"}, {"RF", "XRAY"}, {"XA", "XRAY"},
                                   {"MG", "XRAY"}, {"CT", "CT"},   {"MR", "MRI"},  {"US", "US"},
                                   {"IVUS", "US"}, {"NM", "NM"},   {"PT", "NM"}};
    const auto* row =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& one) { return one.modality == modality; });
    return row == std::end(rows) ? "OTHER" : row->type;
}

// One step: what is ordered is done at one place and time, as far as these resources say.
void make_step(ResourceReading& reading, OrderDraft& draft) {
    auto& change = draft.change;
    auto& step = change.steps.emplace_back();
    auto modality = draft.modality;
    if (modality.empty() && reading.context.modality_of)
        modality = reading.context.modality_of(change.fields.value(OrderField::procedure_code));
    const auto source = draft.modality.empty() ? std::string_view("ServiceRequest.code") : draft.modality_source;
    if (!modality.empty()) {
        reading.put(step.fields, StepField::modality, modality, source);
        reading.put(change.fields, OrderField::study_type, study_type_of(modality), source);
        const auto station = reading.context.station_of ? reading.context.station_of(modality) : std::string();
        reading.fill(step.fields, StepField::station_ae, station, source);
    }
    const auto& start = draft.start;
    reading.put(step.fields, StepField::start_date, start.substr(0, 8), "ServiceRequest.occurrence");
    if (start.size() > 8)
        reading.put(step.fields, StepField::start_time, start.substr(8, 6), "ServiceRequest.occurrence");
    const auto& f = change.fields;
    reading.fill(step.fields, StepField::description, f.value(OrderField::procedure_description),
                 "ServiceRequest.code");
    reading.fill(step.fields, StepField::protocol_code, f.value(OrderField::procedure_code), "ServiceRequest.code");
    reading.fill(step.fields, StepField::protocol_scheme, f.value(OrderField::procedure_scheme), "ServiceRequest.code");
    reading.fill(step.fields, StepField::protocol_meaning, f.value(OrderField::procedure_meaning),
                 "ServiceRequest.code");
    reading.fill(step.fields, StepField::performing_physician, f.value(OrderField::performing_physician),
                 "ServiceRequest.performer");
}

// The start and the modality are those of the step.
void keep_resources(ResourceReading& reading, OrderDraft& draft) {
    auto& fields = draft.change.fields;
    std::vector<SaidField> of_request, of_study;
    if (!draft.start.empty()) of_request.push_back({"scheduled_date", draft.start.substr(0, 14)});
    if (draft.modality_source.starts_with("ImagingStudy")) of_study.push_back({"modality", draft.modality});
    if (draft.of_request) reading.keep(draft.of_request, fields, OrderField::posted_request, std::move(of_request));
    if (draft.of_study) reading.keep(draft.of_study, fields, OrderField::posted_study, std::move(of_study));
}

struct Doing {
    OrderAction action;
    const char *control, *control_status;
    bool start = false;
};

Doing doing_of(OrderState state, bool has_request) {
    switch (state) {
        case OrderState::open:
            return {OrderAction::create_or_update, "XO", ""};
        case OrderState::scheduled:
            return {OrderAction::create_or_update, "XO", has_request ? "" : "SC"};
        case OrderState::in_progress:
            return {OrderAction::create_or_update, "XO", "", true};
        case OrderState::held:
            return {OrderAction::create_held, "NW", "HD"};
        case OrderState::completed:
            return {OrderAction::create_completed, "XO", "CM"};
        case OrderState::cancelled:
            return {OrderAction::cancel, "XO", "CA"};
        case OrderState::not_said:
            break;
    }
    return {OrderAction::status_only, "", ""};
}

}  // namespace

void finish_order(ResourceReading& reading, OrderDraft& draft, std::vector<OrderChange>& out) {
    auto& change = draft.change;
    const auto doing = doing_of(together(draft.request, draft.study), draft.has_request);
    const bool numbered = !change.placer.number.empty() || !change.filler.number.empty() ||
                          !change.fields.value(OrderField::accession_number).empty() ||
                          !change.fields.value(OrderField::study_instance_uid).empty();
    // A request without one gets one from the rules; a study is known by nothing else, nor is what was called off.
    if (!numbered && (!draft.has_request || doing.action == OrderAction::cancel))
        return reading.fail(ErrorCode::order_missing_number, {}, change.number_place);
    change.action = doing.action;
    change.control = doing.control;
    change.control_status = doing.control_status;
    // Whoever asks for an order is told when it cannot be so; whoever has the images is not contradicted.
    if (draft.has_request) change.reply_done = "XR", change.reply_unable = "UX";
    change.ends_hold = draft.request == OrderState::open;
    // One that is called off before it was known has a step only where something is known of it.
    const bool about_steps = doing.action != OrderAction::status_only &&
                             (doing.action != OrderAction::cancel || !draft.modality.empty() || !draft.start.empty());
    if (about_steps) make_step(reading, draft);
    keep_resources(reading, draft);
    out.push_back(change);
    if (!doing.start) return;
    auto start = std::move(change);
    start.action = OrderAction::start;
    start.control_status = "IP";
    out.push_back(std::move(start));
}

void number_order(ResourceReading& reading, const ReadNumber& number, OrderDraft& draft, std::string_view source) {
    using enum ResourceReading::TooLong;
    auto& change = draft.change;
    auto& fields = change.fields;
    const auto set = [&](OrderField number_field, OrderField authority_field, effects::OrderNumber& of) {
        if (of.number == number.value) return;
        if (!of.number.empty()) return reading.lose(std::string(source) + " beyond the first of its type");
        reading.put(fields, number_field, number.value, source, refuse);
        reading.put(fields, authority_field, number.authority, source, refuse);
        of = {fields.value(number_field), fields.value(authority_field)};
    };
    if (number.type == "FILL") return set(OrderField::filler_number, OrderField::filler_authority, change.filler);
    if (number.type == "ACSN") {
        if (!fields.value(OrderField::accession_number).empty()) return;
        reading.put(fields, OrderField::accession_number, number.value, source, refuse);
        reading.put(fields, OrderField::accession_issuer, number.authority, source, refuse);
        change.accession_issuer = fields.value(OrderField::accession_issuer);
        return;
    }
    if (number.type == procedure_number)
        return reading.put(fields, OrderField::requested_procedure_id, number.value, source, refuse);
    if (number.type != "PLAC" && !number.type.empty()) return reading.lose(source);
    auto named = number;
    if (named.authority.empty()) named.authority = reading.context.placer_authority;
    if (change.placer.number == named.value) return;
    if (!change.placer.number.empty()) return reading.lose(std::string(source) + " beyond the first of its type");
    reading.put(fields, OrderField::placer_number, named.value, source, refuse);
    reading.put(fields, OrderField::placer_authority, named.authority, source, refuse);
    change.placer = {fields.value(OrderField::placer_number), fields.value(OrderField::placer_authority)};
}

void number_as(const effects::OrderRecord& known, OrderChange& change, std::string_view source) {
    const auto& f = known.fields;
    const auto take = [&](OrderField field) {
        auto& said = change.fields[field];
        if (said.says == effects::FieldChange::Says::nothing && !f[field].empty())
            change.fields.set(field, f[field], source);
    };
    if (change.placer.number.empty()) {
        take(OrderField::placer_number), take(OrderField::placer_authority);
        change.placer = {f[OrderField::placer_number], f[OrderField::placer_authority]};
    }
    if (change.filler.number.empty()) {
        take(OrderField::filler_number), take(OrderField::filler_authority);
        change.filler = {f[OrderField::filler_number], f[OrderField::filler_authority]};
    }
    if (change.fields.value(OrderField::accession_number).empty()) {
        take(OrderField::accession_number), take(OrderField::accession_issuer);
        change.accession_issuer = f[OrderField::accession_issuer];
    }
    for (const auto field :
         {OrderField::requested_procedure_id, OrderField::study_instance_uid, OrderField::procedure_code})
        take(field);
}

void find_issuer(ResourceReading& reading, OrderChange& change) {
    const auto& accession = change.fields.value(OrderField::accession_number);
    if (accession.empty() || !change.accession_issuer.empty()) return;
    const auto known = reading.context.known.orders_with_accession(accession);
    const auto issuer = [](const effects::OrderRecord& order) { return order.fields[OrderField::accession_issuer]; };
    const bool one = !known.empty() && std::all_of(known.begin(), known.end(), [&](const auto& order) {
        return issuer(order) == issuer(known.front());
    });
    if (!one || issuer(known.front()).empty()) return;
    change.accession_issuer = issuer(known.front());
    change.fields.set(OrderField::accession_issuer, change.accession_issuer,
                      change.fields[OrderField::accession_number].source);
}

void OrdersRead::read() {
    std::vector<OrderDraft> drafts;
    for (const auto& one : reading_.submitted) {
        if (type_of(one.resource) != "ServiceRequest") continue;
        by_resource_[one.resource.node()] = drafts.size();
        read_request(reading_, one, drafts.emplace_back());
    }
    for (const auto& one : reading_.submitted) {
        if (type_of(one.resource) != "ImagingStudy") continue;
        by_resource_[one.resource.node()] = read_study(reading_, one, drafts, by_resource_);
    }
    std::vector<std::size_t> places;
    for (auto& draft : drafts) {
        if (reading_.failed()) return;
        find_issuer(reading_, draft.change);
        places.push_back(reading_.effects.orders.size());
        finish_order(reading_, draft, reading_.effects.orders);
    }
    for (auto& [node, place] : by_resource_) place = places[place];
}

std::optional<OrderChange> OrdersRead::meant_by(Element reference, std::string_view place) {
    const auto referred = reading_.refer(reference);
    OrderDraft draft;
    auto& change = draft.change;
    change.place = place;
    switch (referred.to) {
        case Referred::To::resource: {
            const auto mine = by_resource_.find(referred.resource.node());
            const bool same_tree = &referred.resource.tree() == &reference.tree();
            if (same_tree && mine != by_resource_.end()) return reading_.effects.orders[mine->second];
            break;
        }
        case Referred::To::own: {
            const bool order = referred.type == "ServiceRequest" || referred.type == "ImagingStudy";
            const auto known =
                order ? reading_.context.known.order({ResourceReading::own_id(referred.own)}) : std::nullopt;
            if (!known) break;
            number_as(*known, change, place);
            return std::move(change);
        }
        case Referred::To::number:
            if (!referred.uid.empty()) {
                reading_.put(change.fields, OrderField::study_instance_uid, referred.uid, place,
                             ResourceReading::TooLong::refuse);
            } else {
                auto number = referred.number;
                if (number.type.empty()) number.type = "ACSN";
                number_order(reading_, number, draft, place);
                find_issuer(reading_, change);
            }
            return std::move(change);
        case Referred::To::nothing:
            break;
    }
    reading_.fail(ErrorCode::fhir_bad_reference, {}, std::string(place));
    return std::nullopt;
}

}  // namespace gantry::fhir
