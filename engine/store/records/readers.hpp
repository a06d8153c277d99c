// The readers and cold writers, on ODB: the same code for every database.
#pragma once
#include <odb/database.hxx>

#include "engine/store/changes.hpp"
#include "engine/store/store.hpp"

namespace gantry::records {
struct Delivery;
}

namespace gantry::store {

// Turns what a database throws into a Result; texts of database errors may carry values and are never forwarded.
template <class Answer, class Work>
Result<Answer> fenced(Work&& work) {
    try {
        return work();
    } catch (const std::exception&) {
        return Error{ErrorCode::storage_unavailable, {}, {}};
    }
}

class WorklistView final : public WorklistReader {
  public:
    explicit WorklistView(odb::database& database) : database_(database) {}
    Result<std::vector<StepId>> candidates(const effects::WorklistQuery& query) override;
    Result<std::vector<effects::WorklistRow>> rows(std::span<const StepId> steps, const std::string& today) override;

  private:
    odb::database& database_;
};

class RecordsView final : public RecordsReader {
  public:
    explicit RecordsView(odb::database& database) : database_(database) {}
    Result<std::vector<effects::OrderRecord>> orders(const OrderFilter& filter, std::size_t most) override;
    Result<std::vector<effects::PatientRecord>> patients(PatientId id, std::size_t most) override;
    Result<std::vector<effects::ReportRecord>> reports(const ReportFilter& filter, std::size_t most) override;
    Result<std::optional<effects::StoredDocument>> document(const std::string& digest) override;

  private:
    odb::database& database_;
};

class RecordSearchView final : public RecordSearch {
  public:
    explicit RecordSearchView(odb::database& database) : database_(database) {}
    Result<std::vector<FoundRecord>> find(const RecordQuery& query, const std::optional<FoundRecord>& after,
                                          std::size_t most) override;
    Result<std::int64_t> count(const RecordQuery& query) override;
    Result<std::vector<effects::PatientRecord>> patients(std::span<const std::int64_t> ids) override;
    Result<std::vector<effects::ProviderRecord>> providers(std::span<const std::int64_t> ids) override;
    Result<std::vector<effects::OrderRecord>> orders(std::span<const std::int64_t> ids) override;
    Result<std::vector<effects::ReportRecord>> reports(std::span<const std::int64_t> ids) override;
    Result<std::vector<StepPlace>> places_of(std::span<const std::int64_t> steps) override;
    Result<std::vector<OrderHead>> heads_of(std::span<const std::int64_t> orders) override;
    Result<std::vector<effects::PostedResource>> posted(const std::vector<std::string>& sums) override;

  private:
    odb::database& database_;
};

class ChangesView final : public ChangeReader {
  public:
    explicit ChangesView(odb::database& database) : database_(database) {}
    Result<std::optional<LoggedChange>> change(std::int64_t id) override;
    Result<std::vector<LoggedChange>> changes(const ChangeRange& range, std::size_t most) override;

  private:
    odb::database& database_;
};

class DeliveryQueueView {
  public:
    explicit DeliveryQueueView(odb::database& database) : database_(database) {}
    // See Deliveries.
    Result<std::vector<DeliveryHead>> heads(const std::string& destination, DeliveryId after, std::size_t most);
    Result<std::vector<DeliveryWork>> pending(const std::string& destination, DeliveryId after, std::size_t most);
    Result<std::vector<DeliveryWork>> load(std::span<const DeliveryId> deliveries);
    Result<std::vector<Deliveries::BlockedLane>> blocked_lanes(const std::string& destination);
    Result<std::vector<DeliveryHead>> held_while_begun(const std::string& destination);
    Result<std::vector<DeliveryHead>> answered_in_doubt(const std::string& destination);
    Result<std::vector<DeliveryId>> sendable(const std::string& destination, std::span<const DeliveryId> deliveries);
    Result<std::vector<DeliveryHead>> urgent(const std::string& destination, DeliveryId after, std::size_t most);
    Result<std::vector<DeliveryHead>> with_those_ahead(const std::string& destination,
                                                       const std::vector<DeliveryHead>& urgent,
                                                       std::size_t most_of_lane);
    // Of a part of the queue: which have no rank yet, and the last that was looked at.
    struct Unranked {
        std::vector<std::int64_t> ordinary, joined;
        DeliveryId last;
    };
    Result<Unranked> unranked(const std::string& destination, DeliveryId after, std::size_t most);

  private:
    std::vector<DeliveryWork> works(const std::vector<records::Delivery>& rows);
    odb::database& database_;
};

class LedgerView final : public Ledger {
  public:
    explicit LedgerView(odb::database& database) : database_(database) {}
    Result<std::vector<MessageSummary>> latest(std::size_t most) override;
    Result<std::vector<Count>> counts() override;
    Result<std::int64_t> pending_deliveries() override;
    Result<Sums> sums() override;
    Result<Part> count_rows(MessageId after, std::size_t most) override;
    Result<MessageId> newest() override;

  private:
    odb::database& database_;
};

Result<std::vector<Revision>> revisions_of(odb::database& database, const std::string& name);

class RevisionsView final : public Revisions {
  public:
    // write: runs its argument as the database's only writer.
    using Exclusive = std::function<void(const std::function<void()>&)>;
    RevisionsView(odb::database& database, const Clock& clock, Exclusive write)
        : database_(database), clock_(clock), write_(std::move(write)) {}
    Result<std::vector<Revision>> of(const std::string& name) override { return revisions_of(database_, name); }
    Result<std::vector<std::int64_t>> keep(std::span<const RevisionDraft> drafts) override;

  private:
    odb::database& database_;
    const Clock& clock_;
    Exclusive write_;
};

class TokensView final : public Tokens {
  public:
    // write: runs its argument as the database's only writer.
    using Exclusive = std::function<void(const std::function<void()>&)>;
    TokensView(odb::database& database, Exclusive write) : database_(database), write_(std::move(write)) {}
    Result<std::int64_t> issue(const TokenDraft& draft) override;
    Result<std::optional<Token>> with_digest(const std::string& digest) override;
    Result<std::vector<Token>> all() override;
    Result<bool> revoke(std::int64_t id, Instant at) override;

  private:
    odb::database& database_;
    Exclusive write_;
};

// Reads only.
class RevisionsOnly final : public RevisionReader {
  public:
    explicit RevisionsOnly(std::unique_ptr<odb::database> database) : database_(std::move(database)) {}
    Result<std::vector<Revision>> of(const std::string& name) override { return revisions_of(*database_, name); }

  private:
    std::unique_ptr<odb::database> database_;
};

}  // namespace gantry::store
