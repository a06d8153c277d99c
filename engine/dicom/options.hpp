// What a site can say about the DICOM service.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/dicom/worklist_matching.hpp"

namespace gantry::dicom {

// One modality that may call, and how it wants to be treated.
struct CallingAe {
    std::string ae_title;
    // Defined terms of (0008,0005) it can read, best first: the first that can say everything is used; when none can,
    // the last, with `?` for what it cannot say. Empty: ASCII, ISO_IR 100, ISO_IR 192.
    std::vector<std::string> character_sets;
    bool separate_date_time = false;   // its date and time ranges are meant apart, not as one interval
    bool limit_to_calling_ae = false;  // an empty station AE key means its own, not everything
    std::size_t cap = 0;               // answers to one query; 0: DicomOptions::cap
};

struct DicomOptions {
    std::string ae_title = "GANTRY";
    std::uint16_t port = 11112;  // for whoever listens; the service itself is handed connections
    // Empty: any AE from this machine, none from elsewhere. Else only these.
    std::vector<CallingAe> calling_aes;
    std::size_t cap = 0;  // answers to one query; 0: no limit
    // At the same time, each on a thread of its own; one more is told "local limit exceeded" and may come again. For
    // whoever listens.
    std::size_t max_associations = 1'000;

    std::chrono::milliseconds association_timeout{10'000};  // for negotiation, and for the peer to close after release
    std::chrono::milliseconds message_timeout{30'000};      // for one message from its first byte to its last
    std::chrono::milliseconds write_timeout{30'000};        // for the peer to take what is written
    std::chrono::milliseconds idle_timeout{600'000};        // between messages of one association
    std::uint32_t max_pdu = 65'536;                         // bytes, 4096 to 131072
    std::size_t longest_message = 65'536;                   // bytes of one command or identifier
    MatchRules rules;
};

}  // namespace gantry::dicom
