#include "engine/store/attachments.hpp"

#include <thread>

#include "engine/base/base64.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using store::BodyEncoding;

namespace {

// One document after another, all different, none of which becomes shorter.
std::string pdf(std::size_t length, unsigned seed = 1) {
    std::mt19937 draws(seed);
    std::string out = "%PDF-1.7\n";
    while (out.size() < length) out.push_back(static_cast<char>(draws()));
    return out;
}

std::string result_with(const std::string& data, const std::string& name = "M1") {
    return "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123090000||ORU^R01|" + name +
           "|P|2.5.1\rOBX|1|TX|1^FINDINGS||The lungs are clear.\rOBX|2|ED|2^REPORT||^application^pdf^Base64^" + data +
           "||||||F\rOBX|3|TX|3^SIGNED||Dr. Gray\r";
}

// A run with a line end after every 76 characters, as senders write it.
std::string broken(const std::string& base64, const std::string& line_end) {
    std::string out;
    for (std::size_t at = 0; at < base64.size(); at += 76) out += (out.empty() ? "" : line_end) + base64.substr(at, 76);
    return out;
}

store::Unit with_content(const std::string& control_id, const std::string& content) {
    return unit(control_id, effects_of({}), content);
}

// The bodies of one message, in memory.
struct Kept {
    explicit Kept(const std::string& body) : body_(body), stored(store::stored_body(body, taken_)) {
        all = std::move(taken_).taken();
    }
    Result<std::string> read() const {
        return store::original_body(static_cast<std::int16_t>(stored.encoding), stored.bytes(body_),
                                    [this](const std::string& digest) -> std::optional<std::string> {
                                        for (const auto& one : all)
                                            if (one.digest == digest) return bytes_of(one);
                                        return std::nullopt;
                                    });
    }
    static std::string bytes_of(const store::Attachment& one) {
        return store::original_body(static_cast<std::int16_t>(one.encoding), one.bytes).value();
    }

  private:
    const std::string body_;
    store::Attachments taken_{none()};
    static const std::vector<effects::ReportChange>& none() {
        static const std::vector<effects::ReportChange> nothing;
        return nothing;
    }

  public:
    store::StoredBody stored;
    std::vector<store::Attachment> all;
};

std::string count(const Site& site, const std::string& table) {
    return site.one("SELECT count(*) FROM \"" + table + "\"");
}

std::string content_of(Site& site, const store::Committed& done) {
    return site->messages().message({done.outcome.message}).value().value().content;
}

void pass(Site& site, std::chrono::microseconds time) {
    site.clock.set({site.clock.now().micros + time.count()});
}

// Of messages that are older than a day, so many days later.
void remove_contents(Site& site, int days) {
    pass(site, std::chrono::hours(24 * days + 1));
    store::RetentionPolicy policy;
    policy.content_age = std::chrono::hours(24);
    for (;;) {
        const auto removed = site->retention().remove_some(policy, site.clock.now(), 100);
        BOOST_REQUIRE(removed.ok());
        if (removed->finished) return;
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_attachments)

BOOST_AUTO_TEST_CASE(bodies_come_back_byte_for_byte) {
    const auto text = to_base64(pdf(20'000));
    const std::string longest_without(store::least_attachment - 1, 'A');
    for (const auto& body :
         {result_with(text), result_with(broken(text, "\\.br\\")), result_with(broken(text, "\\X0D\\\\X0A\\")),
          "{\"data\": \"" + broken(text, "\\n") + "\"}", result_with(text.substr(1)), result_with(text + "="),
          result_with(text.substr(0, text.size() - 1)), text, text + text, result_with(text) + result_with(text),
          std::string(store::least_attachment, 'A'), result_with(longest_without), longest_without,
          std::string(3 * store::least_attachment, '='), std::string()}) {
        const Kept kept(body);
        const auto read = kept.read();
        BOOST_REQUIRE(read.ok());
        BOOST_REQUIRE(*read == body);
    }
}

BOOST_AUTO_TEST_CASE(the_bytes_are_kept_where_they_give_the_text_back) {
    const auto document = pdf(20'000);
    const auto text = to_base64(document);
    const Kept plain(result_with(text)), twice(result_with(text) + result_with(text)),
        lines(result_with(broken(text, "\\.br\\")));
    BOOST_REQUIRE(plain.all.size() == 1u);
    BOOST_TEST(plain.all[0].bytes == document);
    BOOST_TEST((plain.stored.encoding == BodyEncoding::with_attachments));
    BOOST_TEST(plain.stored.compressed.size() < 400u);
    BOOST_TEST(twice.all.size() == 1u);
    BOOST_REQUIRE(lines.all.size() == 1u);
    BOOST_TEST(Kept::bytes_of(lines.all[0]) == broken(text, "\\.br\\"));
}

BOOST_AUTO_TEST_CASE(bits_that_base64_does_not_need_are_kept_too) {
    auto text = to_base64(pdf(10'000));
    text[text.size() - 3] = text[text.size() - 3] == 'A' ? 'B' : 'A';
    BOOST_REQUIRE(text.ends_with("=="));
    for (const char last : {'B', 'h'}) {  // not zero where nothing is encoded (RFC 4648 3.5)
        text[text.size() - 3] = last;
        const Kept kept(result_with(text));
        BOOST_TEST(Kept::bytes_of(kept.all.at(0)) == text);
        BOOST_TEST(kept.read().value() == result_with(text));
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_out_of_what_people_write) {
    std::string text = "MSH|^~\\&|HIS\r";
    for (int line = 0; line < 2000; ++line) text += "OBX|1|TX|1||No effusion/pneumothorax.\\.br\\See above.\r";
    BOOST_TEST(store::attachment_runs(text).empty());
    const Kept kept(text);
    BOOST_TEST((kept.stored.encoding == BodyEncoding::zstd));
}

BOOST_AUTO_TEST_CASE(every_run_is_found_wherever_it_stands) {
    const std::string run(store::least_attachment, 'A');
    for (std::size_t before = 0; before <= store::least_attachment; before += 61) {
        std::string body(before, ' ');
        body.append(run).append("|").append(run).append("x|").append(run, 1);
        const auto found = store::attachment_runs(body);
        BOOST_REQUIRE(found.size() == 2u);
        BOOST_TEST(found[0].begin == before);
        BOOST_TEST(found[0].length == run.size());
        BOOST_TEST(found[1].length == run.size() + 1);
    }
}

BOOST_AUTO_TEST_CASE(what_is_made_of_attachments_alone_is_taken_apart_no_further_than_messages_are) {
    std::string body;
    for (int i = 0; i < 300; ++i) {
        std::string run(store::least_attachment + static_cast<std::size_t>(i) % 3, 'A');
        run.replace(0, 3, std::to_string(100 + i));
        body += run + "|";
    }
    const Kept kept(body);
    BOOST_TEST(kept.all.size() == 256u);
    BOOST_TEST(kept.read().value() == body);
}

BOOST_AUTO_TEST_CASE(every_changed_byte_and_every_cut_is_noticed) {
    Kept kept(result_with(to_base64(pdf(9'000))));
    const auto whole = kept.stored.compressed;
    const auto body = kept.read().value();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        kept.stored.compressed = whole;
        kept.stored.compressed[at] = static_cast<char>(whole[at] ^ 0x40);
        const auto read = kept.read();
        BOOST_TEST((!read.ok() || *read == body));
        kept.stored.compressed = whole.substr(0, at);
        BOOST_TEST(!kept.read().ok());
    }
    kept.stored.compressed = whole;
    kept.all.clear();
    const auto missing = kept.read();
    BOOST_REQUIRE(!missing.ok());
    BOOST_TEST((missing.error().code == ErrorCode::storage_content_damaged));
}

// What a frame says of attachments is believed no further than it is long.
BOOST_AUTO_TEST_CASE(frames_that_lie) {
    const auto read = [](const std::string& content) {
        auto frame = store::stored_body(content + std::string(4000, ' '));
        BOOST_REQUIRE(frame.encoding == BodyEncoding::zstd);
        return store::original_body(2, frame.compressed, [](const std::string&) { return std::string("x"); });
    };
    const std::string one("\1\0\0\0", 4), zero(8, '\0'), all(8, '\xff'), digest(32, 'd');
    std::string length = zero;
    length[0] = 1;
    BOOST_TEST(read(one + zero + length + std::string(1, '\0') + digest).value().front() == 'x');
    BOOST_TEST(!read(std::string(4, '\xff')).ok());
    BOOST_TEST(!read(one + all + length + std::string(1, '\0') + digest).ok());
    BOOST_TEST(!read(one + zero + all + std::string(1, '\0') + digest).ok());
    BOOST_TEST(!read(one + zero + zero + std::string(1, '\0') + digest).ok());
    const std::string behind("\0\0\1\0\0\0\0\0", 8);
    BOOST_TEST(!read(one + behind + length + std::string(1, '\0') + digest).ok());
}

STORE_TEST_CASE(one_attachment_is_stored_once_for_all_who_have_it) {
    Site site;
    const auto text = to_base64(pdf(100'000));
    const auto resource = "{\"data\": \"" + text + "\"}";
    auto first = with_content("M1", result_with(text, "M1"));
    first.effects.deliveries = {
        {"orders/archive", {}, true}, {"orders/fhir", resource, false}, {"orders/twice", resource + resource, false}};
    const auto one = site.commit(first);
    std::vector<store::Unit> batch;
    batch.push_back(with_content("M2", result_with(text, "M2")));
    batch.push_back(with_content("M3", result_with(text, "M3")));
    const auto rest = site.commit(std::move(batch));
    site.commit(with_content("M1", result_with(text, "M1")));  // once more: a duplicate
    BOOST_TEST(count(site, "report_document") == "1");
    BOOST_TEST(count(site, "document_use") == "4");
    BOOST_TEST(site.one("SELECT count(*) FROM message_body WHERE encoding = 2") == "4");
    BOOST_TEST(site.one("SELECT count(*) FROM message_body WHERE length(content) > 1000") == "0");
    BOOST_TEST(site.one("SELECT count(*) FROM delivery_body WHERE length(content) > 1000") == "0");
    BOOST_TEST(content_of(site, one) == result_with(text, "M1"));
    BOOST_TEST(content_of(site, rest.at(1)) == result_with(text, "M3"));
    const auto detail = site->messages().message({one.outcome.message}).value().value();
    BOOST_TEST(detail.deliveries.at(1).payload == resource);
    for (const auto& [destination, payload] :
         {std::pair{"orders/archive", result_with(text, "M1")}, std::pair{"orders/fhir", resource},
          std::pair{"orders/twice", resource + resource}}) {
        const auto work = site->deliveries().pending(destination, {}, 9).value().at(0);
        BOOST_TEST(!work.damaged);
        BOOST_TEST(work.payload == payload);
    }
}

STORE_TEST_CASE(messages_without_attachments_know_nothing_of_them) {
    Site site;
    site.commit(order("M1"));
    BOOST_TEST(count(site, "report_document") == "0");
    BOOST_TEST(count(site, "document_use") == "0");
}

STORE_TEST_CASE(a_reports_document_and_the_attachment_are_one) {
    const auto document = pdf(20'000);
    const auto with_report = [&](const std::string& control_id) {
        auto effects = effects_of({});
        auto& change = effects.reports.emplace_back();
        change.place = "OBR[1]";
        change.imaging = true;
        change.status = effects::ResultStatus::final;
        change.status_source = "OBR-25";
        change.event_time = "20261123100000";
        change.orders = {effects.orders.front()};
        change.orders.front().action = effects::OrderAction::complete;
        change.orders.front().steps.clear();
        change.orders.front().filler = {"F1", "RIS"};
        change.fields.set(effects::ReportField::report_number, "F1", "OBR-3");
        change.documents.push_back({"application/pdf", document, "DI", {}});
        effects.orders.clear();
        return unit(control_id, std::move(effects), result_with(to_base64(document), control_id));
    };
    for (const bool attachment_first : {false, true}) {
        Site site;
        site.commit(order("O1"));
        if (attachment_first) site.commit(with_content("M0", result_with(to_base64(document), "M0")));
        BOOST_TEST(outcome(site.commit(with_report("M1"))) == "delivered");
        BOOST_TEST(count(site, "report_document") == "1");
        const auto digest = site.one("SELECT digest FROM report_document");
        BOOST_TEST(site.one("SELECT count(*) FROM document_use WHERE message = 0") == "1");
        BOOST_TEST(site->records().document(digest).value()->about.media_type == "application/pdf");
        BOOST_TEST(site->records().document(digest).value()->bytes == document);
        remove_contents(site, 30);
        BOOST_TEST(count(site, "message_body") == "0");
        BOOST_TEST(site->records().document(digest).value()->bytes == document);
        BOOST_TEST(count(site, "document_use") == "1");
    }
}

STORE_TEST_CASE(bytes_that_are_not_those_of_their_digest_are_damaged) {
    Site site;
    const auto document = pdf(20'000);
    const Kept kept(result_with(to_base64(document)));
    site.run("INSERT INTO report_document (digest, media_type, content) VALUES ('" + kept.all[0].digest +
             "', 'application/pdf', 'not that')");
    const auto done = site.commit(with_content("M1", result_with(to_base64(document))));
    const auto read = site->messages().message({done.outcome.message}).value().value();
    BOOST_TEST(read.content_damaged);
}

STORE_TEST_CASE(retention_takes_an_attachment_with_its_last_message) {
    Site site;
    const auto shared = to_base64(pdf(20'000, 1)), own = to_base64(pdf(20'000, 2));
    site.commit(with_content("M1", result_with(shared, "M1") + result_with(own, "M1")));
    pass(site, std::chrono::hours(48));
    const auto later = site.commit(with_content("M2", result_with(shared, "M2")));
    BOOST_TEST(count(site, "report_document") == "2");
    remove_contents(site, 0);
    BOOST_TEST(count(site, "message_body") == "1");
    BOOST_TEST(count(site, "report_document") == "1");
    BOOST_TEST(count(site, "document_use") == "1");
    BOOST_TEST(content_of(site, later) == result_with(shared, "M2"));
    remove_contents(site, 2);
    BOOST_TEST(count(site, "message_body") == "0");
    BOOST_TEST(count(site, "report_document") == "0");
    BOOST_TEST(count(site, "document_use") == "0");
    BOOST_TEST(content_of(site, later).empty());
    // It comes again.
    const auto again = site.commit(with_content("M3", result_with(shared, "M3")));
    BOOST_TEST(content_of(site, again) == result_with(shared, "M3"));
}

STORE_TEST_CASE(many_messages_of_one_step_go_with_what_they_share) {
    Site site;
    for (unsigned seed = 1; seed <= 6; ++seed)
        site.commit(with_content("M" + std::to_string(seed), result_with(to_base64(pdf(20'000, seed / 2)))));
    BOOST_TEST(count(site, "report_document") == "4");
    remove_contents(site, 2);
    BOOST_TEST(count(site, "report_document") == "0");
    BOOST_TEST(count(site, "document_use") == "0");
}

STORE_TEST_CASE(a_damaged_or_missing_attachment_is_an_error_of_its_own_and_holds_up_nobody) {
    for (const auto* damage : {"UPDATE report_document SET content = 'x' WHERE digest IN (SELECT u.digest FROM "
                               "document_use u JOIN message m ON m.id = u.message WHERE m.control_id = 'M1')",
                               "DELETE FROM report_document WHERE digest IN (SELECT u.digest FROM document_use u "
                               "JOIN message m ON m.id = u.message WHERE m.control_id = 'M1')",
                               "UPDATE report_document SET encoding = 9 WHERE digest IN (SELECT u.digest FROM "
                               "document_use u JOIN message m ON m.id = u.message WHERE m.control_id = 'M1')"}) {
        Site site;
        std::vector<std::int64_t> messages;
        for (unsigned seed : {1u, 2u}) {
            const auto name = "M" + std::to_string(seed);
            auto one = with_content(name, result_with(to_base64(pdf(20'000, seed)), name));
            one.effects = effects_of({.placer = name, .accession = name});
            one.effects.deliveries = {{"orders/archive", {}, true}};
            messages.push_back(site.commit(one).outcome.message);
        }
        site.run(damage);
        const auto work = site->deliveries().pending("orders/archive", {}, 9).value();
        BOOST_REQUIRE_EQUAL(work.size(), 2u);
        BOOST_TEST(work[0].damaged);
        BOOST_TEST(work[0].payload.empty());
        BOOST_TEST(work[1].payload == result_with(to_base64(pdf(20'000, 2)), "M2"));
        const auto read = site->messages().message({messages[0]}).value().value();
        BOOST_TEST(read.content_damaged);
        BOOST_TEST(!read.content_removed);
        BOOST_TEST(read.content.empty());
    }
}

STORE_TEST_CASE(words_beside_an_attachment_are_found_and_forgotten) {
    store::StoreOptions options;
    options.search_text = true;
    Site site(options);
    const auto done = site.commit(with_content("M1", result_with(to_base64(pdf(20'000)))));
    while (site->text_index()->index_some(100).value() > 0) {
    }
    store::MessageQuery query;
    query.text = "lungs gray";
    BOOST_TEST(site->messages().find(query).value().messages.at(0).id.value == done.outcome.message);
    site.run("DELETE FROM report_document");  // no concern of the index
    remove_contents(site, 2);
    BOOST_TEST(site->messages().find(query).value().messages.empty());
}

// Retention as it stands between its look and its removal, while a committer finds the document there.
BOOST_AUTO_TEST_CASE(a_document_that_goes_while_it_is_found_is_stored_again,
                     *boost::unit_test::precondition(postgres_is_installed)) {
    Site site(std::make_unique<PostgresPlace>());
    const auto text = to_base64(pdf(20'000));
    site.commit(with_content("M1", result_with(text, "M1")));
    const auto retention = site.place().look();
    retention->run("BEGIN");
    retention->run("SELECT 1 FROM report_document FOR UPDATE");
    std::atomic<bool> ended{false};
    store::Committed done;
    std::thread committer([&] {
        done = site.commit(with_content("M2", result_with(text, "M2")));
        ended = true;
    });
    const auto waits = [&] {
        return site.one(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                   "wait_event_type = 'Lock'") != "0";
    };
    while (!ended && !waits()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    BOOST_TEST(!ended);
    retention->run("DELETE FROM document_use");
    retention->run("DELETE FROM report_document");
    retention->run("COMMIT");
    committer.join();
    BOOST_TEST(content_of(site, done) == result_with(text, "M2"));
}

// Two committers with the same documents in another order, and retention that takes these away as fast as it can.
BOOST_AUTO_TEST_CASE(committers_and_retention_race_for_the_same_documents,
                     *boost::unit_test::precondition(postgres_is_installed)) {
    store::StoreOptions options;
    options.duplicate_window = std::chrono::seconds(0);
    Site site(std::make_unique<PostgresPlace>(), options);
    std::vector<std::string> texts;
    for (unsigned seed = 1; seed <= 4; ++seed) texts.push_back(to_base64(pdf(9'000, seed)));
    constexpr int rounds = 60;
    std::atomic<int> working{2};
    std::atomic<int> refused{0};
    const auto commit = [&](std::size_t number) {
        auto& intake = *site->intakes().at(number);
        for (int round = 0; round < rounds; ++round) {
            std::vector<store::Unit> batch;
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto name = std::to_string(number) + "-" + std::to_string(round) + "-" + std::to_string(i);
                const auto& text = texts[number == 0 ? i : texts.size() - 1 - i];
                auto effects = effects_of({.placer = name, .patient = name, .accession = name});
                batch.push_back(unit(name, std::move(effects), result_with(text, name)));
            }
            for (const auto& done : intake.commit(batch)) refused += done.durable ? 0 : 1;
        }
        --working;
    };
    std::int64_t removed = 0;
    std::thread first(commit, 0), second(commit, 1), retention([&] {
        store::RetentionPolicy policy;
        policy.content_age = std::chrono::seconds(0);
        while (working > 0) {
            const auto some = site->retention().remove_some(policy, {monday.micros + 1'000'000'000}, 3);
            if (some) removed += some->contents;
        }
    });
    for (auto* thread : {&first, &second, &retention}) thread->join();
    BOOST_TEST(refused == 0);
    BOOST_TEST(removed > 0);
    // Whatever is still there can be read; and no document is left that nobody has.
    BOOST_TEST(site.one("SELECT count(*) FROM document_use u WHERE NOT EXISTS (SELECT 1 FROM report_document d WHERE "
                        "d.digest = u.digest)") == "0");
    BOOST_TEST(site.one("SELECT count(*) FROM report_document d WHERE NOT EXISTS (SELECT 1 FROM document_use u WHERE "
                        "d.digest = u.digest)") == "0");
    BOOST_TEST(site.one("SELECT count(*) FROM message_body b WHERE b.encoding = 2 AND NOT EXISTS (SELECT 1 FROM "
                        "document_use u WHERE u.message = b.id)") == "0");
}

BOOST_AUTO_TEST_SUITE_END()
