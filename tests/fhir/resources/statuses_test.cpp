#include "fhir/resources/statuses.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

namespace {

using Codes = std::set<std::string, std::less<>>;

OrderRecord order(const std::string& status, const std::string& hold = {}, const std::string& step = "SCHEDULED") {
    auto out = sparse_order();
    out.fields[OrderField::status] = status;
    out.fields[OrderField::hold] = hold;
    out.steps.front().fields[StepField::status] = step;
    return out;
}

std::string_view task(const std::string& status, const std::string& step, const std::string& hold = {}) {
    const auto made = order(status, hold, step);
    return task_status(made, made.steps.front());
}

// What the table knows, and what nobody does.
const std::vector<std::string> order_states{"ORDERED",   "SCHEDULED", "IN_PROGRESS", "COMPLETED",
                                            "CANCELLED", "",          "ZZ",          "\xFF"};
const std::vector<std::string> step_states{"SCHEDULED",    "ARRIVED",  "READY", "STARTED", "DEPARTED", "COMPLETED",
                                           "DISCONTINUED", "CANCELED", "",      "ZZ",      "\xFF"};

// The required value sets of R4.
const Codes request_codes{"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"};
const Codes task_codes{"draft",     "requested",   "received", "accepted", "rejected",  "ready",
                       "cancelled", "in-progress", "on-hold",  "failed",   "completed", "entered-in-error"};
const Codes appointment_codes{"proposed",  "pending", "booked",           "arrived",    "fulfilled",
                              "cancelled", "noshow",  "entered-in-error", "checked-in", "waitlist"};
const Codes study_codes{"registered", "available", "cancelled", "entered-in-error", "unknown"};
const Codes report_codes{"registered", "partial",   "preliminary",      "final",  "amended", "corrected",
                         "appended",   "cancelled", "entered-in-error", "unknown"};
const Codes observation_codes{"registered", "preliminary",      "final",  "amended", "corrected",
                              "cancelled",  "entered-in-error", "unknown"};

}  // namespace

BOOST_AUTO_TEST_SUITE(statuses)

BOOST_AUTO_TEST_CASE(every_combination_has_one) {
    for (const auto& status : order_states) {
        for (const auto* hold : {"", "Y", "N"}) {
            for (const auto& step : step_states) {
                const auto made = order(status, hold, step);
                BOOST_TEST(request_codes.contains(service_request_status(made)));
                BOOST_TEST(task_codes.contains(task_status(made, made.steps.front())));
                BOOST_TEST(appointment_codes.contains(appointment_status(made)));
                BOOST_TEST(study_codes.contains(imaging_study_status(made)));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(of_orders) {
    for (const auto* open : {"ORDERED", "SCHEDULED", "IN_PROGRESS"}) {
        BOOST_TEST(service_request_status(order(open)) == "active");
        BOOST_TEST(service_request_status(order(open, "Y")) == "on-hold");
        BOOST_TEST(imaging_study_status(order(open, "Y")) == "registered");
    }
    for (const auto* hold : {"", "Y"}) {
        BOOST_TEST(service_request_status(order("COMPLETED", hold)) == "completed");
        BOOST_TEST(service_request_status(order("CANCELLED", hold)) == "revoked");
        BOOST_TEST(imaging_study_status(order("COMPLETED", hold)) == "available");
        BOOST_TEST(imaging_study_status(order("CANCELLED", hold)) == "cancelled");
    }
    BOOST_TEST(service_request_status(order("")) == "unknown");
    BOOST_TEST(imaging_study_status(order("")) == "unknown");
}

BOOST_AUTO_TEST_CASE(of_steps) {
    BOOST_TEST(task("ORDERED", "SCHEDULED") == "accepted");
    BOOST_TEST(task("ORDERED", "") == "accepted");
    BOOST_TEST(task("SCHEDULED", "") == "accepted");
    for (const auto* open : {"SCHEDULED", "ARRIVED", "READY"}) {
        BOOST_TEST(task("SCHEDULED", open) == "ready");
        BOOST_TEST(task("SCHEDULED", open, "Y") == "on-hold");
        BOOST_TEST(task("IN_PROGRESS", open) == "ready");
        BOOST_TEST(task("COMPLETED", open) == "completed");
        BOOST_TEST(task("CANCELLED", open) == "cancelled");
    }
    for (const auto* begun : {"STARTED", "DEPARTED"}) {
        BOOST_TEST(task("IN_PROGRESS", begun) == "in-progress");
        BOOST_TEST(task("IN_PROGRESS", begun, "Y") == "in-progress");
        BOOST_TEST(task("COMPLETED", begun) == "completed");
    }
    for (const auto* status : {"ORDERED", "SCHEDULED", "IN_PROGRESS", "COMPLETED", "CANCELLED"}) {
        BOOST_TEST(task(status, "COMPLETED", "Y") == "completed");
        BOOST_TEST(task(status, "DISCONTINUED", "Y") == "cancelled");
        BOOST_TEST(task(status, "CANCELED") == "cancelled");
    }
    BOOST_TEST(task("", "SCHEDULED") == "ready");
    BOOST_TEST(task("", "") == "requested");
}

BOOST_AUTO_TEST_CASE(of_appointments) {
    BOOST_TEST(appointment_status(order("ORDERED")) == "booked");
    BOOST_TEST(appointment_status(order("SCHEDULED")) == "booked");
    BOOST_TEST(appointment_status(order("SCHEDULED", "", "ARRIVED")) == "arrived");
    BOOST_TEST(appointment_status(order("SCHEDULED", "", "READY")) == "checked-in");
    BOOST_TEST(appointment_status(order("SCHEDULED", "Y", "READY")) == "pending");
    BOOST_TEST(appointment_status(order("IN_PROGRESS", "", "STARTED")) == "fulfilled");
    BOOST_TEST(appointment_status(order("COMPLETED", "Y")) == "fulfilled");
    BOOST_TEST(appointment_status(order("CANCELLED")) == "cancelled");
}

BOOST_AUTO_TEST_CASE(of_reports) {
    auto report = minimal_report();
    const auto status_of = [&](const std::string& status, const std::string& result) {
        report.fields[ReportField::status] = status;
        report.fields[ReportField::result_status] = result;
        BOOST_TEST(report_codes.contains(diagnostic_report_status(report)));
        BOOST_TEST(observation_codes.contains(observation_status(report)));
        return std::string(diagnostic_report_status(report)) + " " + std::string(observation_status(report));
    };
    for (const auto* same :
         {"registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error"})
        BOOST_TEST(status_of("FINAL", same) == std::string(same) + " " + same);
    BOOST_TEST(status_of("PRELIMINARY", "partial") == "partial preliminary");
    BOOST_TEST(status_of("AMENDED", "appended") == "appended amended");
    BOOST_TEST(status_of("DRAFT", "") == "registered registered");
    BOOST_TEST(status_of("PRELIMINARY", "") == "preliminary preliminary");
    BOOST_TEST(status_of("FINAL", "") == "final final");
    BOOST_TEST(status_of("AMENDED", "unknown") == "amended amended");
    BOOST_TEST(status_of("", "") == "registered registered");
    BOOST_TEST(status_of("\xFF", "ZZ") == "registered registered");
}

BOOST_AUTO_TEST_SUITE_END()
