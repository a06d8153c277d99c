#include "engine/dicom/dcmtk/worklist_scp.hpp"

#include <dcmtk/dcmnet/dimse.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "engine/dicom/dataset_encoding.hpp"
#include "engine/dicom/dcmtk/dataset_codec.hpp"
#include "engine/dicom/worklist_answer.hpp"
#include "engine/dicom/worklist_query.hpp"

namespace gantry::dicom {
namespace {

using events::Level;

// PS3.4 table K.4.1-2
enum : std::uint16_t {
    success = 0x0000,
    out_of_resources = 0xA700,
    identifier_does_not_match = 0xA900,
    unable_to_process = 0xC001,
    cancelled = 0xFE00,
    pending = 0xFF00,
    pending_with_unsupported_keys = 0xFF01
};

constexpr std::size_t longest_comment = 64;

class Query {
  public:
    Query(T_ASC_Association& association, Conversation& conversation, const Message& request,
          const WorklistService& service, const std::function<Interruption()>& poll)
        : association_(association),
          conversation_(conversation),
          request_(request),
          service_(service),
          poll_(poll),
          character_sets_(service.caller.character_sets) {}

    bool answer() {
        const auto began = std::chrono::steady_clock::now();
        const auto status = final_status();
        report(status, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began));
        return !gone_ && send_last(status);
    }

  private:
    std::uint16_t final_status() {
        const auto keys = identifier();
        if (!keys) return fault({{}, "the identifier cannot be read"}, unable_to_process);
        keys_ = *keys;
        auto reading = read_query(keys_, service_.caller, service_.today);
        if (reading.fault) return fault(*reading.fault, identifier_does_not_match);
        unsupported_key_ = reading.unsupported_key;
        return find(reading.query);
    }

    std::optional<Dataset> identifier() {
        T_ASC_PresentationContext context{};
        if (ASC_findAcceptedPresentationContext(association_.params, request_.context, &context).bad()) return {};
        if (std::string_view(context.abstractSyntax) != UID_FINDModalityWorklistInformationModel) return {};
        const std::string_view syntax = context.acceptedTransferSyntax;
        encoding_ = syntax == UID_LittleEndianImplicitTransferSyntax ? Encoding::implicit_vr : Encoding::explicit_vr;
        return parse_dataset(request_.dataset, context.acceptedTransferSyntax);
    }

    std::uint16_t find(const effects::WorklistQuery& query) {
        const auto found = service_.catalog.find(query, [&](effects::WorklistRow&& row) {
            return !matches(row, query, service_.options.rules) || take(row);
        });
        if (interruption_ == Interruption::cancelled) return cancelled;
        if (found || stopped_) return success;
        emit(service_.sink, "worklist_catalog_failed", Level::error, "a worklist query found no answer in the records",
             {{"peer", service_.peer}, {"error", found.error().code}});
        comment_ = "the worklist is not available now";
        return out_of_resources;
    }

    // One matching row; false: no more.
    bool take(const effects::WorklistRow& row) {
        const auto cap = service_.caller.cap ? service_.caller.cap : service_.options.cap;
        interruption_ = poll_();
        gone_ = interruption_ == Interruption::gone;
        if (cap > 0 && sent_ == cap && interruption_ == Interruption::none) report_cap(cap);
        stopped_ = interruption_ != Interruption::none || (cap > 0 && sent_ == cap) || !send_row(row);
        return !stopped_;
    }

    bool send_row(const effects::WorklistRow& row) {
        const auto answer = worklist_answer(row, keys_, service_.caller.ae_title);
        note(answer);
        const auto identifier = encoded(answer.dataset, character_sets_.choose(answer.dataset), encoding_);
        const bool unsupported = unsupported_key_ || answer.unsupported_key;
        gone_ = !send_pending(unsupported ? pending_with_unsupported_keys : pending, identifier);
        sent_ += gone_ ? 0 : 1;
        return !gone_;
    }

    bool send_pending(std::uint16_t status, std::string_view identifier) {
        const auto pdus = pending_find_response(request_, status, identifier, association_.sendPDVLength);
        return conversation_.write(pdus.data(), pdus.size()) >= 0;
    }

    bool send_last(std::uint16_t status) {
        T_DIMSE_C_FindRQ request{};
        request.MessageID = request_.command.message_id;
        request_.command.sop_class.copy(request.AffectedSOPClassUID, sizeof request.AffectedSOPClassUID - 1);
        T_DIMSE_C_FindRSP response{};
        response.DimseStatus = status;
        response.DataSetType = DIMSE_DATASET_NULL;
        DcmDataset detail;
        return DIMSE_sendFindResponse(&association_, request_.context, &request, &response, nullptr,
                                      fill_detail(detail) ? &detail : nullptr)
            .good();
    }

    // (0000,0901) and (0000,0902). False: there is nothing to say.
    bool fill_detail(DcmDataset& detail) const {
        if (offending_ != Tag{}) {
            detail.putAndInsertTagKey(DCM_OffendingElement, DcmTagKey(offending_.group, offending_.element));
        }
        if (!comment_.empty()) detail.putAndInsertString(DCM_ErrorComment, comment_.substr(0, longest_comment).c_str());
        return !comment_.empty();
    }

    std::uint16_t fault(const QueryFault& what, std::uint16_t status) {
        offending_ = what.offending;
        comment_ = what.comment;
        emit(service_.sink, "worklist_query_refused", Level::warning, "a modality sent a query that cannot be answered",
             {{"peer", service_.peer},
              {"ae", service_.caller_name},
              {"group", std::int64_t{offending_.group}},
              {"element", std::int64_t{offending_.element}}});
        return status;
    }

    // Once per query and attribute: a modality asks every 30 seconds for many rows.
    void note(const Answer& answer) {
        for (const auto& keyword : answer.shortened) {
            if (!noted_.insert(keyword.text()).second) continue;
            emit(service_.sink, "worklist_value_shortened", Level::warning,
                 "a value was cut for the worklist because DICOM does not allow its length",
                 {{"attribute", keyword}, {"ae", service_.caller_name}});
        }
        for (const auto& keyword : answer.missing) {
            if (!noted_.insert(keyword.text()).second) continue;
            emit(service_.sink, "worklist_value_missing", Level::warning,
                 "a worklist entry lacks a value that modalities need",
                 {{"attribute", keyword}, {"ae", service_.caller_name}});
        }
    }

    void report_cap(std::size_t cap) const {
        emit(service_.sink, "worklist_answer_capped", Level::warning,
             "a query matched more entries than its AE may get",
             {{"ae", service_.caller_name}, {"peer", service_.peer}, {"cap", static_cast<std::int64_t>(cap)}});
    }

    void report(std::uint16_t status, std::chrono::milliseconds took) const {
        emit(service_.sink, "worklist_answered", Level::info, "a worklist query was answered",
             {{"ae", service_.caller_name},
              {"peer", service_.peer},
              {"entries", static_cast<std::int64_t>(sent_)},
              {"status", std::int64_t{status}},
              {"milliseconds", std::int64_t{took.count()}}});
    }

    T_ASC_Association& association_;
    Conversation& conversation_;
    const Message& request_;
    const WorklistService& service_;
    const std::function<Interruption()>& poll_;
    ReadableSets character_sets_;
    Encoding encoding_ = Encoding::explicit_vr;
    Dataset keys_;
    Tag offending_;
    std::string comment_;
    std::set<std::string_view> noted_;
    Interruption interruption_ = Interruption::none;
    std::size_t sent_ = 0;
    bool unsupported_key_ = false, stopped_ = false, gone_ = false;
};

}  // namespace

bool answer_worklist_query(T_ASC_Association& association, Conversation& conversation, const Message& request,
                           const WorklistService& service, const std::function<Interruption()>& poll) {
    return Query(association, conversation, request, service, poll).answer();
}

}  // namespace gantry::dicom
