#include "tests/durability/acknowledgment_watch.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace gantry::durability {
namespace {

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

std::size_t digits(std::string_view text) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// The control id at the beginning of text, or nothing.
std::string_view control_id(std::string_view text) {
    std::size_t length = 0;
    for (const char mark : {'K', '-', 'C'}) {
        if (length >= text.size() || text[length] != mark) return {};
        const auto number = digits(text.substr(length + 1));
        if (number == 0) return {};
        length += 1 + number;
    }
    return length < text.size() ? text.substr(0, length) : std::string_view();  // it may go on in the next page
}

}  // namespace

void AcknowledgmentWatch::written(std::string_view bytes) {
    for (auto at = bytes.find('K'); at != std::string_view::npos; at = bytes.find('K', at + 1)) {
        const auto id = control_id(bytes.substr(at));
        if (!id.empty() && synced_.find(id) == synced_.end()) unsynced_.emplace(id);
    }
}

void AcknowledgmentWatch::synced() {
    synced_.merge(unsynced_);
    unsynced_.clear();
}

AcknowledgmentWatch::Sent AcknowledgmentWatch::sent(std::string_view bytes) const {
    Sent out;
    for (const std::string_view positive : {"\rMSA|AA|", "\rMSA|CA|"}) {
        for (auto at = bytes.find(positive); at != std::string_view::npos; at = bytes.find(positive, at + 1)) {
            const auto id = control_id(bytes.substr(at + positive.size()));
            if (id.empty()) continue;
            ++out.acknowledged;
            if (synced_.find(id) == synced_.end()) ++out.early;
        }
    }
    return out;
}

}  // namespace gantry::durability
