// How the laws about destinations speak for a receiver of each kind. A new kind that has a queue gets a row in
// destination_setups, and one more for each option that changes what is believed.
#pragma once
#include <boost/test/unit_test.hpp>

#include "channels/catalog/catalog.hpp"
#include "engine/hl7/header.hpp"
#include "engine/hl7/mllp.hpp"
#include "tests/conformance/receiver.hpp"
#include "tests/conformance/ssh_site.hpp"

namespace gantry::conformance {

// Only the limit of a test that has gone wrong; nothing is measured by it.
inline constexpr std::chrono::milliseconds patience{20'000};

// An answer that says what it says about this message, and nothing else.
struct Told {
    std::string bytes;
    const char* verdict;  // as word() says it
};

inline std::string control_id(const std::string& message) {
    return hl7::read_header(message).echo(10);
}
inline std::string hl7_message(const std::string& id, const std::string& more) {
    return "MSH|^~\\&|A|B|C|D|20261123||ORM^O01|" + id + "|P|2.5.1\rPID|1||4711^^^HOSP\rNTE|1||" + more + "\xe4\xff\r";
}

// How a protocol over TCP carries a message and its answer.
struct Answering {
    Receiver::Cut cut;
    std::string (*accept)(const std::string& control_id);
    std::string (*refuse)(const std::string& control_id);  // for good
    std::vector<Told> (*codes)(const std::string& control_id);
    // Whole or not, foreign or nothing at all: none of them says that the message was taken.
    std::vector<std::string> (*no_proof)(const std::string& control_id);
    std::size_t spare;  // bytes at the end of accept() that it is an answer without
    bool named;         // an answer says which message it is about; otherwise only its connection does

    // A message with this control id, and with `more` in it, as it may be sent that way; and its control id.
    std::string (*write)(const std::string& control_id, const std::string& more) = hl7_message;
    std::string (*id_of)(const std::string& message) = control_id;
    const char* doubt = "in doubt";  // the verdict when it may have arrived

    std::string message(const std::string& id, const std::string& more = {}) const { return write(id, more); }
};

struct DestinationSetup {
    std::string_view kind;
    std::string_view with;      // what is set otherwise than by default
    const Answering* over_tcp;  // null: the kind writes files into "outbox"
    // JSON text of the options. reply: how long an answer is waited for; everything else is waited for with patience.
    // data: where "outbox" is.
    std::string (*options)(std::uint16_t port, const std::string& reply, const std::filesystem::path& data);
};

inline std::string acknowledgment(const std::string& code, const std::string& control_id) {
    return "MSH|^~\\&|C|D|A|B|20261123||ACK|R1|P|2.5.1\rMSA|" + code + "|" + control_id + "\r";
}

inline std::string frame(const std::string& code, const std::string& control_id) {
    return hl7::mllp_frame(acknowledgment(code, control_id));
}

inline const Answering mllp_answering{
    [](std::string& came) -> std::optional<std::string> {
        const auto end = came.find("\x1c\r");
        if (end == std::string::npos) return std::nullopt;
        auto out = came.substr(1, end - 1);
        came.erase(0, end + 2);
        return out;
    },
    [](const std::string& id) { return frame("AA", id); },
    [](const std::string& id) { return frame("AE", id); },
    [](const std::string& id) {
        return std::vector<Told>{{frame("AA", id), "delivered"}, {frame("AE", id), "refused"},
                                 {frame("AR", id), "retry"},     {frame("CA", id), "delivered"},
                                 {frame("CE", id), "retry"},     {frame("CR", id), "refused"},
                                 {frame("XX", id), "held"},      {frame("", id), "held"}};
    },
    [](const std::string& id) {
        return std::vector<std::string>{frame("AA", "FOREIGN"),
                                        frame("AA", id + "1"),
                                        frame("AA", ""),
                                        frame("AE", "FOREIGN"),
                                        frame("AA", id).substr(0, 30),
                                        "\x0b\x1c\r",
                                        std::string("\x0b\x06\x1c\r"),
                                        hl7::mllp_frame("MSH|^~\\&|C|D|A|B|20261123||ORU^R01|" + id + "|P|2.5.1\r"),
                                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK\x1c\r",
                                        hl7::mllp_frame(std::string(2'000, '\0')),
                                        ""};
    },
    1,
    true};

// MLLP release 2: a commit byte comes before each acknowledgment, and is sent for it.
inline const std::string commit_ack = "\x0b\x06\x1c\r", commit_nak = "\x0b\x15\x1c\r";

inline const Answering release_2_answering{
    [](std::string& came) {
        auto out = mllp_answering.cut(came);
        return out && out->size() == 1 ? mllp_answering.cut(came) : out;
    },
    [](const std::string& id) { return commit_ack + frame("AA", id); },
    [](const std::string& id) { return commit_ack + frame("AE", id); },
    [](const std::string& id) {
        std::vector<Told> out{{commit_nak, "retry"}};
        for (auto& told : mllp_answering.codes(id)) out.push_back({commit_ack + told.bytes, told.verdict});
        return out;
    },
    [](const std::string& id) {
        std::vector<std::string> out{commit_ack, commit_ack + commit_ack, commit_ack + commit_nak + frame("AA", id)};
        for (const auto& bytes : mllp_answering.no_proof(id)) out.push_back(commit_ack + bytes);
        return out;
    },
    1,
    true};

inline std::string response(int status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) + " Words\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}
inline std::string response(const std::string& code, const std::string& control_id) {
    return response(200, acknowledgment(code, control_id));
}

// One request at a time is on its way, with a length.
inline std::optional<std::string> body_of_request(std::string& came) {
    const auto head = came.find("\r\n\r\n"), length = came.find("Content-Length: ");
    if (head == std::string::npos || length > head) return std::nullopt;
    const auto size = std::stoul(came.substr(length + 16));
    if (came.size() < head + 4 + size) return std::nullopt;
    auto out = came.substr(head + 4, size);
    came.erase(0, head + 4 + size);
    return out;
}

inline const Answering http_answering{
    body_of_request,
    [](const std::string& id) { return response("AA", id); },
    [](const std::string& id) { return response("AE", id); },
    [](const std::string& id) {
        std::vector<Told> out{{response("AA", id), "delivered"}, {response("AE", id), "refused"},
                              {response("AR", id), "retry"},     {response("CA", id), "delivered"},
                              {response("CE", id), "retry"},     {response("CR", id), "refused"},
                              {response("XX", id), "held"},      {response(500, acknowledgment("AE", id)), "refused"}};
        for (const int status : {400, 404, 409, 410, 413, 415, 422}) out.push_back({response(status, ""), "refused"});
        for (const int status : {401, 403, 407, 301, 302, 307}) out.push_back({response(status, ""), "held"});
        for (const int status : {408, 425, 429, 500, 502, 503, 504}) out.push_back({response(status, ""), "retry"});
        return out;
    },
    [](const std::string& id) {
        const auto whole = response("AA", id);
        return std::vector<std::string>{response("AA", "FOREIGN"),
                                        response("AA", id + "1"),
                                        response("AA", ""),
                                        response("AE", "FOREIGN"),
                                        response(200, ""),
                                        response(202, "fine"),
                                        response(204, ""),
                                        response(500, "").substr(0, 12),
                                        whole.substr(0, whole.size() - 2),
                                        whole.substr(0, 30),
                                        "HTTP/1.1 100 Continue\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + whole,
                                        frame("AA", id),
                                        ""};
    },
    0,
    true};

// "expect": "status": the status decides, and the body nothing.
inline const Answering status_answering{
    body_of_request,
    [](const std::string&) { return response(204, ""); },
    [](const std::string& id) { return response(410, acknowledgment("AA", id)); },
    [](const std::string& id) {
        std::vector<Told> out;
        for (auto& told : http_answering.codes(id))
            if (!told.bytes.starts_with("HTTP/1.1 2") && !told.bytes.starts_with("HTTP/1.1 500")) out.push_back(told);
        for (const int status : {200, 201, 202, 204}) out.push_back({response(status, "any text"), "delivered"});
        out.push_back({response(500, acknowledgment("AA", id)), "retry"});
        return out;
    },
    [](const std::string& id) {
        const auto whole = response("AA", id);
        return std::vector<std::string>{whole.substr(0, whole.size() - 2),
                                        whole.substr(0, 30),
                                        "HTTP/1.1 100 Continue\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + whole,
                                        frame("AA", id),
                                        ""};
    },
    0,
    false};

// FHIR: the status decides, as far as both sides go by it alone.
inline std::vector<Told> fhir_codes(const std::string&) {
    std::vector<Told> out;
    for (const int status : {200, 201, 202, 204}) out.push_back({response(status, ""), "delivered"});
    for (const int status : {400, 404, 405, 410, 413, 415, 422}) out.push_back({response(status, "4711"), "refused"});
    for (const int status : {401, 403, 407, 412, 301, 302, 307}) out.push_back({response(status, ""), "held"});
    for (const int status : {408, 409, 425, 429, 500, 502, 503, 504}) out.push_back({response(status, ""), "retry"});
    return out;
}
inline std::string id_of_fhir(const std::string& message) {
    const auto begin = message.find("\"value\": \"4711-") + 15;
    return message.substr(begin, message.find('"', begin) - begin);
}
inline std::string fhir_patient(const std::string& id, const std::string& more) {
    return R"({"resourceType": "Patient", "identifier": [{"value": "4711-)" + id + R"("}], "name": [{"text": ")" +
           more + "\"}]}";
}
inline std::string fhir_transaction(const std::string& id, const std::string& more) {
    return R"({"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {"method": "POST", "url": )"
           R"("Patient"}, "resource": )" +
           fhir_patient(id, more) + "}]}";
}
// Made twice it is there once.
inline const Answering fhir_resource_answering{body_of_request,
                                               [](const std::string&) { return response(201, ""); },
                                               [](const std::string&) { return response(422, ""); },
                                               fhir_codes,
                                               status_answering.no_proof,
                                               0,
                                               false,
                                               fhir_patient,
                                               id_of_fhir,
                                               "retry"};
// Made twice it is there twice.
inline const Answering fhir_transaction_answering{body_of_request,
                                                  [](const std::string&) { return response(200, "{}"); },
                                                  [](const std::string&) { return response(422, ""); },
                                                  fhir_codes,
                                                  status_answering.no_proof,
                                                  0,
                                                  false,
                                                  fhir_transaction,
                                                  id_of_fhir};

inline std::string mllp_options(std::uint16_t port, const std::string& reply, const std::string& more = {}) {
    return R"({"host": "127.0.0.1", "port": )" + std::to_string(port) + R"(, "reply_timeout": ")" + reply + "\"" +
           more + "}";
}
inline std::string http_options(std::uint16_t port, const std::string& reply, const std::string& more = {}) {
    return R"({"url": "http://127.0.0.1:)" + std::to_string(port) + R"(/in", "idle": "20s", "reply_timeout": ")" +
           reply + "\"" + more + "}";
}

inline const DestinationSetup destination_setups[] = {
    {"file", "", nullptr, [](auto, const auto&, const auto&) { return std::string(R"({"directory": "outbox"})"); }},
    {"file", "sftp", nullptr,
     [](auto, const auto&, const auto& data) {
         return R"({"directory": ")" + data.string() + R"(/outbox", "sftp": )" + ssh_server().json() + "}";
     }},
    {"mllp", "", &mllp_answering, [](auto port, const auto& reply, const auto&) { return mllp_options(port, reply); }},
    {"mllp", "a connection each", &mllp_answering,
     [](auto port, const auto& reply, const auto&) { return mllp_options(port, reply, R"(, "keep": false)"); }},
    {"mllp", "release 2", &release_2_answering,
     [](auto port, const auto& reply, const auto&) { return mllp_options(port, reply, R"(, "release": 2)"); }},
    {"http", "", &http_answering, [](auto port, const auto& reply, const auto&) { return http_options(port, reply); }},
    {"http", "a connection each, by status", &status_answering,
     [](auto port, const auto& reply, const auto&) {
         return http_options(port, reply, R"(, "keep": false, "expect": "status")");
     }},
    {"fhir", "a resource", &fhir_resource_answering,
     [](auto port, const auto& reply, const auto&) { return http_options(port, reply, R"(, "keep": false)"); }},
    {"fhir", "a transaction", &fhir_transaction_answering,
     [](auto port, const auto& reply, const auto&) { return http_options(port, reply, R"(, "keep": false)"); }},
};

// As the catalogue makes it.
inline std::unique_ptr<runtime::Destination> make_destination(const DestinationSetup& setup, std::uint16_t port,
                                                              const std::string& reply,
                                                              const std::filesystem::path& data) {
    const auto kinds = channels::destination_kinds();
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.name == setup.kind; });
    BOOST_REQUIRE(kind != kinds.end());
    const auto options = json::parse(setup.options(port, reply, data));
    BOOST_REQUIRE(options.ok());
    json::Diagnostics problems("channel.json");
    const settings::Environment environment;
    const auto reading = kind->read({*options, "/destination", problems, environment});
    BOOST_REQUIRE(!problems.has_errors());
    return reading.make({data});
}

}  // namespace gantry::conformance
