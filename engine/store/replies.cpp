#include "engine/store/replies.hpp"

#include <algorithm>
#include <array>

namespace gantry::store {
namespace {

constexpr char separator = '\x1e';

std::array<std::string_view, 4> split(std::string_view names) {
    std::array<std::string_view, 4> out;
    for (auto& name : out) {
        const auto end = std::min(names.find(separator), names.size());
        name = names.substr(0, end);
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return out;
}

bool is_for(const Reply& reply, const AwaitedReply& awaited) {
    return std::find(reply.destinations.begin(), reply.destinations.end(), awaited.destination) !=
           reply.destinations.end();
}

}  // namespace

std::string reply_names(std::string_view application, std::string_view facility, std::string_view to_application,
                        std::string_view to_facility) {
    std::string out;
    for (const auto name : {application, facility, to_application, to_facility}) {
        std::copy_if(name.begin(), name.end(), std::back_inserter(out), [](char c) { return c != separator; });
        out += separator;
    }
    out.pop_back();
    return out;
}

bool may_be_the_same(std::string_view names, std::string_view other) {
    const auto one = split(names), two = split(other);
    for (std::size_t i = 0; i < one.size(); ++i)
        if (!one[i].empty() && !two[i].empty() && one[i] != two[i]) return false;
    return true;
}

ReplyMatch match_reply(const Reply& reply, std::span<const AwaitedReply> awaited) {
    ReplyMatch out{{}, "no delivery awaits this acknowledgment"};
    bool foreign = false;
    for (const auto& one : awaited) {
        if (!is_for(reply, one)) continue;
        if (!may_be_the_same(one.names, reply.names)) {
            foreign = true;
            continue;
        }
        if (out.delivery.value != 0) return {{}, "more than one delivery awaits this acknowledgment"};
        out = {one.delivery, ""};
    }
    if (out.delivery.value == 0 && foreign) out.reason = "the message that this acknowledgment names went to another";
    return out;
}

}  // namespace gantry::store
