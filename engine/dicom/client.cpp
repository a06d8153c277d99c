#include "engine/dicom/client.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpath.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmnet/scu.h>

#include "engine/dicom/dcmtk/dataset_codec.hpp"
#include "engine/dicom/dcmtk/library.hpp"
#include "engine/dicom/tags.hpp"

namespace gantry::dicom {
namespace {

Error refused(const OFCondition& condition) {
    const bool late = condition == DUL_READTIMEOUT || condition == DIMSE_NODATAAVAILABLE;
    const bool closed = condition == DUL_PEERABORTEDASSOCIATION || condition == DUL_NETWORKCLOSED;
    const auto code = late ? ErrorCode::net_timeout : closed ? ErrorCode::net_closed : ErrorCode::net_refused;
    return {code, condition.text(), {}};
}

// An association with one abstract syntax, released when it goes.
class Association {
  public:
    explicit Association(const RemoteAe& remote) {
        library();
        scu_.setAETitle(remote.calling.c_str());
        scu_.setPeerAETitle(remote.called.c_str());
        scu_.setPeerHostName(remote.host.c_str());
        scu_.setPeerPort(remote.port);
        const auto seconds = static_cast<Uint32>(remote.timeout.count());
        scu_.setDIMSEBlockingMode(DIMSE_NONBLOCKING);
        scu_.setDIMSETimeout(seconds);
        scu_.setACSETimeout(seconds);
        scu_.setConnectionTimeout(static_cast<Sint32>(seconds));
    }
    ~Association() {
        if (scu_.isConnected()) scu_.releaseAssociation();
    }
    Association(const Association&) = delete;
    Association& operator=(const Association&) = delete;

    OFCondition open(const char* abstract_syntax) {
        OFList<OFString> transfer_syntaxes;
        transfer_syntaxes.push_back(UID_LittleEndianExplicitTransferSyntax);
        transfer_syntaxes.push_back(UID_LittleEndianImplicitTransferSyntax);
        scu_.addPresentationContext(abstract_syntax, transfer_syntaxes);
        auto condition = scu_.initNetwork();
        return condition.good() ? scu_.negotiateAssociation() : condition;
    }
    T_ASC_PresentationContextID context(const char* abstract_syntax) {
        return scu_.findAnyPresentationContextID(abstract_syntax, "");
    }
    DcmSCU& scu() { return scu_; }

  private:
    DcmSCU scu_;
};

// The answers of DcmSCU, owned.
struct Responses {
    OFList<QRResponse*> list;
    Responses() = default;
    ~Responses() {
        for (QRResponse* response : list) const std::unique_ptr<QRResponse> owned(response);
    }
    Responses(const Responses&) = delete;
    Responses& operator=(const Responses&) = delete;
};

Result<void> fill(DcmDataset& request, const std::vector<Key>& keys) {
    request.putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 192");
    for (const auto& [path, value] : keys) {
        DcmPathProcessor processor;
        const std::string text = value.empty() ? path : path + "=" + value;
        if (processor.applyPathWithValue(&request, text.c_str()).bad())
            return Error{ErrorCode::usage, "query key " + path, {}};
    }
    return {};
}

Error failure(const QRResponse& last) {
    const bool later = (last.m_status & 0xFF00) == 0xA700;
    OFString comment;
    if (last.m_statusDetail) last.m_statusDetail->findAndGetOFString(DCM_ErrorComment, comment);
    return {later ? ErrorCode::storage_unavailable : ErrorCode::dicom_bad_query, comment.c_str(), {}};
}

Result<std::vector<Dataset>> collect(const Responses& responses) {
    std::vector<Dataset> out;
    for (const auto* response : responses.list) {
        if (DICOM_PENDING_STATUS(response->m_status)) {
            if (response->m_dataset) out.push_back(from_dcmtk(*response->m_dataset));
        } else if (response->m_status != STATUS_Success && response->m_status != 0xFE00) {
            return failure(*response);
        }
    }
    return out;
}

std::string keyword_of(Tag tag) {
    return DcmTag(tag.group, tag.element).getTagName();
}

void print(const Dataset& dataset, const std::string& prefix, std::vector<PrintableAttribute>& out) {
    for (const auto& element : dataset.elements) {
        const std::string path = prefix + to_text(element.tag);
        if (element.items.empty()) out.push_back({path, keyword_of(element.tag), std::string(trimmed(element.value))});
        for (std::size_t i = 0; i < element.items.size(); ++i) {
            print(element.items[i], path + "[" + std::to_string(i) + "].", out);
        }
    }
}

}  // namespace

Result<void> echo(const RemoteAe& remote) {
    Association association(remote);
    auto condition = association.open(UID_VerificationSOPClass);
    if (condition.good()) condition = association.scu().sendECHORequest(0);
    return condition.good() ? Result<void>() : refused(condition);
}

Result<Dataset> query_keys(const std::vector<Key>& keys) {
    library();
    DcmDataset request;
    if (auto filled = fill(request, keys); !filled) return filled.error();
    auto out = from_dcmtk(request);
    std::erase_if(out.elements, [](const Element& element) { return element.tag == tags::SpecificCharacterSet; });
    return out;
}

Result<std::vector<Dataset>> find_worklist(const RemoteAe& remote, const std::vector<Key>& keys) {
    Association association(remote);
    DcmDataset request;
    if (auto filled = fill(request, keys); !filled) return std::move(filled).error();
    constexpr const char* worklist = UID_FINDModalityWorklistInformationModel;
    auto condition = association.open(worklist);
    Responses responses;
    if (condition.good()) {
        condition = association.scu().sendFINDRequest(association.context(worklist), &request, &responses.list);
    }
    if (condition.bad()) return refused(condition);
    return collect(responses);
}

std::vector<PrintableAttribute> printable(const Dataset& dataset) {
    std::vector<PrintableAttribute> out;
    print(dataset, {}, out);
    return out;
}

}  // namespace gantry::dicom
