#include <algorithm>

#include "engine/effects/order_rules.hpp"
#include "engine/effects/report_rules.hpp"

namespace gantry::effects {
namespace {

using Orders = std::vector<OrderId>;
using Reports = std::vector<ReportId>;

template <class Item>
bool among(const std::vector<Item>& all, const Item& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

template <class Item, class Wanted>
std::vector<Item> those(const std::vector<Item>& all, Wanted wanted) {
    std::vector<Item> out;
    std::copy_if(all.begin(), all.end(), std::back_inserter(out), wanted);
    return out;
}

Error hold(const std::string& place, const char* why) {
    return {ErrorCode::order_ambiguous, why, place};
}

// The orders that a number means, of this patient and of others. One that was cancelled counts only when no other does.
struct Candidates {
    Orders own;
    bool others = false;
};

Candidates candidates(const Orders& all, PatientId patient, Workspace& records) {
    Candidates out;
    out.own = those(all, [&](OrderId id) { return records.order(id)->patient == patient; });
    out.others = out.own.size() < all.size();
    const auto wanted =
        those(out.own, [&](OrderId id) { return records.order(id)->fields[OrderField::status] != "CANCELLED"; });
    if (!wanted.empty()) out.own = wanted;
    return out;
}

// Those for which the field says what the message says, where any does.
Orders narrowed(const Orders& all, OrderField field, const std::string& said, Workspace& records) {
    if (said.empty() || all.size() < 2) return all;
    const auto same = those(all, [&](OrderId id) { return records.order(id)->fields[field] == said; });
    return same.empty() ? all : same;
}

class OrderSearch {
  public:
    OrderSearch(const ReportChange& change, const OrderChange& order, PatientId patient, Workspace& records)
        : order_(order), patient_(patient), records_(records) {
        const auto& accession = order.fields.value(OrderField::accession_number);
        if (!accession.empty())
            by_accession_ =
                candidates(records.orders_with_accession(accession, order.accession_issuer), patient, records);
        if (!change.study_instance_uid.empty())
            by_uid_ = candidates(records.orders_with_study_uid(change.study_instance_uid), patient, records);
    }

    Result<OrderId> run() {
        auto numbers = order_;
        numbers.action = OrderAction::status_only;
        const auto found = find_order(numbers, patient_, records_);
        if (!found) return found.error();
        if (found->by_number) return check(found->id);
        if (belongs_to_others(by_accession_) || belongs_to_others(by_uid_)) return other_patient();
        auto all = by_accession_.own.empty() ? by_uid_.own : by_accession_.own;
        if (!by_accession_.own.empty() && !by_uid_.own.empty()) {
            all = those(all, [&](OrderId id) { return among(by_uid_.own, id); });
            if (all.empty())
                return hold(order_.place_of_number(), "the accession number and the study UID mean two orders");
        }
        for (const auto field : {OrderField::requested_procedure_id, OrderField::procedure_code})
            all = narrowed(all, field, order_.fields.value(field), records_);
        if (all.size() > 1)
            return hold(order_.place_of_number(), "the accession number or study UID means several orders");
        return all.empty() ? OrderId() : all.front();
    }

  private:
    static bool belongs_to_others(const Candidates& found) { return found.own.empty() && found.others; }

    Error other_patient() const { return hold(order_.place_of_number(), "the order belongs to another patient"); }

    // The order that the numbers mean must not be another one than accession number and study UID mean.
    Result<OrderId> check(OrderId id) const {
        if (records_.order(id)->patient != patient_) return other_patient();
        for (const auto* other : {&by_accession_, &by_uid_}) {
            if (belongs_to_others(*other)) return other_patient();
            if (!other->own.empty() && !among(other->own, id))
                return hold(order_.place_of_number(), "the accession number or study UID is another order's");
        }
        return id;
    }

    const OrderChange& order_;
    PatientId patient_;
    Workspace& records_;
    Candidates by_accession_, by_uid_;
};

std::string part_of(const OrderNumber& number) {
    return number.authority.empty() ? number.number : number.number + "^" + number.authority;
}

class ReportSearch {
  public:
    ReportSearch(const ReportChange& change, const Orders& orders, Workspace& records)
        : change_(change), orders_(orders), records_(records) {}

    Result<FoundReport> run() {
        auto own = by_own_numbers();
        if (!own) return own.error();
        if (own->id) return own;
        auto parent = by_parent();
        if (!parent) return parent.error();
        if (parent->id) return parent;
        return by_order();
    }

  private:
    // What a number of its own is called among the addenda of a report.
    OrderNumber own_number() const {
        if (!change_.document.number.empty()) return change_.document;
        return change_.orders.empty() ? OrderNumber() : change_.orders.front().filler;
    }

    // Of reports under one filler number the one with this procedure, else the only one. One that this message has
    // spoken of already, or of other orders, is another procedure's.
    Reports under_filler(const OrderNumber& filler, const std::string& procedure) {
        Reports out;
        if (filler.number.empty()) return out;
        for (const auto& match : records_.reports_with_prefix(report_prefix(filler))) {
            if (match.key == report_key(filler, procedure)) return {match.report};
            if (!among(out, match.report)) out.push_back(match.report);
        }
        if (procedure.empty()) return out;
        return those(out, [&](ReportId id) { return !records_.touched(id) && of_these_orders(id); });
    }

    bool of_these_orders(ReportId id) {
        const auto& of_report = records_.report(id)->orders;
        const auto known = those(orders_, [](OrderId order) { return static_cast<bool>(order); });
        return known.empty() ||
               std::any_of(known.begin(), known.end(), [&](OrderId order) { return among(of_report, order); });
    }

    Reports under_document(const OrderNumber& document) {
        Reports out;
        if (document.number.empty()) return out;
        const auto key = document_key(document);
        for (const auto& match : records_.reports_with_prefix(key))
            if (match.key == key) out.push_back(match.report);
        return out;
    }

    Result<FoundReport> only(const Reports& found) const {
        if (found.size() > 1) return hold(change_.number_place, "the number means several reports");
        return FoundReport{found.empty() ? ReportId() : found.front(), false, {}};
    }

    bool is_part(ReportId id, const std::string& part) const {
        const auto& versions = records_.report(id)->versions;
        return !part.empty() && std::any_of(versions.begin(), versions.end(), [&](const ReportVersion& version) {
            return version.addendum && version.part == part;
        });
    }

    Result<FoundReport> by_own_numbers() {
        auto found = under_document(change_.document);
        if (change_.document.number.empty())
            for (const auto& order : change_.orders)
                for (const auto id : under_filler(order.filler, order.fields.value(OrderField::procedure_code)))
                    if (!among(found, id)) found.push_back(id);
        auto out = only(found);
        if (!out || !out->id) return out;
        const auto part = part_of(own_number());
        if (is_part(out->id, part))
            out->addendum = true, out->part = part;
        else
            out->addendum = change_.addendum || change_.of_parent_result;
        return out;
    }

    Result<FoundReport> by_parent() {
        const auto part = part_of(own_number());
        auto found = under_document(change_.parent_document);
        if (!found.empty()) {
            FoundReport out{found.front(), change_.addendum, part};
            const auto replaced = part_of(change_.parent_document);
            if (change_.replaces_parent && is_part(out.id, replaced)) out = {out.id, true, replaced};
            return out;
        }
        found = under_filler(change_.parent_filler, {});
        if (found.empty()) found = under_placer(change_.parent_placer);
        auto out = only(found);
        if (!out || !out->id) return out;
        // A result with an order of its own is a report of its own, whatever its order is a child of.
        const auto& of_parent = records_.report(out->id)->orders;
        const bool own_order =
            std::any_of(orders_.begin(), orders_.end(), [&](OrderId id) { return id && !among(of_parent, id); });
        return own_order ? FoundReport() : FoundReport{out->id, true, part};
    }

    Reports under_placer(const OrderNumber& placer) {
        Reports out;
        if (placer.number.empty()) return out;
        for (const auto& match : records_.orders_with_prefix(placer_prefix(placer)))
            for (const auto id : records_.reports_of(match.order))
                if (!among(out, id)) out.push_back(id);
        return out;
    }

    // A report of the order, unless both have numbers of their own that differ.
    Result<FoundReport> by_order() {
        Reports found;
        for (const auto order : orders_)
            for (const auto id : order ? records_.reports_of(order) : Reports())
                if (!among(found, id) && could_be(id, order)) found.push_back(id);
        auto out = only(found);
        if (!out || !change_.addendum) return out;
        out->addendum = true;
        out->part = part_of(change_.document);
        return out;
    }

    bool could_be(ReportId id, OrderId order) const {
        if (change_.addendum) return true;
        if (records_.touched(id)) return false;
        const auto& number = records_.report(id)->fields[ReportField::report_number];
        const auto& filler = records_.order(order)->fields[OrderField::filler_number];
        const auto own = own_number().number;
        if (number.empty() || own.empty() || number == own) return true;
        return number == filler || (change_.document.number.empty() && own == filler);
    }

    const ReportChange& change_;
    const Orders& orders_;
    Workspace& records_;
};

}  // namespace

Result<OrderId> find_result_order(const ReportChange& change, const OrderChange& order, PatientId patient,
                                  Workspace& records) {
    return OrderSearch(change, order, patient, records).run();
}

Result<FoundReport> find_report(const ReportChange& change, const std::vector<OrderId>& orders, Workspace& records) {
    return ReportSearch(change, orders, records).run();
}

}  // namespace gantry::effects
