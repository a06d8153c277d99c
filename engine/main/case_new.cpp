#include "engine/main/case_new.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>

#include "engine/base/utf8.hpp"
#include "engine/hl7/decode.hpp"
#include "engine/hl7/moment.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/case_run.hpp"
#include "engine/main/send_message.hpp"
#include "engine/structures/deidentification.hpp"
#include "mappings/language/document.hpp"

namespace gantry {
namespace {

namespace fs = std::filesystem;
constexpr int done = 0, failed = 1, wrong_usage = 2, io_failed = 74;
constexpr auto without_time = "20200101120000";  // of messages that do not say when they were made

using Names = std::initializer_list<const char*>;

Result<std::vector<hl7::Message>> parsed(std::string_view bytes, const channels::ChannelOptions& options) {
    std::vector<hl7::Message> out;
    for (auto& text : messages_in(bytes)) {
        auto decoded = hl7::decode(std::move(text), {options.character_set, options.always_character_set});
        auto message = hl7::Message::parse(std::move(decoded.utf8));
        if (!message) {
            auto error = message.error();
            error.place = "message " + std::to_string(out.size() + 1);
            return error;
        }
        out.push_back(std::move(*message));
    }
    return out;
}

// What the channel's tables know: codes, and the headings of reports.
std::vector<std::string> known_codes(const channels::ChannelDocument& channel) {
    std::vector<std::string> out;
    for (const auto& mapping : channel.handling.mappings.all())
        for (const auto& table : mapping.tables())
            for (auto& code : table->codes()) out.push_back(std::move(code));
    return out;
}

// "20261123090000" in UTC to ISO 8601.
std::string iso(const std::string& utc) {
    return utc.substr(0, 4) + "-" + utc.substr(4, 2) + "-" + utc.substr(6, 2) + "T" + utc.substr(8, 2) + ":" +
           utc.substr(10, 2) + ":" + utc.substr(12, 2) + "Z";
}

// Rows that blessing replaces by what came out, with these fields.
void expect_rows(json::Writer& out, const char* list, Names fields) {
    out.key(list).begin_array().begin_object();
    for (const auto* field : fields) out.key(field).null();
    out.end_object().end_array();
}

class CaseWriter {
  public:
    CaseWriter(const Configuration& configuration, const channels::ChannelDocument& channel)
        : channel_(channel),
          zone_name_(configuration.options.zone.empty() ? "UTC" : configuration.options.zone),
          zone_(zone_name_) {}

    std::string write(const std::vector<std::string>& texts) {
        std::vector<hl7::Message> messages;
        messages.reserve(texts.size());
        for (const auto& text : texts) messages.push_back(std::move(hl7::Message::parse(text)).value());
        auto clock = time_of(messages.front());
        if (clock.empty()) clock = without_time;
        const auto& header = messages.front();
        out_.begin_object().member("description", std::string(header.type()) + "^" + std::string(header.event()) +
                                                      " as " + channel_.name + " takes it");
        out_.member("channel", channel_.name);
        write_character_set(texts);
        out_.member("clock", iso(clock)).member("zone", zone_name_).key("inputs").begin_array();
        for (const auto& message : messages) write_input(message, clock);
        out_.end_array();
        write_end();
        return out_.end_object().text() + "\n";
    }

  private:
    std::string time_of(const hl7::Message& message) const {
        return hl7::to_utc(hl7::moment(message.msh().field(7)), zone_);
    }

    // The case is in UTF-8, whatever the sender writes.
    void write_character_set(const std::vector<std::string>& texts) {
        const bool ascii = std::all_of(texts.begin(), texts.end(), [](const auto& text) { return is_ascii(text); });
        if (ascii || channel_.options.always_character_set.empty()) return;
        out_.key("settings").begin_object().member("always_character_set", "UNICODE UTF-8").end_object();
    }

    void write_input(const hl7::Message& message, std::string& clock) {
        out_.begin_object().key("message").begin_array();
        for (std::size_t i = 0; i < message.segments(); ++i) out_.value(message.segment(i).raw());
        out_.end_array();
        if (const auto time = time_of(message); time > clock) {
            clock = time;
            out_.member("clock", iso(clock));
        }
        out_.key("expect").begin_object().key("ack").begin_object().key("MSA-1").null().end_object();
        for (const auto* name : {"outcome", "error", "place", "filtered_by"}) out_.key(name).null();
        expect_rows(out_, "records", {"kind", "what", "reason"});
        out_.key("warnings").begin_array().end_array();
        expect_rows(out_, "deliveries", {"destination", "type", "control_id"});
        out_.end_object().end_object();
    }

    void write_end() {
        out_.key("expect").begin_object();
        expect_rows(out_, "orders",
                    {"placer_number", "filler_number", "accession_number", "status", "patient", "procedure_code",
                     "procedure_description", "modality", "scheduled_date", "reason"});
        expect_rows(out_, "patients", {"filed_under", "name", "birth_date", "sex"});
        expect_rows(out_, "reports", {"status", "result_status", "text"});
        out_.key("worklist").begin_array().begin_object().key("query").begin_object().end_object();
        expect_rows(out_, "answer",
                    {"PatientID", "PatientName", "AccessionNumber", "Modality", "ScheduledProcedureStepStartDate",
                     "ScheduledProcedureStepStartTime"});
        out_.end_object().end_array().end_object();
    }

    const channels::ChannelDocument& channel_;
    std::string zone_name_;
    Zone zone_;
    json::Writer out_{json::Form::pretty};
};

// As `gantry test --bless` does, until nothing is different: a list that has got its rows is compared row by row.
Result<std::string> filled_in(const Configuration& configuration, std::string text) {
    constexpr int most = 4;
    for (int i = 0; i < most; ++i) {
        const auto result = run_case(configuration, "the new case", text);
        if (result.passed()) return text;
        if (!result.problems.empty()) return Error{result.problems.front().code, result.problems.front().text(), {}};
        text = blessed(text, result.differences);
    }
    return Error{ErrorCode::config_bad_mapping, "the case does not give the same twice", {}};
}

}  // namespace

Result<std::string> new_case(const Configuration& configuration, const channels::ChannelDocument& channel,
                             std::string_view bytes, bool keep_identifiers) {
    const auto messages = parsed(bytes, channel.options);
    if (!messages) return messages.error();
    const auto without_persons = structures::deidentified(*messages, {keep_identifiers, known_codes(channel)});
    return filled_in(configuration, CaseWriter(configuration, channel).write(without_persons.messages));
}

int run_case_new(const Configuration& configuration, const NewCaseOptions& options, std::ostream& out,
                 std::ostream& err) {
    const auto fail = [&](int code, const std::string& sentence) {
        err << "gantry case new: " << sentence << "\n";
        return code;
    };
    const auto* channel = configuration.channel(options.channel);
    if (!channel)
        return fail(wrong_usage, "no channel \"" + options.channel + "\"; there are: " + configuration.channel_names());
    std::error_code unknown;
    if (!options.out.empty() && fs::exists(options.out, unknown))
        return fail(wrong_usage, options.out.string() + " exists; choose another name or remove it");
    std::ifstream in(options.file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in || bytes.empty()) return fail(io_failed, options.file.string() + " cannot be read or is empty");
    const auto text = new_case(configuration, *channel, bytes, options.keep_identifiers);
    if (!text) return fail(failed, options.file.string() + ": " + text.error().text());
    if (options.out.empty()) {
        out << *text;
        return done;
    }
    std::ofstream file(options.out, std::ios::binary);
    file << *text;
    if (!file.flush()) return fail(io_failed, options.out.string() + " cannot be written");
    out << options.out.string()
        << " passes. Read it before you share it: codes stay as they were sent, and what a sender "
        << "writes where HL7 has a code stays with them.\n";
    return done;
}

}  // namespace gantry
