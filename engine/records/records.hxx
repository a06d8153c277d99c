// Everything the ODB compiler is given at once.
#pragma once
#include "discarded_message.hxx"
#include "imaging_study.hxx"
#include "message.hxx"
#include "message_lists.hxx"
#include "patient.hxx"
#include "radiology_report.hxx"
#include "worklist_view.hxx"
