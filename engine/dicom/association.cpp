#include "engine/dicom/dcmtk/association.hpp"

#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmnet/dimse.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "engine/dicom/dataset.hpp"
#include "engine/dicom/dcmtk/worklist_scp.hpp"
#include "engine/dicom/greeter.hpp"

namespace gantry::dicom {
namespace {

using events::Level;
using std::chrono::milliseconds;

constexpr std::size_t closing_bytes = 1 << 20;  // a peer may still be sending when we abort
constexpr milliseconds most_to_close{2'000};

// Answers are small and the peer waits for each.
void without_nagle(int descriptor) {
    const int on = 1;
    if (descriptor >= 0) ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int seconds_of(milliseconds time) {
    return static_cast<int>(std::max<long long>(1, (time.count() + 999) / 1000));
}

std::string title(const char* padded) {
    return std::string(trimmed(padded));
}

const CallingAe* find_caller(const DicomOptions& options, const std::string& ae_title) {
    const auto found = std::find_if(options.calling_aes.begin(), options.calling_aes.end(),
                                    [&](const CallingAe& ae) { return ae.ae_title == ae_title; });
    return found == options.calling_aes.end() ? nullptr : &*found;
}

}  // namespace

AssociationServer::AssociationServer(const ServiceContext& context, ByteStream& stream)
    : context_(context), conversation_(stream, context.options.write_timeout), layer_(conversation_) {
    without_nagle(stream.descriptor());
}

AssociationServer::~AssociationServer() {
    if (association_) ASC_destroyAssociation(&association_);
    if (network_) ASC_dropNetwork(&network_);
}

void AssociationServer::run() {
    if (receive_request() && negotiate()) converse();
}

bool AssociationServer::receive_request() {
    const auto& options = context_.options;
    const int seconds = seconds_of(options.association_timeout);
    if (ASC_initializeNetwork(NET_ACCEPTOR, 0, seconds, &network_).bad()) return false;
    if (ASC_setTransportLayer(network_, &layer_, 0).bad()) return false;
    conversation_.allow(options.association_timeout, longest_association_request + 6);
    const auto received = ASC_receiveAssociation(network_, &association_, static_cast<long>(options.max_pdu), nullptr,
                                                 nullptr, OFFalse, DUL_NOBLOCK, seconds);
    if (received.good()) return true;
    emit(context_.sink, "association_not_requested", Level::info, "a connection brought no association request",
         {{"peer", conversation_.stream().peer()}});
    conversation_.stream().count_refusal();
    return false;
}

bool AssociationServer::negotiate() {
    std::array<char, 66> calling{}, called{}, responding{}, application{};
    ASC_getAPTitles(association_->params, calling.data(), calling.size(), called.data(), called.size(),
                    responding.data(), responding.size());
    ASC_getApplicationContextName(association_->params, application.data(), application.size());
    const auto& options = context_.options;
    if (title(application.data()) != UID_StandardApplicationContext) {
        return reject(ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED, "application context"), false;
    }
    if (title(called.data()) != trimmed(options.ae_title)) {
        return reject(ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED, "called AE title"), false;
    }
    caller_.ae_title = title(calling.data());
    const CallingAe* known = find_caller(options, caller_.ae_title);
    if (!known && (!options.calling_aes.empty() || !conversation_.stream().loopback())) {
        return reject(ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED, "calling AE title"), false;
    }
    if (known) {
        caller_ = *known;
        caller_name_ = ConfigName(known->ae_title);
    }
    return accept_contexts();
}

void AssociationServer::reject(T_ASC_RejectParametersReason reason, events::Literal why) {
    emit(context_.sink, "association_rejected", Level::warning, "a peer was not let in",
         {{"peer", conversation_.stream().peer()}, {"because_of", why}});
    conversation_.stream().count_refusal();
    const T_ASC_RejectParameters parameters{ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, reason};
    ASC_rejectAssociation(association_, &parameters);
    allow_to_close();
    ASC_dropSCPAssociation(association_, seconds_of(most_to_close));
}

bool AssociationServer::accept_contexts() {
    const char* abstract_syntaxes[] = {UID_VerificationSOPClass, UID_FINDModalityWorklistInformationModel};
    const char* transfer_syntaxes[] = {UID_LittleEndianExplicitTransferSyntax, UID_LittleEndianImplicitTransferSyntax};
    if (ASC_acceptContextsWithPreferredTransferSyntaxes(association_->params, abstract_syntaxes, 2, transfer_syntaxes,
                                                        2)
            .bad()) {
        return false;
    }
    return ASC_acknowledgeAssociation(association_).good();
}

void AssociationServer::converse() {
    emit(context_.sink, "association_opened", Level::debug, "a peer opened an association",
         {{"peer", conversation_.stream().peer()}, {"ae", caller_name_}});
    const auto& options = context_.options;
    const MessageLimits limits{options.idle_timeout, options.message_timeout, options.longest_message};
    for (;;) {
        const auto received = receive_message(*association_, conversation_, limits);
        if (received.arrival != Arrival::message ? !finish(received.arrival) : !handle(received.message)) return;
    }
}

bool AssociationServer::handle(const Message& message) {
    switch (message.command.field) {
        case CommandField::c_echo_rq: {
            T_DIMSE_C_EchoRQ request{};
            request.MessageID = message.command.message_id;
            message.command.sop_class.copy(request.AffectedSOPClassUID, sizeof request.AffectedSOPClassUID - 1);
            return DIMSE_sendEchoResponse(association_, message.context, &request, STATUS_Success, nullptr).good();
        }
        case CommandField::c_find_rq:
            return handle_find(message);
        case CommandField::c_cancel_rq:
            return true;  // it crossed our last answer
    }
    return abort("a service that is not offered"), false;
}

bool AssociationServer::handle_find(const Message& message) {
    const auto& peer = conversation_.stream().peer();
    const auto today = context_.zone.local(context_.clock.now()).date();
    const WorklistService service{
        context_.catalog, context_.sink, context_.options, caller_, caller_name_, peer, today};
    // Some ask for release at the first answer that is not plain "pending", and wait for it to be confirmed.
    bool released = false;
    const auto poll = [&] {
        if (!conversation_.readable(milliseconds(0))) return Interruption::none;
        const MessageLimits limits{milliseconds(0), context_.options.message_timeout, context_.options.longest_message};
        const auto received = receive_message(*association_, conversation_, limits);
        released = received.arrival == Arrival::released;
        if (received.arrival != Arrival::message) return Interruption::gone;
        const auto& command = received.message.command;
        const bool ours =
            command.field == CommandField::c_cancel_rq && command.responded_to == message.command.message_id;
        return ours ? Interruption::cancelled : Interruption::gone;
    };
    const bool go_on = answer_worklist_query(*association_, conversation_, message, service, poll);
    return released ? finish(Arrival::released) : go_on;
}

// Always false: the association is over.
bool AssociationServer::finish(Arrival arrival) {
    if (arrival == Arrival::late) return abort("silence"), false;
    if (arrival == Arrival::broken) return abort("a message that is not DICOM or larger than the limit"), false;
    if (arrival == Arrival::released) {
        ASC_acknowledgeRelease(association_);
        allow_to_close();
        ASC_dropSCPAssociation(association_, seconds_of(most_to_close));
    }
    return false;
}

void AssociationServer::abort(events::Literal why) {
    emit(context_.sink, "association_aborted", Level::warning, "an association was ended from here",
         {{"peer", conversation_.stream().peer()}, {"ae", caller_name_}, {"because_of", why}});
    allow_to_close();
    ASC_abortAssociation(association_);
}

void AssociationServer::allow_to_close() {
    conversation_.allow(std::min(context_.options.association_timeout, most_to_close), closing_bytes);
}

}  // namespace gantry::dicom
