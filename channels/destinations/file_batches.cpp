#include "channels/destinations/file_batches.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <system_error>

#include "engine/base/durable_file.hpp"
#include "engine/hl7/batch_writer.hpp"

namespace gantry::channels {
namespace {

std::string reason() {
    return std::generic_category().message(errno);
}

// It may be there or not; what cannot be known is an error.
bool look_for(const std::filesystem::path& path, bool& there) {
    std::error_code failure;
    const auto status = std::filesystem::symlink_status(path, failure);
    there = std::filesystem::exists(status);
    return there || status.type() == std::filesystem::file_type::not_found;
}

}  // namespace

FileBatches::FileBatches(std::filesystem::path directory, std::string extension, bool file_envelope)
    : directory_(std::move(directory)), extension_(std::move(extension)), file_envelope_(file_envelope) {}

std::vector<FileBatches::Answer> FileBatches::write(std::span<const store::DeliveryWork* const> works) {
    for (const auto id : answered_) left_.erase(id);
    answered_.clear();
    if (!make_directories(directory_) || !recover())
        return {works.size(), {Verdict::retry, "the directory cannot be used: " + reason(), {}}};
    std::vector<Answer> out;
    Works together;
    for (const auto* work : works) {
        out.push_back({Verdict::refused, "it is not one HL7 message, and cannot be one of a batch", {}});
        if (const auto* left = left_of(*work)) {
            out.back() =
                left->delivered
                    ? Answer{Verdict::delivered, "it is in a file that was written before the engine ended", {}}
                    : Answer{Verdict::in_doubt, "its file was taken before the engine knew of it, or lost", {}};
            answered_.push_back(work->id.value);
        } else if (hl7::is_single_message(work->payload))
            together.push_back(work);
    }
    if (together.empty()) return out;
    const auto verdict = put(together);
    const auto detail = verdict == Verdict::delivered ? std::string() : "the file could not be written: " + reason();
    for (std::size_t i = 0, next = 0; next < together.size(); ++i)
        if (works[i] == together[next]) {
            out[i] = {verdict, detail, {}};
            ++next;
        }
    return out;
}

// What was found is written down before anything else changes.
bool FileBatches::recover() {
    if (!recovered_) recovered_ = read_list() && (left_.empty() || write_list({}, {}));
    return recovered_;
}

// A line with the name, then one for each delivery: number, attempt, and n: in the file of this name; d: delivered; u:
// in doubt.
bool FileBatches::read_list() {
    left_.clear();
    bool listed = false, unfinished = false, finished = false;
    if (!look_for(list(), listed) || !look_for(aside(), unfinished)) return false;
    if (!listed) return true;
    std::ifstream in(list(), std::ios::binary);
    std::string name;
    const bool named = std::getline(in, name) && !name.empty();
    if (named && !look_for(directory_ / name, finished)) return false;
    std::int64_t id = 0;
    int attempt = 0;
    for (char what = 0; in >> id >> attempt >> what;)
        if (what != 'n' || !unfinished) left_[id] = {attempt, what == 'n' ? finished : what == 'd'};
    if (in.eof()) return true;
    errno = EIO;
    return false;
}

bool FileBatches::write_list(const std::string& name, const Works& works) const {
    std::ostringstream text;
    text << name << "\n";
    for (const auto* work : works) text << work->id.value << " " << work->attempts + 1 << " n\n";
    for (const auto& [id, left] : left_) text << id << " " << left.attempt << (left.delivered ? " d\n" : " u\n");
    const auto part = directory_ / ".batch.ids.part";
    return write_synced(part, text.str()) && ::rename(part.c_str(), list().c_str()) == 0 && sync_directory(directory_);
}

// Another attempt is another matter: a person wants it once more.
const FileBatches::Left* FileBatches::left_of(const store::DeliveryWork& work) const {
    const auto found = left_.find(work.id.value);
    return found != left_.end() && found->second.attempt == work.attempts + 1 ? &found->second : nullptr;
}

FileBatches::Verdict FileBatches::put(const Works& works) const {
    const auto name = std::to_string(works.front()->id.value) + "-" + std::to_string(works.front()->attempts + 1);
    std::vector<std::string_view> messages;
    for (const auto* work : works) messages.emplace_back(work->payload);
    const bool written = write_synced(aside(), hl7::write_batch(messages, name, file_envelope_)) &&
                         sync_directory(directory_) && write_list(name + extension_, works);
    if (!written || ::rename(aside().c_str(), (directory_ / (name + extension_)).c_str()) != 0) {
        const auto reason = errno;
        // A full disk needs the room; that it is there says that the file has not got its name.
        std::error_code ignored;
        std::filesystem::resize_file(aside(), 0, ignored);
        errno = reason;
        return Verdict::retry;
    }
    return sync_directory(directory_) ? Verdict::delivered : Verdict::in_doubt;
}

}  // namespace gantry::channels
