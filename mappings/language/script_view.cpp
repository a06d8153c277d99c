#include "mappings/language/script_view.hpp"

#include <algorithm>

#include "mappings/language/notes.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

using effects::OrderField;
using effects::RecordKind;
using Of = ScriptRecord::Of;

template <class List>
auto* at_or_null(List& list, std::size_t index) {
    return index < list.size() ? &list[index] : nullptr;
}

// The numbers by which an order is found, which stand beside its fields.
void follow(effects::OrderNumber& placer, effects::OrderNumber& filler, OrderField field, const std::string& value) {
    switch (field) {
        case OrderField::placer_number:
            placer.number = value;
            break;
        case OrderField::placer_authority:
            placer.authority = value;
            break;
        case OrderField::filler_number:
            filler.number = value;
            break;
        case OrderField::filler_authority:
            filler.authority = value;
            break;
        default:
            break;
    }
}

bool names_an_order(OrderField field) {
    return field == OrderField::placer_number || field == OrderField::placer_authority ||
           field == OrderField::filler_number || field == OrderField::filler_authority;
}

constexpr auto several_orders = "it sets a number of the order of an appointment that is for several";

}  // namespace

RecordKind kind_of(Of of) {
    if (of == Of::patient) return RecordKind::patient;
    return of == Of::order || of == Of::schedule ? RecordKind::order : RecordKind::step;
}

Result<Node> ScriptView::compile(std::string_view path, Read read) {
    auto parsed = hl7::Path::parse(path);
    if (!parsed) return parsed.error();
    Node out;
    out.op = Node::Op::path;
    out.read = read;
    out.text = parsed->text();
    out.source = source_of(std::move(parsed).value());
    out.source->all_repetitions = read == Read::xpn || read == Read::xcn || read == Read::cnn;
    return out;
}

bool ScriptView::is_own(const Node& node) const {
    if (!document_.orders) return false;
    const auto& own = document_.orders->own;
    return std::find(own.begin(), own.end(), node.source->path.segment()) != own.end();
}

Frame ScriptView::frame_of(ScriptPart part, MessagePart& storage, bool own) const {
    auto out = frame_;
    const auto* order = at_or_null(std::as_const(frame_.notes->orders), part.index);
    const auto& message = *frame_.place.all.message;
    if (part.of == ScriptPart::Of::segment)
        storage = MessagePart::of({&message, part.index, part.index + 1, nullptr});
    else if (part.of == ScriptPart::Of::step && order && part.step < order->steps.size())
        storage = order->steps[part.step];
    else if (part.of == ScriptPart::Of::order && order)
        storage = order->order;
    else
        return out;
    out.place = Place::of(storage.scope(own));
    return out;
}

Value ScriptView::value(const Node& node, ScriptPart part) const {
    MessagePart storage;
    auto frame = frame_of(part, storage, is_own(node));
    return evaluate(node, frame);
}

std::vector<Value> ScriptView::values(const Node& node, ScriptPart part) const {
    MessagePart storage;
    auto frame = frame_of(part, storage, is_own(node));
    std::vector<Value> out;
    for (const auto& piece : find_all(*node.source, frame)) {
        if (piece.is_null()) {
            out.push_back({Value::Says::clear, {}, node.text, piece.raw()});
            continue;
        }
        auto text = read_piece(piece, node, frame);
        if (!text.empty()) out.push_back({Value::Says::set, std::move(text), node.text, piece.raw()});
    }
    return out;
}

std::size_t ScriptView::next_segment(ScriptPart part, std::uint32_t id, std::size_t from) const {
    MessagePart storage;
    const auto scope = frame_of(part, storage, true).place.all;
    const auto& ids = frame_.remarks.segment_ids();
    for (auto i = std::max(from, scope.begin); i < scope.end; ++i)
        if (id == 0 || ids[i] == id) return i;
    return segments();
}

std::string_view ScriptView::segment_id(std::size_t index) const {
    return frame_.place.all.message->segment(index).id();
}

std::string ScriptView::segment_place(std::size_t index) const {
    return place_of_segment(*frame_.place.all.message, index);
}

std::string ScriptView::control_id() const {
    return frame_.place.all.message->msh().field(10).text();
}

LocalTime ScriptView::received() const {
    static const Zone utc("UTC");
    return (frame_.context.zone ? *frame_.context.zone : utc).local(received_);
}

effects::FieldChange* ScriptView::fields(ScriptRecord record) const {
    auto& schedule = effects_.schedule;
    auto* order = at_or_null(effects_.orders, record.index);
    switch (record.of) {
        case Of::patient:
            return effects_.patient ? first_of(effects_.patient->fields) : nullptr;
        case Of::order:
            return order ? first_of(order->fields) : nullptr;
        case Of::step:
            return order && record.step < order->steps.size() ? first_of(order->steps[record.step].fields) : nullptr;
        case Of::schedule:
            return schedule ? first_of(schedule->fields) : nullptr;
        case Of::item:
            return schedule && record.index < schedule->items.size() ? first_of(schedule->items[record.index].fields)
                                                                     : nullptr;
        case Of::every:
            return schedule ? first_of(schedule->every) : nullptr;
    }
    return nullptr;
}

void ScriptView::set(ScriptRecord record, std::size_t field, effects::FieldChange change) {
    auto* const fields_of = fields(record);
    if (!fields_of) return;
    if (record.of == Of::order) {
        auto& order = effects_.orders[record.index];
        follow(order.placer, order.filler, static_cast<OrderField>(field), change.value);
        if (static_cast<OrderField>(field) == OrderField::accession_issuer) order.accession_issuer = change.value;
    } else if (record.of == Of::schedule && names_an_order(static_cast<OrderField>(field))) {
        auto& orders = effects_.schedule->orders;
        if (orders.size() > 1) return refuse(ErrorCode::script_failed, several_orders, {});
        follow(orders.front().placer, orders.front().filler, static_cast<OrderField>(field), change.value);
    }
    fields_of[field] = std::move(change);
}

void ScriptView::refuse(ErrorCode code, std::string detail, std::string_view path) {
    frame_.remarks.fail(code, std::move(detail), {}, path);
}

void ScriptView::filter(std::string rule) {
    auto trace = std::move(effects_.trace);
    effects_ = {};
    effects_.disposition = effects::Disposition::filter;
    effects_.filtered_by = std::move(rule);
    effects_.trace = std::move(trace);
}

void run_script(const Document& document, Frame& frame, Instant received, effects::Effects& effects) {
    ScriptView view(document, frame, received, effects);
    document.script->run(view);
}

}  // namespace gantry::mappings
