#include "channels/sources/file_content.hpp"

#include <algorithm>

#include "engine/hl7/mllp.hpp"

namespace gantry::channels {
namespace {

// Enough to acknowledge a message that is too large (as hl7::MllpFrame).
constexpr std::size_t kept_of_too_large = 4096;

// How much is given to the decoder at once: it holds what it was given.
constexpr std::size_t piece = 64u << 10;

std::string difference(std::string_view place, std::size_t announced, std::size_t found, std::string_view what) {
    return std::string(place) + " announces " + std::to_string(announced) + " " + std::string(what) + ", " +
           std::to_string(found) + " were found";
}

// Where the first header or message begins.
const char* begin_of(const hl7::Batch& batch) {
    const char* first = nullptr;
    const auto look_at = [&](std::string_view text) {
        if (!text.empty() && (!first || text.data() < first)) first = text.data();
    };
    look_at(batch.file_header);
    if (!batch.groups.empty()) look_at(batch.groups.front().header);
    if (!batch.messages.empty()) look_at(batch.messages.front());
    return first;
}

}  // namespace

FileContent::FileContent(std::string bytes, std::size_t max_message) : bytes_(std::move(bytes)) {
    const std::string_view all = bytes_;
    const auto first = all.find_first_not_of(" \t\r\n");
    framed_ = first != std::string_view::npos && all[first] == '\v';
    blank_ = !framed_ && hl7::start_of_message(all) == all.size();
    if (framed_)
        read_frames(all, max_message);
    else if (!blank_)
        take(all, max_message);
}

void FileContent::read_frames(std::string_view bytes, std::size_t max_message) {
    hl7::MllpDecoder decoder(max_message);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        decoder.feed(bytes.substr(at, piece));
        while (auto frame = decoder.next()) {
            const auto& content = frames_.emplace_back(std::move(frame->content));
            if (!frame->too_large) {
                take(content, max_message);
                continue;
            }
            parts_.push_back({std::nullopt, messages_.size(), 1});
            messages_.push_back({content, true});
        }
    }
    if (decoder.in_frame()) problems_.push_back("the last frame does not end, so it was not taken");
    if (decoder.junk() > 0)
        problems_.push_back(std::to_string(decoder.junk()) + " bytes between the frames belong to no message");
}

void FileContent::take(std::string_view text, std::size_t max_message) {
    const auto batch = hl7::split_batch(text);
    const bool neither = batch.messages.empty() && !batch.enveloped();
    const auto first = messages_.size();
    if (neither) add(text, max_message);
    for (const auto& message : batch.messages) add(message, max_message);
    parts_.push_back(
        {neither ? std::nullopt : std::optional(hl7::BatchAnswer(batch)), first, messages_.size() - first});
    if (!neither) compare(batch, text);
}

void FileContent::add(std::string_view message, std::size_t max_message) {
    const bool too_large = message.size() > max_message;
    messages_.push_back({too_large ? message.substr(0, std::min(kept_of_too_large, max_message)) : message, too_large});
}

void FileContent::compare(const hl7::Batch& batch, std::string_view text) {
    const auto skipped = begin_of(batch) - text.data() - static_cast<std::ptrdiff_t>(hl7::start_of_message(text));
    if (skipped > 0)
        problems_.push_back(std::to_string(skipped) + " bytes before the first header belong to no message");
    std::size_t batches = 0;
    for (const auto& group : batch.groups) {
        batches += group.header.empty() ? 0 : 1;
        if (group.announced && *group.announced != group.messages)
            problems_.push_back(difference("a batch (BTS-1)", *group.announced, group.messages, "messages"));
    }
    if (batch.file_announced && *batch.file_announced != batches)
        problems_.push_back(difference("the file (FTS-1)", *batch.file_announced, batches, "batches"));
}

std::string FileContent::answer(const std::vector<std::string>& acknowledgments) const {
    std::string out;
    for (const auto& part : parts_) {
        const auto from = acknowledgments.begin() + static_cast<std::ptrdiff_t>(part.first);
        const std::vector<std::string> own(from, from + static_cast<std::ptrdiff_t>(part.count));
        const auto text = part.answer ? part.answer->text(own) : own.front();
        out += framed_ ? hl7::mllp_frame(text) : text;
    }
    return out;
}

}  // namespace gantry::channels
