#include "engine/effects/report_rules.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "engine/base/digest.hpp"
#include "engine/effects/report_versions.hpp"

namespace gantry::effects {
namespace {

using enum ReportField;
using What = RecordOutcome::What;

std::string digest_of(const std::string& bytes) {
    const auto digest = sha256(bytes);
    return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool from_the_text(ReportField field) {
    static constexpr std::array made{clinical_history, technique,    findings,          impression,
                                     recommendations,  addenda,      ReportField::text, document_type,
                                     document_digest,  document_size};
    return std::find(made.begin(), made.end(), field) != made.end();
}

// One report of a message being applied.
class Application {
  public:
    Application(const ReportChange& change, const Subject& subject, Workspace& records, const OrderPolicy& policy,
                Plan& plan)
        : change_(change), subject_(subject), records_(records), policy_(policy), plan_(plan) {}

    // False: it is not about imaging, and filtered.
    Result<bool> run() {
        for (const auto& order : change_.orders) {
            const auto id = find_result_order(change_, order, subject_.patient, records_);
            if (!id) return id.error();
            orders_.push_back(*id);
        }
        auto found = find_report(change_, orders_, records_);
        if (!found) return found.error();
        found_ = std::move(*found);
        if (auto linked = link_known(); !linked) return linked.error();
        if (!wanted()) {
            if (policy_.result_without_order == ResultWithoutOrder::reject) return error(ErrorCode::order_unknown);
            if (policy_.result_without_order == ResultWithoutOrder::filter) return false;
            return error(ErrorCode::report_not_imaging);
        }
        make_orders();
        if (auto recorded = record(); !recorded) return recorded.error();
        return true;
    }

  private:
    Error error(ErrorCode code, std::string detail = {}) const {
        return {code, std::move(detail),
                code == ErrorCode::report_not_imaging ? change_.imaging_place : change_.number_place};
    }

    Result<void> report(What what, ReportId id, std::string reason = {}) {
        plan_.records.push_back({RecordKind::report, what, change_.place, std::move(reason), {}, {}, {}, id.value});
        return {};
    }

    // The report is known: its orders are the ones meant, and nobody else's.
    Result<void> link_known() {
        if (!found_.id) return {};
        const auto& of_report = records_.report(found_.id)->orders;
        if (records_.order(of_report.front())->patient != subject_.patient)
            return error(ErrorCode::order_ambiguous, "the report belongs to another patient");
        const auto is_its = [&](OrderId id) {
            return std::find(of_report.begin(), of_report.end(), id) != of_report.end();
        };
        const bool any = std::any_of(orders_.begin(), orders_.end(), is_its);
        const bool none_known = std::none_of(orders_.begin(), orders_.end(), [](OrderId id) { return bool(id); });
        if (!any && !none_known) return error(ErrorCode::order_ambiguous, "the report is another order's");
        // Where none is found by its own numbers, those of the report are meant.
        for (std::size_t i = 0; none_known && i < std::min(orders_.size(), of_report.size()); ++i)
            orders_[i] = of_report[i];
        return {};
    }

    bool wanted() const {
        const bool known =
            found_.id || std::any_of(orders_.begin(), orders_.end(), [](OrderId id) { return static_cast<bool>(id); });
        if (known || policy_.result_without_order == ResultWithoutOrder::all) return true;
        return change_.imaging && policy_.result_without_order != ResultWithoutOrder::reject;
    }

    void make_orders() {
        for (std::size_t i = 0; i < orders_.size(); ++i) {
            if (orders_[i]) continue;
            orders_[i] = make_minimal_order(change_, change_.orders[i], subject_, records_, plan_);
            made_.push_back(orders_[i]);
        }
    }

    Result<void> record() {
        auto version = this->version();
        if (found_.id && repeats(version)) return report(What::unchanged, found_.id, "already known");
        const bool created = !found_.id;
        auto& write = created ? records_.new_report() : records_.edit_report(found_.id);
        add_keys(write);
        for (const auto order : orders_) records_.add_report_order(write, order);
        write.after.versions.push_back(version);
        ++write.new_versions;
        write.new_documents.insert(write.new_documents.end(), documents_.begin(), documents_.end());
        const auto state = report_of(write.after.versions);
        const auto before = write.after.fields;
        show(write, state);
        if (std::find(state.counted.begin(), state.counted.end(), version.id) != state.counted.end()) {
            if (auto applied = apply_to_orders(); !applied) return applied;
        }
        if (created) return report(What::created, write.after.id);
        if (write.after.fields == before)
            return report(What::ignored, write.after.id, "kept as a version; a newer or more final one is shown");
        return report(What::updated, write.after.id, state.fields[result_status]);
    }

    ReportVersion version() {
        ReportVersion out;
        out.id = records_.ids().next();
        out.time = change_.event_time;
        out.sent = change_.status_sent;
        out.status = change_.status;
        out.addendum = found_.addendum;
        out.part = found_.part;
        out.announces = change_.announces;
        out.lines = change_.lines;
        for (std::size_t i = 0; i < out.said.size(); ++i) out.said.at(i) = change_.fields.at(i).value;
        for (const auto& document : change_.documents) {
            EnclosedDocument about{digest_of(document.bytes), document.media_type,
                                   static_cast<std::int64_t>(document.bytes.size()), document.code, document.sub_id};
            documents_.push_back({about, document.bytes});
            out.documents.push_back(std::move(about));
        }
        return out;
    }

    // The same at the same time, or once more what is the last word anyway.
    bool repeats(const ReportVersion& version) const {
        const auto& known = *records_.report(found_.id);
        const auto newest_of_part = std::max_element(
            known.versions.begin(), known.versions.end(), [&](const ReportVersion& a, const ReportVersion& b) {
                return std::tuple(a.part == version.part, std::string_view(a.time), a.id) <
                       std::tuple(b.part == version.part, std::string_view(b.time), b.id);
            });
        return std::any_of(known.versions.begin(), known.versions.end(), [&](const ReportVersion& earlier) {
            const bool last_word = &earlier == &*newest_of_part && version.time >= earlier.time;
            return same_content(earlier, version) && (earlier.time == version.time || last_word);
        });
    }

    void add_keys(ReportWrite& write) {
        if (!change_.document.number.empty()) records_.add_report_key(write, document_key(change_.document));
        // An addendum that came before its report: the report will be found by this number.
        if (!change_.parent_document.number.empty())
            records_.add_report_key(write, document_key(change_.parent_document));
        for (const auto& order : change_.orders) {
            const auto& procedure = order.fields.value(OrderField::procedure_code);
            if (!order.filler.number.empty()) records_.add_report_key(write, report_key(order.filler, procedure));
        }
    }

    void show(ReportWrite& write, const ReportState& state) {
        auto fields = state.fields;
        const auto& before = write.after.fields;
        for (const auto field : {report_number, report_authority})
            fields[field] = before[report_number].empty() ? number_said(field) : before[field];
        for (std::size_t i = 0; i < fields.size(); ++i) note_source(write.after.id, i);
        records_.note_source(RecordKind::report, write.after.id.value, Workspace::belongs_to, source_of_orders());
        write.after.fields = std::move(fields);
        write.after.current_version = state.current;
        write.after.reported_by =
            records_.provider(write.after.fields[radiologist_id], {}, write.after.fields[radiologist]);
    }

    // An addendum that comes first brings the number of the report it adds to.
    const std::string& number_said(ReportField field) const {
        if (!found_.addendum || change_.parent_document.number.empty()) return change_.fields.value(field);
        return field == report_number ? change_.parent_document.number : change_.parent_document.authority;
    }

    void note_source(ReportId id, std::size_t i) {
        const auto field = static_cast<ReportField>(i);
        auto source = from_the_text(field) ? std::string_view("OBX-5") : change_.fields.at(i).source;
        if (source.empty()) source = change_.status_source;
        records_.note_source(RecordKind::report, id.value, i, source);
    }

    // Which field said whose report it is.
    std::string_view source_of_orders() const {
        using enum OrderField;
        for (const auto field : {placer_number, filler_number, OrderField::accession_number})
            if (const auto source = change_.orders.front().fields[field].source; !source.empty()) return source;
        return change_.fields[report_number].source;
    }

    Result<void> apply_to_orders() {
        if (found_.addendum || change_.status == ResultStatus::cancelled) return {};
        for (std::size_t i = 0; i < orders_.size(); ++i) {
            if (std::find(made_.begin(), made_.end(), orders_[i]) != made_.end()) continue;
            auto applied =
                apply_result_to_order(change_, change_.orders[i], orders_[i], subject_, records_, policy_, plan_);
            if (!applied) return applied;
        }
        return {};
    }

    const ReportChange& change_;
    const Subject& subject_;
    Workspace& records_;
    const OrderPolicy& policy_;
    Plan& plan_;
    FoundReport found_;
    std::vector<OrderId> orders_;  // as change_.orders
    std::vector<OrderId> made_;
    std::vector<StoredDocument> documents_;
};

}  // namespace

Result<void> apply_reports(const std::vector<ReportChange>& changes, const Subject& subject, Workspace& records,
                           const OrderPolicy& policy, Plan& plan) {
    const std::string reason = "not a result that says it is about imaging, and no order is known for it";
    std::size_t filtered = 0;
    for (const auto& change : changes) {
        const auto applied = Application(change, subject, records, policy, plan).run();
        if (!applied) return applied.error();
        if (*applied) continue;
        ++filtered;
        plan.records.push_back({RecordKind::report, What::ignored, change.place, reason, {}, {}, {}});
    }
    if (filtered == changes.size()) plan.filtered_by = reason;
    return {};
}

}  // namespace gantry::effects
