// Modality Worklist C-FIND SCP (PS3.4 K.4): one request, all its answers. Private to the room.
#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/events.hpp"
#include "engine/dicom/dcmtk/message.hpp"
#include "engine/dicom/options.hpp"
#include "engine/dicom/port.hpp"

namespace gantry::dicom {

// What came while answers were being sent.
enum class Interruption : std::uint8_t { none, cancelled, gone };

struct WorklistService {
    WorklistCatalog& catalog;
    events::Sink& sink;
    const DicomOptions& options;
    const CallingAe& caller;  // its title and treatment
    ConfigName caller_name;   // its title when the configuration knows it
    const Peer& peer;
    std::string today;
};

// Answers with the final status sent. False: the association cannot go on (a send failed, the peer is gone).
// poll: called between answers; looks without waiting.
bool answer_worklist_query(T_ASC_Association& association, Conversation& conversation, const Message& request,
                           const WorklistService& service, const std::function<Interruption()>& poll);

}  // namespace gantry::dicom
