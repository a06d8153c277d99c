#include "tests/durability/receipts.hpp"

#include <algorithm>

#include "tests/durability/ledger.hpp"

namespace gantry::durability {
namespace {

constexpr long pending = 0, delivered = 1, discarded = 2, in_doubt = 7;  // effects::Outcome

// A delivery as the ledger has it.
struct Delivery {
    std::string control_id, lane;
    long state = 0, doubts = 0;
};

template <class All, class Is>
long count(const All& all, Is is) {
    return static_cast<long>(std::count_if(all.begin(), all.end(), is));
}

std::vector<Delivery> read_deliveries(const std::string& store, const std::filesystem::path& data) {
    const auto rows = open_ledger(store, data)->rows(R"(
        SELECT m.control_id, d.lane, d.state,
               (SELECT count(*) FROM delivery_attempt a WHERE a.delivery = d.id AND a.verdict = 7)
        FROM delivery d JOIN message m ON m.id = d.message ORDER BY d.id)");
    std::vector<Delivery> out;
    for (const auto& row : rows) out.push_back({row[0], row[1], std::stol(row[2]), std::stol(row[3])});
    return out;
}

class Comparison {
  public:
    Comparison(std::vector<Delivery> deliveries, const Receipts& receipts)
        : all_(std::move(deliveries)), receipts_(receipts) {
        for (std::size_t n = 0; n < receipts.received.size(); ++n) {
            ++times_[receipts.received[n]];
            first_.emplace(receipts.received[n], static_cast<long>(n));
        }
        for (const auto& delivery : all_) by_message_[delivery.control_id] = &delivery;
    }

    ReceiptFigures figures() const {
        ReceiptFigures out;
        out.deliveries = static_cast<long>(all_.size());
        out.received = static_cast<long>(receipts_.received.size());
        out.different = static_cast<long>(times_.size());
        out.lost = count(receipts_.journal, [&](const auto& entry) {
            return by_message_.count(entry.control_id) == 0 ||
                   (all_must_arrive() && times_.count(entry.control_id) == 0);
        });
        for (const auto& one : all_) {
            out.doubts += one.doubts;
            const auto again = std::max(times(one) - 1, 0L);
            out.doubles += again;
            out.explained += std::min(again, one.doubts);
        }
        return out;
    }

    std::vector<Finding> findings() const {
        std::vector<Finding> out{
            {"every acknowledged message has a delivery",
             count(receipts_.journal, [&](const auto& entry) { return by_message_.count(entry.control_id) == 0; })},
            {"what the ledger calls delivered arrived",
             count(all_, [&](const auto& one) { return one.state == delivered && times(one) == 0; })},
            {"what came twice is explained by attempts in doubt",
             count(all_, [&](const auto& one) { return times(one) > 1 + one.doubts; })},
            {"nothing arrived that has no delivery",
             count(times_, [&](const auto& one) { return by_message_.count(one.first) == 0; })},
            {"deliveries of one key arrive first in the order in which a sender sent them", out_of_order()}};
        if (receipts_.holds)
            out.push_back({"nothing came twice", count(times_, [](const auto& one) { return one.second > 1; })});
        if (all_must_arrive())
            out.push_back({"every delivery was made, or was found to have arrived",
                           count(all_, [&](const auto& one) { return !is_made(one) || times(one) == 0; })});
        else
            out.push_back({"what is not delivered waits for a person, or behind such a one", stranded()});
        return out;
    }

  private:
    bool all_must_arrive() const { return !receipts_.holds || receipts_.settled; }

    bool is_made(const Delivery& one) const {
        return one.state == delivered || (receipts_.holds && one.state == discarded);
    }

    long times(const Delivery& one) const {
        const auto found = times_.find(one.control_id);
        return found == times_.end() ? 0 : found->second;
    }

    // Of one sender, which waits for each answer; what two of them send at once about a patient has no order.
    long out_of_order() const {
        std::map<std::string, long> last;
        long out = 0;
        for (const auto& one : all_) {
            const auto found = first_.find(one.control_id);
            if (found == first_.end()) continue;
            const auto sender = one.control_id.substr(0, one.control_id.rfind('C'));
            auto& before = last.emplace(one.lane + " " + sender, -1).first->second;
            if (found->second < before) ++out;
            before = std::max(before, found->second);
        }
        return out;
    }

    long stranded() const {
        std::map<std::string, bool> blocked;
        long out = 0;
        for (const auto& one : all_) {
            if (one.state == in_doubt) blocked[one.lane] = true;
            if (one.state == pending && !blocked[one.lane]) ++out;
        }
        return out;
    }

    std::vector<Delivery> all_;
    const Receipts& receipts_;
    std::map<std::string, long> times_, first_;  // by control id
    std::map<std::string, const Delivery*> by_message_;
};

}  // namespace

ReceiptCheck check_receipts(const std::string& store, const std::filesystem::path& data, const Receipts& receipts) {
    const Comparison comparison(read_deliveries(store, data), receipts);
    return {comparison.figures(), comparison.findings()};
}

}  // namespace gantry::durability
