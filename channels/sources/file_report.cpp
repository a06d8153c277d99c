#include "channels/sources/file_report.hpp"

namespace gantry::channels {
namespace {

// A person reads the first ones; a file of garbage must not make a larger one.
constexpr std::size_t most_lines = 100;

// MSA-1 of the last acknowledgment, in its own delimiters; 0: there is none. Accepted is AA or CA.
char verdict_in(std::string_view reply) {
    const auto at = reply.rfind("\rMSA");
    constexpr std::size_t second_letter = 6;
    return at == std::string_view::npos || reply.size() <= at + second_letter ? '\0' : reply[at + second_letter];
}

std::string why(const effects::UnitOutcome& outcome) {
    if (outcome.error) return "[" + std::string(info(outcome.error->code).name) + "] " + outcome.error->text();
    std::string out;
    for (const auto& record : outcome.records) {
        if (record.reason.empty()) continue;
        out += (out.empty() ? "" : "; ") + std::string(to_text(record.kind)) + " " + std::string(to_text(record.what)) +
               ": " + record.reason;
    }
    return out.empty() ? "it was not accepted; the acknowledgment says why" : out;
}

}  // namespace

bool is_refusal(const store::Committed& committed) {
    using effects::Outcome;
    const auto outcome = committed.outcome.outcome;
    if (outcome == Outcome::rejected || outcome == Outcome::held) return true;
    const auto verdict = verdict_in(committed.reply);
    return verdict != '\0' && verdict != 'A';
}

void FileReport::refused(std::size_t number, const store::Committed& committed) {
    const auto& outcome = committed.outcome;
    const std::string hint(outcome.error ? info(outcome.error->code).hint : "");
    add("message " + std::to_string(number) + " (id " + std::to_string(outcome.message) + ", " +
            std::string(to_text(outcome.outcome)) + "): " + why(outcome),
        hint);
}

void FileReport::whole(const std::string& what, const std::string& what_to_do) {
    add("the file: " + what, what_to_do);
}

void FileReport::add(std::string what, const std::string& what_to_do) {
    if (lines_.size() == most_lines) return void(++more_);
    what += what_to_do.empty() ? "\n" : "\n    what to do: " + what_to_do + "\n";
    lines_.push_back(std::move(what));
}

std::string FileReport::text(std::size_t messages, std::size_t taken) const {
    std::string out;
    if (messages > 0)
        out = std::to_string(messages) + (messages == 1 ? " message, " : " messages, ") + std::to_string(taken) +
              " taken\n\n";
    for (const auto& line : lines_) out += line;
    if (more_ > 0) out += "and " + std::to_string(more_) + " more\n";
    if (taken > 0)
        out +=
            "\nThe whole file may be put back when this is mended: a message that was taken is known by its control id "
            "and\nchanges nothing a second time. One without a control id would be taken again.\n";
    return out;
}

}  // namespace gantry::channels
