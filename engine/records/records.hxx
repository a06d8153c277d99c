// Everything the ODB compiler is given at once.
#pragma once
#include "access_token.hxx"
#include "discarded_message.hxx"
#include "fhir_subscription.hxx"
#include "imaging_study.hxx"
#include "message.hxx"
#include "message_lists.hxx"
#include "patient.hxx"
#include "posted_resource.hxx"
#include "radiology_report.hxx"
#include "record_search.hxx"
#include "worklist_view.hxx"
