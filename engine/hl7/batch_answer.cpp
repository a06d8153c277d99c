#include "engine/hl7/batch_answer.hpp"

#include "engine/hl7/escape.hpp"
#include "engine/hl7/header.hpp"

namespace gantry::hl7 {
namespace {

// "3 messages announced, 2 found"; empty when that is right or nothing was announced.
std::string difference(const std::optional<std::size_t>& announced, std::size_t found, std::string_view what) {
    if (!announced || *announced == found) return {};
    return std::to_string(*announced) + " " + std::string(what) + " announced, " + std::to_string(found) + " found";
}

}  // namespace

BatchAnswer::BatchAnswer(const Batch& batch) : file_(read(batch.file_header)) {
    for (const auto& group : batch.groups) {
        auto header = read(group.header);
        batches_ += header.has_value();
        groups_.push_back({std::move(header), group.messages, difference(group.announced, group.messages, "messages")});
    }
    file_remark_ = difference(batch.file_announced, batches_, "batches");
}

std::optional<BatchAnswer::Header> BatchAnswer::read(std::string_view line) {
    const auto header = read_header_line(line);
    if (!header.found) return std::nullopt;
    return Header{header.delimiters, header.echo(3), header.echo(4), header.echo(5), header.echo(6), header.echo(11)};
}

void BatchAnswer::begin(std::string& out, const char* id, const Header& header, std::string_view time) {
    out.append(id).append(1, header.delimiters.field).append(encoding_characters(header.delimiters));
    auto field = [&](std::string_view value) { out.append(1, header.delimiters.field).append(value); };
    field(header.receiving_application);
    field(header.receiving_facility);
    field(header.sending_application);
    field(header.sending_facility);
    field(time);
    // Security, name and comment say nothing; nothing refers to this answer, so it needs no control id of its own.
    for (int empty = 8; empty <= 11; ++empty) field({});
    field(header.control_id);
    out.resize(out.find_last_not_of(header.delimiters.field) + 1);
    out.push_back('\r');
}

void BatchAnswer::end(std::string& out, const char* id, const Header& header, std::size_t count,
                      std::string_view remark) {
    out.append(id).append(1, header.delimiters.field).append(std::to_string(count));
    if (!remark.empty()) out.append(1, header.delimiters.field).append(escape(remark, header.delimiters));
    out.push_back('\r');
}

std::string BatchAnswer::text(const std::vector<std::string>& acknowledgments) const {
    const auto time = acknowledgments.empty() ? std::string() : read_header(acknowledgments.back()).echo(7);
    std::string out;
    if (file_) begin(out, "FHS", *file_, time);
    std::size_t next = 0;
    for (const auto& group : groups_) {
        if (group.header) begin(out, "BHS", *group.header, time);
        for (std::size_t i = 0; i < group.messages && next < acknowledgments.size(); ++i)
            out += acknowledgments[next++];
        if (group.header) end(out, "BTS", *group.header, group.messages, group.remark);
    }
    if (file_) end(out, "FTS", *file_, batches_, file_remark_);
    return out;
}

}  // namespace gantry::hl7
