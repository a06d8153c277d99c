// The worklist as a query: one row per scheduled procedure step with its order and patient.
#pragma once
#include <memory>

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

#pragma db view object(ScheduledProcedureStep = step) object(ImagingStudy = study: step::study == study::id)
struct WorklistCandidate {
#pragma db column(step::id)
    std::int64_t step = 0;
};

}  // namespace records
}  // namespace gantry
