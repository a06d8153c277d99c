// The DICOM port: Verification (PS3.4 annex A) and Modality Worklist (annex K) for whoever connects.
#pragma once
#include <memory>

#include "engine/base/byte_stream.hpp"
#include "engine/base/clock.hpp"
#include "engine/base/events.hpp"
#include "engine/dicom/options.hpp"
#include "engine/dicom/port.hpp"

namespace gantry::dicom {

// Make one per process and before its other threads start: the first prepares DCMTK (see dcmtk/library.hpp).
class DicomService {
  public:
    // catalog, sink and clock outlive the service. zone: the site's, for what "today" is.
    DicomService(DicomOptions options, WorklistCatalog& catalog, events::Sink& sink, const Clock& clock, Zone zone);
    ~DicomService();  // after the last serve() has returned
    DicomService(const DicomService&) = delete;
    DicomService& operator=(const DicomService&) = delete;

    // One association, from its A-ASSOCIATE-RQ (which the stream gives again if somebody has read it) to its end, on
    // the caller's thread; any number at once. Never throws. Returns when the peer is gone, a deadline has passed, or
    // stop().
    void serve(std::unique_ptr<ByteStream> stream) noexcept;

    // Cuts every association; serve() returns at once from then on. Any thread.
    void stop() noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gantry::dicom
