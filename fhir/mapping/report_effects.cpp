// http://hl7.org/fhir/R4/diagnosticreport.html
#include <algorithm>

#include "engine/base/base64.hpp"
#include "engine/base/digest.hpp"
#include "engine/effects/report_text.hpp"
#include "fhir/mapping/inbound_statuses.hpp"
#include "fhir/mapping/report_lines.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using effects::ReportChange;
using effects::ReportField;
using r4::Element;
using TooLong = ResourceReading::TooLong;

class ReportReader {
  public:
    ReportReader(ResourceReading& reading, const Submitted& submitted, OrdersRead& orders)
        : reading_(reading), report_(submitted.resource), orders_(orders), id_(submitted.id), place_(submitted.place) {}

    void run() {
        out_.place = place_;
        out_.number_place = "DiagnosticReport.identifier";
        out_.imaging_place = "DiagnosticReport.category";
        out_.status_source = "DiagnosticReport.status";
        if (id_ != 0 && !find_own()) return;
        read_subject(reading_, subject(), "DiagnosticReport.subject");
        if (!read_status() || reading_.failed()) return;
        read_categories();
        read_fields();
        read_orders();
        read_number();
        read_content();
        if (!reading_.failed()) reading_.keep(report_, out_.fields, ReportField::posted, said_by_content());
        if (!reading_.failed()) reading_.effects.reports.push_back(std::move(out_));
    }

  private:
    bool find_own() {
        own_ = reading_.context.known.report({id_});
        if (!own_) reading_.fail(ErrorCode::fhir_not_found, {}, "DiagnosticReport.id");
        return own_.has_value();
    }

    Element subject() const { return report_["subject"]; }

    // False: nothing is to be done.
    bool read_status() {
        const auto status = result_status_of(report_["status"].value());
        if (!status) {
            reading_.fail(status.error().code, status.error().detail, status.error().place);
            return false;
        }
        if (!*status) {
            reading_.effects.ignored.emplace_back("a report whose status is unknown changes nothing");
            return false;
        }
        out_.status = **status;
        out_.status_sent = report_["status"].value();
        return true;
    }

    void read_categories() {
        for_each(report_, "category", [&](Element category) {
            if (has_coding(category, systems::loinc, "LP29684-5")) {
                out_.imaging = true;
                return;
            }
            if (has_coding(category, systems::snomed, "394914008")) out_.imaging = true;
            const auto read = concept_of(category);
            const auto& code = read.code.empty() ? read.text : read.code;
            if (!out_.fields.value(ReportField::category).empty())
                reading_.lose("DiagnosticReport.category beyond the first");
            else
                reading_.put(out_.fields, ReportField::category, code, "DiagnosticReport.category");
            static constexpr std::string_view services[] = {"RAD", "RX",  "CT",  "NMR", "RUS", "NMS",
                                                            "VUS", "OUS", "CUS", "XRC", "IMG"};
            if (std::find(std::begin(services), std::end(services), code) != std::end(services)) out_.imaging = true;
        });
    }

    void read_fields() {
        auto& f = out_.fields;
        const auto* zone = reading_.context.zone;
        const auto code = concept_of(report_["code"]);
        // What the projection says of a report without a code (docs/conformance/fhir-round-trip.md).
        if (!(code.code == "18748-4" && code.text.empty())) {
            reading_.put(f, ReportField::code, code.code, "DiagnosticReport.code", TooLong::refuse);
            reading_.put(f, ReportField::code_scheme, code.scheme, "DiagnosticReport.code");
            reading_.put(f, ReportField::title, code.text.empty() ? code.meaning : code.text, "DiagnosticReport.code");
        }
        auto effective = report_["effective"].value();
        if (effective.empty()) effective = report_["effective"]["start"].value();
        reading_.put(f, ReportField::observation_date, moment_of(effective, zone), "DiagnosticReport.effective");
        auto issued = report_["issued"].value();
        if (issued.empty()) issued = extension_text(report_["issued"], extensions::day_only);
        reading_.put(f, ReportField::report_date, moment_of(issued, zone), "DiagnosticReport.issued");
        if (const auto at = instant_at(issued, zone)) out_.event_time = event_time_of(*at);
        const auto interpreter = report_.has("resultsInterpreter") ? "resultsInterpreter" : "performer";
        const auto radiologist = reading_.person_at(
            report_[interpreter], own_ ? std::string_view(own_->fields[ReportField::radiologist]) : std::string_view());
        reading_.put(f, ReportField::radiologist, radiologist.name, "DiagnosticReport.resultsInterpreter");
        reading_.put(f, ReportField::radiologist_id, radiologist.identifier, "DiagnosticReport.resultsInterpreter",
                     TooLong::refuse);
    }

    void add_order(effects::OrderChange order) {
        using enum OrderField;
        const auto same = [&](const effects::OrderChange& known) {
            const auto both = [&](OrderField field) {
                const auto& value = order.fields.value(field);
                return !value.empty() && known.fields.value(field) == value;
            };
            return (!order.placer.number.empty() && order.placer == known.placer) ||
                   (!order.filler.number.empty() && order.filler == known.filler) || both(accession_number) ||
                   both(study_instance_uid);
        };
        if (std::any_of(out_.orders.begin(), out_.orders.end(), same)) return;
        order.action = action_on_orders(out_.status);
        order.place = "DiagnosticReport";
        order.steps.clear();
        out_.orders.push_back(std::move(order));
    }

    // The requests first: the first of them is the primary one.
    void read_orders() {
        for_each(report_, "basedOn", [&](Element reference) {
            if (!leads(reference)) return;
            if (auto order = orders_.meant_by(reference, "DiagnosticReport.basedOn")) add_order(std::move(*order));
        });
        for_each(report_, "imagingStudy", [&](Element reference) {
            const auto uid = uid_of(reference["identifier"]);
            if (out_.study_instance_uid.empty()) out_.study_instance_uid = uid;
            out_.imaging = true;
            if (!leads(reference)) return;
            if (auto order = orders_.meant_by(reference, "DiagnosticReport.imagingStudy")) add_order(std::move(*order));
        });
        reading_.put(out_.fields, ReportField::study_instance_uid, out_.study_instance_uid,
                     "DiagnosticReport.imagingStudy", TooLong::refuse);
        out_.imaging = out_.imaging || !out_.orders.empty();
        if (own_ && out_.orders.empty()) add_orders_of_own();
    }

    void add_orders_of_own() {
        for (const auto id : own_->orders) {
            const auto known = reading_.context.known.order(id);
            effects::OrderChange order;
            if (known) number_as(*known, order, "DiagnosticReport.id");
            if (known) add_order(std::move(order));
        }
    }

    // Its own number: the orders' filler number, as in OBR-3, or else that of a document, as in TXA-12. One of type
    // ACSN or PLAC says whose report it is.
    void read_number() {
        for_each(report_, "identifier", [&](Element one) {
            const auto number = number_of(one, reading_.context.systems);
            if (!number) return;
            if (number.type == "ACSN" || number.type == "PLAC") {
                OrderDraft draft;
                number_order(reading_, number, draft, "DiagnosticReport.identifier");
                find_issuer(reading_, draft.change);
                return add_order(std::move(draft.change));
            }
            if (!out_.fields.value(ReportField::report_number).empty())
                return reading_.lose("DiagnosticReport.identifier beyond the first of its type");
            take_number(number);
        });
        if (own_ && out_.fields.value(ReportField::report_number).empty()) {
            const auto& f = own_->fields;
            take_number({f[ReportField::report_number], f[ReportField::report_authority], "FILL"});
        }
        // One that says that it is of imaging is taken without an order; the rules make one.
        if (out_.orders.empty() && out_.imaging) add_order({});
        if (out_.orders.empty()) {
            reading_.fail(ErrorCode::order_missing_number, {}, "DiagnosticReport.basedOn");
            return;
        }
        fill_orders();
    }

    void take_number(const ReadNumber& number) {
        constexpr std::string_view source = "DiagnosticReport.identifier";
        reading_.put(out_.fields, ReportField::report_number, number.value, source, TooLong::refuse);
        reading_.put(out_.fields, ReportField::report_authority, number.authority, source, TooLong::refuse);
        const effects::OrderNumber said{number.value, number.authority};
        const bool of_an_order = std::any_of(out_.orders.begin(), out_.orders.end(),
                                             [&](const auto& order) { return order.filler == said; });
        if (of_an_order || said.number.empty()) return;
        if (!out_.orders.empty() || number.type != "FILL") {
            out_.document = said;
            return;
        }
        OrderDraft draft;
        number_order(reading_, number, draft, source);
        add_order(std::move(draft.change));
    }

    // What is known of an order that nobody has sent.
    void fill_orders() {
        const auto& f = out_.fields;
        for (auto& order : out_.orders) {
            const auto take = [&](OrderField field, ReportField of) {
                if (order.fields.value(field).empty()) order.fields.set(field, f.value(of), f[of].source);
            };
            take(OrderField::procedure_code, ReportField::code);
            take(OrderField::procedure_scheme, ReportField::code_scheme);
            take(OrderField::procedure_description, ReportField::title);
            take(OrderField::performed_date, ReportField::observation_date);
        }
    }

    void read_content() {
        std::string text;
        for_each(report_, "presentedForm", [&](Element form) { read_form(form, text); });
        ReportSections sections(reading_, report_, own_ ? &*own_ : nullptr);
        out_.lines = sections.lines(std::move(text));
    }

    // What the record's text and sections are where the report has this content alone (engine/effects/report_text.hpp).
    std::vector<SaidField> said_by_content() const {
        std::vector<SaidField> out;
        effects::ReportLines own, addenda;
        for (const auto& line : out_.lines) (line.section == ReportField::addenda ? addenda : own).push_back(line);
        const bool forms = report_.has("presentedForm");
        if (forms || !out_.lines.empty()) {
            out.push_back({"text", effects::text_of(own)});
            out.push_back({"addenda", effects::text_of(addenda)});
        }
        if (!out_.lines.empty())
            for (const auto& row : report_sections())
                if (row.field != ReportField::addenda)
                    out.push_back({std::string(field_name(row.field)), effects::section_of(own, row.field)});
        if (forms) out.push_back({"document_digest", first_document()});
        return out;
    }

    static std::string_view field_name(ReportField field) {
        return effects::field_table(effects::RecordKind::report)[static_cast<std::size_t>(field)].name;
    }

    std::string first_document() const {
        if (out_.documents.empty()) return {};
        const auto digest = sha256(out_.documents.front().bytes);
        return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
    }

    void read_form(Element form, std::string& text) {
        constexpr std::string_view source = "DiagnosticReport.presentedForm";
        const auto type = form["contentType"].value();
        const auto data = form["data"].value();
        if (data.empty()) return read_location(form);
        auto bytes = from_base64(data);
        if (!bytes) return reading_.fail(ErrorCode::hl7_bad_value, "no base64", std::string(source) + ".data");
        const bool plain = type == "text/plain" || type.starts_with("text/plain;");
        if (plain && text.empty()) {
            text = std::move(*bytes);
            return;
        }
        out_.documents.push_back({std::string(type.empty() ? "application/octet-stream" : type),
                                  std::move(*bytes),
                                  {},
                                  std::to_string(out_.documents.size() + 1)});
    }

    // A document of ours stays what it is; any other address is kept as one.
    void read_location(Element form) {
        const auto url = form["url"].value();
        const auto at = url.rfind("Binary/");
        const bool ours = at == 0 || (!reading_.context.base.empty() && url.starts_with(reading_.context.base));
        if (at != std::string_view::npos && ours) {
            auto known = reading_.context.known.document(std::string(url.substr(at + 7)));
            if (!known) return reading_.fail(ErrorCode::fhir_bad_reference, {}, "DiagnosticReport.presentedForm.url");
            known->sub_id = std::to_string(out_.documents.size() + 1);
            return out_.documents.push_back(std::move(*known));
        }
        reading_.put(out_.fields, ReportField::document_location, url.empty() ? form["title"].value() : url,
                     "DiagnosticReport.presentedForm");
    }

    ResourceReading& reading_;
    Element report_;
    OrdersRead& orders_;
    std::int64_t id_;
    std::string place_;
    std::optional<effects::ReportRecord> own_;
    ReportChange out_;
};

}  // namespace

void read_report(ResourceReading& reading, const Submitted& report, OrdersRead& orders) {
    ReportReader(reading, report, orders).run();
}

}  // namespace gantry::fhir
