// What DCMTK needs once per process. Private to the room: DCMTK headers may be included here.
#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/dntypes.h>

namespace gantry::dicom {

struct Library {
    bool dictionary_loaded = false;  // without it Implicit VR data sets cannot be read
    bool ready = false;              // false: no loopback pair could be made, no association can be served
};

// Prepares DCMTK the first time it is called; any thread, best before others start (it sets TCP_NODELAY in the
// environment, where DCMTK looks for it). SIGPIPE is ignored from then on. DCMTK logs nothing: its messages quote data.
const Library& library();

}  // namespace gantry::dicom
