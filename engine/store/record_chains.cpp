#include "engine/store/records/record_chains.hpp"

#include <algorithm>
#include <charconv>

#include "engine/effects/records.hpp"
#include "engine/json/value.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

using Ids = std::vector<std::int64_t>;
using effects::RecordKind;

// A number that stands for "unknown" may lead to a large part of all orders; then the newest of them are searched.
constexpr std::size_t most_records = 10'000;
constexpr std::size_t most_namespaces = 1'000;
constexpr std::size_t at_once = 1'000;

std::string at_most(std::size_t most) {
    return "LIMIT " + std::to_string(most);
}

// One more than the last byte: where everything that begins with the prefix has ended. Keys end in a separator below
// 0x20, so that this never overflows.
std::string after_prefix(std::string prefix) {
    ++prefix.back();
    return prefix;
}

using KeyQuery = odb::query<records::OrderKey>;

void add_orders_under(odb::database& database, const std::string& prefix, Ids& out) {
    const auto wanted = (KeyQuery::key >= prefix && KeyQuery::key < after_prefix(prefix)) + at_most(most_records);
    for (const auto& row : database.query<records::OrderKey>(wanted)) out.push_back(row.study);
}

// The authorities that numbers of this kind have: a few, found by skipping from one to the next.
std::vector<std::string> authorities(odb::database& database, const std::string& kind) {
    std::vector<std::string> out;
    for (auto from = kind; out.size() < most_namespaces;) {
        const auto first = (KeyQuery::key >= from && KeyQuery::key < after_prefix(kind)) + "ORDER BY" + KeyQuery::key +
                           std::string("LIMIT 1");
        std::string key;
        for (const auto& row : database.query<records::OrderKey>(first)) key = row.key;
        if (key.empty()) return out;
        const auto authority = key.substr(kind.size(), key.find(kind.back(), kind.size()) - kind.size());
        out.push_back(authority);
        from = after_prefix(kind + authority + kind.back());
    }
    return out;
}

// prefix_of: effects::placer_prefix or filler_prefix.
Ids orders_numbered(odb::database& database, const effects::OrderNumber& number,
                    std::string (*prefix_of)(const effects::OrderNumber&)) {
    Ids out;
    if (!number.authority.empty()) {
        add_orders_under(database, prefix_of(number), out);
        return out;
    }
    const auto kind = prefix_of({}).substr(0, 2);
    for (const auto& authority : authorities(database, kind))
        add_orders_under(database, prefix_of({number.number, authority}), out);
    return out;
}

// A patient whom a merge made part of another is looked for there, too.
std::map<std::int64_t, std::int64_t> patients_numbered(odb::database& database, const effects::Identifier& number) {
    using Number = odb::query<records::PatientIdentifier>;
    std::map<std::int64_t, std::int64_t> out;  // with their last change
    auto wanted = Number::value == number.value;
    if (!number.authority.empty()) wanted = wanted && Number::authority == number.authority;
    Ids found;
    for (const auto& row : database.query<records::PatientIdentifier>(wanted + at_most(most_records)))
        found.push_back(row.patient);
    using Head = odb::query<records::PatientHead>;
    for (auto patient : found) {
        while (patient != 0 && out.count(patient) == 0) {
            std::int64_t next = 0;
            for (const auto& head : database.query<records::PatientHead>(Head::id == patient)) {
                out[patient] = head.last_change;
                next = head.merged_into;
            }
            patient = next;
        }
    }
    return out;
}

using OrderQuery = odb::query<records::OrderHead>;

// What of the orders all numbers of the query hold for.
std::optional<OrderQuery> orders_like(odb::database& database, const MessageQuery& query) {
    OrderQuery out(true);
    if (!query.accession_number.empty()) out = out && OrderQuery::accession_number == query.accession_number;
    if (!query.study_instance_uid.empty()) out = out && OrderQuery::study_instance_uid == query.study_instance_uid;
    const auto narrow = [&](const effects::OrderNumber& number, auto prefix_of) {
        if (number.number.empty()) return true;
        auto orders = orders_numbered(database, number, prefix_of);
        if (orders.size() > most_records) orders.resize(most_records);
        out = out && OrderQuery::id.in_range(orders.begin(), orders.end());
        return !orders.empty();
    };
    if (!narrow(query.placer, effects::placer_prefix) || !narrow(query.filler, effects::filler_prefix))
        return std::nullopt;
    return out;
}

bool names_orders(const MessageQuery& query) {
    return !query.accession_number.empty() || !query.study_instance_uid.empty() || !query.placer.number.empty() ||
           !query.filler.number.empty();
}

std::int64_t number_of(const json::Value* value) {
    std::int64_t out = 0;
    if (value) std::from_chars(value->string().data(), value->string().data() + value->string().size(), out);
    return out;
}

}  // namespace

void RecordChains::add(const Link& link) {
    if (link.change != 0) links_.push(link);
}

void RecordChains::begin(const MessageQuery& query) {
    auto wanted = orders_like(database_, query);
    if (!wanted) return;
    if (!query.patient.value.empty()) {
        const auto patients = patients_numbered(database_, query.patient);
        if (patients.empty()) return;
        Ids ids;
        for (const auto& [patient, change] : patients) {
            ids.push_back(patient);
            if (!names_orders(query)) add({change, RecordKind::patient, patient});
        }
        wanted = *wanted && OrderQuery::patient.in_range(ids.begin(), ids.end());
    }
    Ids orders;
    const auto newest = *wanted + "ORDER BY" + OrderQuery::id + std::string("DESC ") + at_most(most_records);
    for (const auto& head : database_.query<records::OrderHead>(newest)) {
        orders.push_back(head.id);
        add({head.last_change, RecordKind::order, head.id});
    }
    begin_reports(orders);
}

void RecordChains::begin_reports(const Ids& orders) {
    using Of = odb::query<records::ReportOrder>;
    using Head = odb::query<records::ReportHead>;
    std::set<std::int64_t> found;
    for (std::size_t first = 0; first < orders.size(); first += at_once) {
        const auto begin = orders.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = orders.begin() + static_cast<std::ptrdiff_t>(std::min(orders.size(), first + at_once));
        Ids reports;
        for (const auto& row : database_.query<records::ReportOrder>(Of::study.in_range(begin, end)))
            if (found.insert(row.report).second) reports.push_back(row.report);
        if (reports.empty()) continue;
        for (const auto& head : database_.query<records::ReportHead>(Head::id.in_range(reports.begin(), reports.end())))
            add({head.last_change, RecordKind::report, head.id});
    }
}

std::int64_t RecordChains::next() {
    while (!links_.empty()) {
        const auto newest = links_.top().change;
        std::set<Link> touched;
        for (; !links_.empty() && links_.top().change == newest; links_.pop()) touched.insert(links_.top());
        records::Change change;
        // Where retention has taken the change away, the chain ends.
        if (!database_.find(newest, change)) continue;
        follow(touched, change.patches);
        if (change.message != 0) return change.message;
    }
    return 0;
}

void RecordChains::follow(const std::set<Link>& touched, const std::string& patches) {
    const auto list = json::parse(patches);
    if (!list) return;
    for (const auto& patch : list->items()) {
        const auto* kind = patch.find("r");
        const auto record = number_of(patch.find("id")), before = number_of(patch.find("prev"));
        for (const auto& link : touched) {
            if (link.record != record || !kind || kind->string() != to_text(link.kind)) continue;
            if (before < link.change) add({before, link.kind, record});
        }
    }
}

}  // namespace gantry::store
