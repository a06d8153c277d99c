// The worklist as a query: one row per scheduled procedure step with its order and patient.
#pragma once
#include <memory>
#include <string>

#include "imaging_study.hxx"
#include "patient.hxx"

namespace gantry {
namespace records {

#pragma db view object(ScheduledProcedureStep = step) object(ImagingStudy = study: step::study == study::id) \
    object(Patient = person: study::patient == person::id)
struct WorklistEntry {
    std::shared_ptr<ScheduledProcedureStep> step;
    std::shared_ptr<ImagingStudy> study;
    std::shared_ptr<Patient> person;
};

// A step that may answer a query, with what decides its place.
#pragma db view object(ScheduledProcedureStep = step)
struct WorklistCandidate {
#pragma db column(step::start_date)
    std::string start_date;
#pragma db column(step::start_time)
    std::string start_time;
#pragma db column(step::id)
    std::int64_t step = 0;
};

// An order whose steps may answer a query.
#pragma db view object(ImagingStudy = study)
struct WorklistOrder {
#pragma db column(study::id)
    std::int64_t order = 0;
};

}  // namespace records
}  // namespace gantry
