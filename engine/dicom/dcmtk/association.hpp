// One association in DCMTK's hands: negotiation, messages, end. Private to the room.
#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

#include <memory>
#include <string>

#include "engine/base/clock.hpp"
#include "engine/base/events.hpp"
#include "engine/dicom/dcmtk/message.hpp"
#include "engine/dicom/dcmtk/transport.hpp"
#include "engine/dicom/options.hpp"
#include "engine/dicom/port.hpp"

namespace gantry::dicom {

struct ServiceContext {
    const DicomOptions& options;
    WorklistCatalog& catalog;
    events::Sink& sink;
    const Clock& clock;
    const Zone& zone;
};

// Blocks until the association is over. One thread, one use. May let exceptions of DCMTK through.
class AssociationServer {
  public:
    AssociationServer(const ServiceContext& context, ByteStream& stream);
    ~AssociationServer();
    AssociationServer(const AssociationServer&) = delete;
    AssociationServer& operator=(const AssociationServer&) = delete;
    void run();

  private:
    bool receive_request();
    bool negotiate();
    void reject(T_ASC_RejectParametersReason reason, events::Literal why);
    bool accept_contexts();
    void converse();
    bool handle(const Message& message);
    bool handle_find(const Message& message);
    bool finish(Arrival arrival);
    void abort(events::Literal why);
    void allow_to_close();

    const ServiceContext& context_;
    Conversation conversation_;
    StreamLayer layer_;
    T_ASC_Network* network_ = nullptr;
    T_ASC_Association* association_ = nullptr;
    CallingAe caller_;
    ConfigName caller_name_;
};

}  // namespace gantry::dicom
