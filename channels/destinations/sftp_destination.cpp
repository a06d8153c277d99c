#include "channels/destinations/sftp_destination.hpp"

#include <random>

#include "engine/base/digest.hpp"
#include "engine/sftp/refusal.hpp"

namespace gantry::channels {
namespace {

using sftp::joined, sftp::Status;
using End = sftp::Written::End;
using Answer = runtime::Destination::Answer;
using Verdict = runtime::Destination::Verdict;

// More than that are left only by a server that ends each time; the oldest stay there.
constexpr std::size_t most_left = 100;

std::string random_mark() {
    std::random_device random;
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(random()));
    return hex(bytes);
}

std::string reason(const Error& error) {
    return std::string(sftp::reason_of(error).text());
}

}  // namespace

SftpDestination::SftpDestination(const FileOptions& options, const std::vector<std::string>& ssh)
    : directory_(options.directory),
      name_(options.name, options.extension),
      command_(ssh.empty() ? ssh_command(*options.sftp) : ssh),
      waits_{options.sftp->connect_timeout, options.sftp->timeout} {}

Answer SftpDestination::deliver(const store::DeliveryWork& work) {
    auto out = attempt(work);
    interrupt_.clear();
    return out;
}

Answer SftpDestination::attempt(const store::DeliveryWork& work) {
    if (auto away = connect()) return *away;
    if (auto answer = clear(work.id)) return *answer;
    return write(work);
}

std::optional<Answer> SftpDestination::connect() {
    if (session_ && session_->is_there()) return std::nullopt;
    auto session = sftp::Session::open(command_, waits_, &interrupt_);
    if (!session) return Answer{Verdict::away, "the server cannot be reached: " + reason(session.error())};
    session_ = std::move(*session);
    return std::nullopt;
}

// What earlier attempts left is looked at, and removed. An answer: about this delivery.
std::optional<Answer> SftpDestination::clear(DeliveryId delivery) {
    while (!left_.empty()) {
        const auto removed = session_->remove(left_.front().aside);
        if (!removed) return Answer{Verdict::away, "the connection ended: " + reason(removed.error())};
        const auto left = left_.front();
        left_.pop_front();
        if (!left.renaming || left.delivery != delivery || *removed == Status::ok) continue;
        if (*removed == Status::no_such_file) return Answer{};
        return Answer{Verdict::in_doubt, "whether the file got its name cannot be seen: " + to_text(*removed)};
    }
    return std::nullopt;
}

Answer SftpDestination::write(const store::DeliveryWork& work) {
    const auto name = name_.of(work);
    const auto aside = joined(directory_, "." + name + "." + random_mark() + ".part");
    const auto written = write_into_place(aside, joined(directory_, name), work.payload);
    switch (written.end) {
        case End::done:
            return {};
        case End::lost:
            return ended({work.id, aside, false}, written.error);
        case End::doubt:
            return ended({work.id, aside, true}, written.error);
        default:
            return {Verdict::retry, "the file could not be written: " + to_text(written.status)};
    }
}

sftp::Written SftpDestination::write_into_place(const std::string& aside, const std::string& to,
                                                const std::string& payload) {
    auto out = write_whole(*session_, aside, to, payload, sftp::Over::whatever);
    if (out.end != End::refused || out.status != Status::no_such_file) return out;
    const auto made = make_directories(*session_, directory_);
    if (!made) return {End::lost, Status::connection_lost, made.error()};
    if (*made != Status::ok) return {End::refused, *made, {}};
    return write_whole(*session_, aside, to, payload, sftp::Over::whatever);
}

Answer SftpDestination::ended(const Left& left, const Error& why) {
    if (left_.size() == most_left) left_.pop_front();
    left_.push_back(left);
    if (!left.renaming) return {Verdict::retry, "the connection ended before the file was complete: " + reason(why)};
    const bool looks = !connect();
    const auto answer = looks ? clear(left.delivery) : std::nullopt;
    if (answer && answer->verdict == Verdict::delivered) return *answer;
    if (looks && !answer) return {Verdict::retry, "the connection ended before the file had its name: " + reason(why)};
    return {Verdict::in_doubt, "the connection ended while the file got its name, and nobody can look: " + reason(why)};
}

}  // namespace gantry::channels
