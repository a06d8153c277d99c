#include "engine/dicom/service.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

#include "engine/dicom/dcmtk/association.hpp"
#include "engine/dicom/dcmtk/library.hpp"

namespace gantry::dicom {

struct DicomService::State {
    State(DicomOptions settings, WorklistCatalog& rows, events::Sink& events, const Clock& time, Zone site)
        : options(std::move(settings)), catalog(rows), sink(events), clock(time), zone(std::move(site)) {}

    DicomOptions options;
    WorklistCatalog& catalog;
    events::Sink& sink;
    const Clock& clock;
    Zone zone;
    std::mutex mutex;
    std::set<ByteStream*> open;  // guarded by mutex
    bool stopped = false;        // guarded by mutex

    bool enter(ByteStream& stream) {
        const std::lock_guard lock(mutex);
        return !stopped && open.insert(&stream).second;
    }
    void leave(ByteStream& stream) {
        const std::lock_guard lock(mutex);
        open.erase(&stream);
    }
};

namespace {

// DCMTK takes PDUs between these sizes.
DicomOptions within_limits(DicomOptions options) {
    options.max_pdu = std::clamp<std::uint32_t>(options.max_pdu, ASC_MINIMUMPDUSIZE, ASC_MAXIMUMPDUSIZE);
    return options;
}

void check_library(const Library& library, events::Sink& sink) {
    if (!library.dictionary_loaded) {
        emit(sink, "dicom_dictionary_missing", events::Level::error,
             "DCMTK's data dictionary was not found: Implicit VR queries cannot be read");
    }
    if (!library.ready) {
        emit(sink, "dicom_not_ready", events::Level::error,
             "no loopback connection could be made: DICOM is not served");
    }
}

}  // namespace

DicomService::DicomService(DicomOptions options, WorklistCatalog& catalog, events::Sink& sink, const Clock& clock,
                           Zone zone) {
    check_library(library(), sink);
    state_ = std::make_unique<State>(within_limits(std::move(options)), catalog, sink, clock, std::move(zone));
}

DicomService::~DicomService() = default;

void DicomService::serve(std::unique_ptr<ByteStream> stream) noexcept {
    if (!library().ready || !state_->enter(*stream)) return stream->shut_down();
    try {
        const ServiceContext context{state_->options, state_->catalog, state_->sink, state_->clock, state_->zone};
        AssociationServer(context, *stream).run();
    } catch (...) {
        emit(state_->sink, "association_failed", events::Level::error,
             "an association ended by an error inside the engine",
             {{"peer", stream->peer()}, {"error", ErrorCode::internal}});
    }
    state_->leave(*stream);
}

void DicomService::stop() noexcept {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
    for (ByteStream* stream : state_->open) stream->shut_down();
}

}  // namespace gantry::dicom
