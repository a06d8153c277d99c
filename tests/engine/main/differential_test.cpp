// The same messages through SQLite and PostgreSQL have the same outcomes, the same answers, and leave the same records.
#include <cctype>
#include <cstdlib>
#include <map>

#include "engine/main/trial.hpp"
#include "tests/engine/main/random_messages.hpp"
#include "tests/engine/store/databases.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

namespace fs = std::filesystem;

constexpr Instant monday{1'795'424'400'000'000};  // 2026-11-23T09:00:00Z

// Ids, and what is made from them, differ from one database to the other. Each is replaced by its number in the order
// of appearance, so that texts are equal when everything else is, and the same ids stand in the same places.
std::string without_ids(const std::string& text) {
    std::map<std::string, std::size_t> seen;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '.')) ++end;
        const auto word = text.substr(at, std::max<std::size_t>(end - at, 1));
        const auto digits = static_cast<std::size_t>(
            std::count_if(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c); }));
        const bool id = digits == word.size() && digits >= 17,
                   made = word.size() >= 12 && (word[0] == 'G' || word[0] == 'F') && digits > 2;
        out += id || made || word.starts_with("2.25.")
                   ? "#" + std::to_string(seen.try_emplace(word, seen.size()).first->second)
                   : word;
        at += word.size();
    }
    return out;
}

// A database with what the engine has around it.
class Side {
  public:
    Side(std::unique_ptr<Place> place, const Configuration& configuration, const Clock& clock)
        : place_(std::move(place)) {
        auto options = configuration.store_options();
        options.url = place_->url();
        options.committers = 1;
        auto opened = store::open(options, place_->directory(), clock, events::nowhere());
        BOOST_REQUIRE(opened.ok());
        store_ = std::move(*opened);
    }

    std::vector<store::Committed> commit(const channels::Hl7Mapper& mapper, const std::vector<std::string>& messages,
                                         Instant now) {
        std::vector<store::Unit> units;
        for (const auto& message : messages) units.push_back(mapper.interpret({message, "peer", now, {}}));
        return store_->intake().commit(units);
    }
    store::Store& store() { return *store_; }
    const Place& place() const { return *place_; }

  private:
    std::unique_ptr<Place> place_;
    std::unique_ptr<store::Store> store_;
};

std::string told(const store::Committed& done) {
    auto out = std::string(to_text(done.outcome.outcome)) + (done.durable ? "" : " not durable");
    if (done.outcome.error) out += ": " + done.outcome.error->text();
    for (const auto& record : done.outcome.records)
        out += "\n  " + std::string(to_text(record.kind)) + " " + std::string(to_text(record.what)) + " " +
               record.place + " " + record.reason + " " + record.reply + " " + record.placer.number + " " +
               record.filler.number;
    for (const auto& warning : done.outcome.warnings) out += "\n  warning: " + warning;
    return out + "\n  " + done.reply;
}

template <class Field>
std::string fields(const effects::FieldValues<Field>& values) {
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!values.at(i).empty()) out += " " + std::to_string(i) + "=" + values.at(i);
    }
    return out;
}

// As the console, case files and modalities are shown it.
std::string read_records(Side& side) {
    std::string out;
    const auto patients = side.store().records().patients({}, 1000);
    const auto orders = side.store().records().orders({}, 1000);
    BOOST_REQUIRE(patients.ok());
    BOOST_REQUIRE(orders.ok());
    for (const auto& patient : *patients)
        out += "patient " + std::to_string(patient.id.value) + " " + to_text(patient.identifiers) +
               fields(patient.fields) + " into " + std::to_string(patient.merged_into.value) + "\n";
    for (const auto& order : *orders) {
        out += "order " + std::to_string(order.id.value) + " of " + std::to_string(order.patient.value) + " " +
               order.event_time + fields(order.fields) + "\n";
        for (const auto& step : order.steps)
            out += "  step " + std::to_string(step.id.value) + fields(step.fields) + "\n";
    }
    effects::WorklistQuery everything;
    everything.today = "20261123";
    const auto steps = side.store().worklist().candidates(everything).value();
    const auto rows = side.store().worklist().rows(steps, everything.today);
    const auto counts = side.store().ledger().counts();
    BOOST_REQUIRE(rows.ok());
    BOOST_REQUIRE(counts.ok());
    for (const auto& row : *rows)
        out += "shown " + std::to_string(row.step) + " " + row.shown_date + " " + to_text(row.identifiers) +
               fields(row.patient_fields) + fields(row.order_fields) + "\n";
    for (const auto& count : *counts)
        out += std::string(to_text(count.outcome)) + " " + std::to_string(count.messages) + "\n";
    return out;
}

struct Table {
    const char* name;
    const char* columns;
    const char* order;
};

// Whole numbers are written the same by both; on PostgreSQL a boolean has to become one, and bytes text.
constexpr Table tables[] = {
    {"message", R"(id, received, committed, channel, peer, sender, control_id, type, occurrence, duplicate_of, revision,
                   outcome, error, error_detail, error_place, ordering_key)",
     "id"},
    {"patient", "*", "id"},
    {"patient_identifier", "patient, position, key, value, authority, type", "patient, position"},
    {"provider", "*", "id"},
    {"imaging_study", "*", "id"},
    {"order_key", "study, key", "study, key"},
    {"scheduled_procedure_step", "id, study, CAST(visible AS INTEGER), step_id, status, start_date", "id"},
    {"change_log", "*", "id"},
    {"delivery", "id, message, destination, lane, state, CAST(as_received AS INTEGER)", "id"},
};

std::string stored_rows(const Side& side) {
    const auto database = side.place().look();
    std::string out;
    for (const auto& table : tables) {
        for (const auto& row : database->rows(std::string("SELECT ") + table.columns + " FROM " + table.name +
                                              " ORDER BY " + table.order)) {
            out += table.name;
            for (const auto& value : row) out += " | " + value;
            out += "\n";
        }
    }
    return out;
}

// The first line that differs, with what came before it.
std::string difference(const std::string& left, const std::string& right) {
    std::size_t at = 0;
    while (at < left.size() && at < right.size() && left[at] == right[at]) ++at;
    const auto begin = left.rfind('\n', at > 0 ? at - 1 : 0);
    const auto from = begin == std::string::npos ? 0 : begin + 1;
    return "SQLite:     " + left.substr(from, left.find('\n', at) - from) +
           "\nPostgreSQL: " + right.substr(from, right.find('\n', at) - from);
}

void require_same(const std::string& what, const std::string& left, const std::string& right) {
    const auto sqlite = without_ids(left), postgresql = without_ids(right);
    BOOST_REQUIRE_MESSAGE(sqlite == postgresql, what << ":\n" << difference(sqlite, postgresql));
}

class Comparison {
  public:
    explicit Comparison(unsigned seed) : messages_(seed), random_(seed + 1), name_("seed " + std::to_string(seed)) {}

    void run(int batches) {
        for (int batch = 0; batch < batches; ++batch) one_batch(name_ + ", batch " + std::to_string(batch));
        require_same(name_ + ", rows", stored_rows(sqlite_), stored_rows(postgresql_));
        require_same(name_ + ", records", read_records(sqlite_), read_records(postgresql_));
    }

  private:
    void one_batch(const std::string& name) {
        std::vector<std::string> batch;
        for (auto size = 1 + random_() % 8; size > 0; --size) batch.push_back(messages_.next());
        clock_.set({clock_.now().micros + 1'000'000});
        const auto left = sqlite_.commit(mapper_, batch, clock_.now()),
                   right = postgresql_.commit(mapper_, batch, clock_.now());
        BOOST_REQUIRE_EQUAL(left.size(), right.size());
        for (std::size_t i = 0; i < left.size(); ++i)
            require_same(name + ", message " + std::to_string(i) + "\n" + batch[i] + "\n", told(left[i]),
                         told(right[i]));
    }

    testing::RandomMessages messages_;
    std::minstd_rand random_;
    std::string name_;
    FixedClock clock_{monday};
    std::unique_ptr<Configuration> configuration_ = load_configuration(fs::path(GANTRY_SOURCE_DIR) / "conf");
    std::shared_ptr<const channels::Hl7Mapper> kept_ =
        make_mapper(*configuration_->channel("his-orders"), *configuration_->zone, 1);
    const channels::Hl7Mapper& mapper_ = *kept_;
    Side sqlite_{std::make_unique<SqlitePlace>(), *configuration_, clock_};
    Side postgresql_{std::make_unique<PostgresPlace>(), *configuration_, clock_};
};

// GANTRY_DIFFERENTIAL_SEEDS=FIRST-LAST compares more of them.
std::pair<unsigned, unsigned> seeds() {
    const char* text = std::getenv("GANTRY_DIFFERENTIAL_SEEDS");
    if (!text) return {1, 4};
    char* end = nullptr;
    const auto first = std::strtoul(text, &end, 10), last = *end == '-' ? std::strtoul(end + 1, nullptr, 10) : first;
    return {static_cast<unsigned>(first), static_cast<unsigned>(last)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(differential, *boost::unit_test::precondition(postgres_is_installed))

BOOST_AUTO_TEST_CASE(both_databases_do_the_same_with_the_same_messages) {
    const auto [first, last] = seeds();
    for (unsigned seed = first; seed <= last; ++seed) Comparison(seed).run(40);
}

BOOST_AUTO_TEST_SUITE_END()
