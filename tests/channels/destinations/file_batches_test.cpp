#include "channels/destinations/file_batches.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "engine/hl7/batch.hpp"

using namespace gantry;
using channels::FileBatches;
using Verdict = runtime::Destination::Verdict;
using Verdicts = std::vector<Verdict>;
using Names = std::vector<std::string>;

namespace {

store::DeliveryWork work(std::int64_t id, int attempts = 0) {
    store::DeliveryWork out;
    out.id = {id};
    out.attempts = attempts;
    out.payload = "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122||ORM^O01|M" + std::to_string(id) + "|P|2.5\rPID|1\r";
    return out;
}

// A directory, and whoever writes batches into it; reopen() is a crash.
struct Outbox {
    Outbox() {
        auto name = (std::filesystem::temp_directory_path() / "gantry-test-XXXXXX").string();
        path = std::filesystem::path(::mkdtemp(name.data())) / "out";
        reopen();
    }
    ~Outbox() {
        std::error_code ignored;
        std::filesystem::remove_all(path.parent_path(), ignored);
    }
    void reopen() { batches = std::make_unique<FileBatches>(path, ".hl7", true); }
    Verdicts write(const std::vector<store::DeliveryWork>& works) {
        std::vector<const store::DeliveryWork*> all;
        for (const auto& one : works) all.push_back(&one);
        Verdicts out;
        for (const auto& answer : batches->write(all)) out.push_back(answer.verdict);
        BOOST_REQUIRE_EQUAL(out.size(), works.size());
        return out;
    }
    // Those that somebody who reads the directory sees.
    Names names() const {
        Names out;
        for (const auto& entry : std::filesystem::directory_iterator(path))
            if (!entry.path().filename().string().starts_with(".")) out.push_back(entry.path().filename());
        std::sort(out.begin(), out.end());
        return out;
    }
    std::string text(const std::string& name) const {
        std::ifstream in(path / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::size_t messages(const std::string& name) const { return hl7::split_batch(text(name)).messages.size(); }
    void put(const std::string& name, const std::string& content) const {
        std::ofstream(path / name, std::ios::binary) << content;
    }

    std::filesystem::path path;
    std::unique_ptr<FileBatches> batches;
};

const Verdict delivered = Verdict::delivered, retry = Verdict::retry, in_doubt = Verdict::in_doubt;

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(Verdict)

BOOST_AUTO_TEST_SUITE(channels_file_batches)

BOOST_AUTO_TEST_CASE(several_messages_are_one_file) {
    Outbox outbox;
    BOOST_TEST(outbox.write({work(7), work(8), work(9)}) == Verdicts(3, delivered), boost::test_tools::per_element());
    BOOST_TEST(outbox.write({work(11)}) == Verdicts{delivered}, boost::test_tools::per_element());
    BOOST_TEST(outbox.names() == (Names{"11-1.hl7", "7-1.hl7"}), boost::test_tools::per_element());
    const auto text = outbox.text("7-1.hl7");
    BOOST_TEST(text.starts_with("FHS|^~\\&|||||||||7-1\rBHS|"));
    BOOST_TEST(text.ends_with("BTS|3\rFTS|1\r"));
    BOOST_TEST(outbox.messages("7-1.hl7") == 3u);
    BOOST_TEST(text.find("|M7|") < text.find("|M8|"));
    BOOST_TEST(text.find("|M8|") < text.find("|M9|"));
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_refused_and_the_others_go) {
    Outbox outbox;
    auto json = work(8);
    json.payload = "{}";
    BOOST_TEST(outbox.write({work(7), json, work(9)}) == (Verdicts{delivered, Verdict::refused, delivered}),
               boost::test_tools::per_element());
    BOOST_TEST(outbox.messages("7-1.hl7") == 2u);
    BOOST_TEST(outbox.write({json}) == Verdicts{Verdict::refused}, boost::test_tools::per_element());
    BOOST_TEST(outbox.names() == Names{"7-1.hl7"}, boost::test_tools::per_element());
}

// The file has its name, and that its deliveries are done was not recorded.
BOOST_AUTO_TEST_CASE(what_was_written_before_a_crash_is_not_written_again) {
    Outbox outbox;
    outbox.write({work(7), work(8)});
    outbox.reopen();
    // More has come since, and not all of it is handed out at once.
    BOOST_TEST(outbox.write({work(7), work(9)}) == Verdicts(2, delivered), boost::test_tools::per_element());
    BOOST_TEST(outbox.messages("9-1.hl7") == 1u);
    outbox.reopen();
    BOOST_TEST(outbox.write({work(8), work(10)}) == Verdicts(2, delivered), boost::test_tools::per_element());
    BOOST_TEST(outbox.names() == (Names{"10-1.hl7", "7-1.hl7", "9-1.hl7"}), boost::test_tools::per_element());
    BOOST_TEST(outbox.messages("10-1.hl7") == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_taken_before_a_crash_leaves_doubt_once) {
    Outbox outbox;
    outbox.write({work(7), work(8)});
    std::filesystem::remove(outbox.path / "7-1.hl7");
    outbox.reopen();
    BOOST_TEST(outbox.write({work(7), work(8), work(9)}) == (Verdicts{in_doubt, in_doubt, delivered}),
               boost::test_tools::per_element());
    // Sent again, as the destination wants it.
    BOOST_TEST(outbox.write({work(7, 1), work(8, 1)}) == Verdicts(2, delivered), boost::test_tools::per_element());
    BOOST_TEST(outbox.names() == (Names{"7-2.hl7", "9-1.hl7"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_crash_at_each_place_before_the_file_has_its_name) {
    const struct {
        const char *list, *part;
    } rows[] = {{nullptr, nullptr},
                {nullptr, "FHS|half"},
                {"5-1.hl7\n5 1 n\n", "FHS|half of 7-1"},
                {"7-1.hl7\n7 1 n\n8 1 n\n", "FHS|whole"}};
    for (const auto& row : rows) {
        Outbox outbox;
        std::filesystem::create_directories(outbox.path);
        if (row.list) outbox.put(".batch.ids", row.list);
        if (row.part) outbox.put(".batch.part", row.part);
        // Another composition than before: what never left may leave with others.
        BOOST_TEST(outbox.write({work(7), work(8), work(9)}) == Verdicts(3, delivered),
                   boost::test_tools::per_element());
        BOOST_TEST(outbox.names() == Names{"7-1.hl7"}, boost::test_tools::per_element());
        BOOST_TEST(outbox.messages("7-1.hl7") == 3u);
        BOOST_TEST(!std::filesystem::exists(outbox.path / ".batch.part"));
    }
}

// What was found after one crash is known after the next.
BOOST_AUTO_TEST_CASE(a_crash_after_a_crash_doubles_nothing) {
    Outbox outbox;
    outbox.write({work(7), work(8)});
    outbox.reopen();
    outbox.write({work(3)});
    outbox.put(".batch.part", "FHS|half of what comes next");
    outbox.reopen();
    BOOST_TEST(outbox.write({work(7), work(8), work(3, 1)}) == Verdicts(3, delivered),
               boost::test_tools::per_element());
    BOOST_TEST(outbox.names() == (Names{"3-1.hl7", "3-2.hl7", "7-1.hl7"}), boost::test_tools::per_element());
    BOOST_TEST(outbox.messages("3-2.hl7") == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_person_wants_once_more_is_written_once_more) {
    Outbox outbox;
    outbox.write({work(7), work(8)});
    outbox.reopen();
    BOOST_TEST(outbox.write({work(7, 1)}) == Verdicts{delivered}, boost::test_tools::per_element());
    BOOST_TEST(outbox.messages("7-2.hl7") == 1u);
    BOOST_TEST(outbox.messages("7-1.hl7") == 2u);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_tried_again_and_got_over) {
    Outbox outbox;
    std::ofstream(outbox.path) << "a file where the directory should be";
    BOOST_TEST(outbox.write({work(7), work(8)}) == Verdicts(2, retry), boost::test_tools::per_element());
    std::filesystem::remove(outbox.path);
    std::filesystem::create_directories(outbox.path / "7-2.hl7/taken");
    BOOST_TEST(outbox.write({work(7, 1), work(8, 1)}) == Verdicts(2, retry), boost::test_tools::per_element());
    BOOST_TEST(std::filesystem::file_size(outbox.path / ".batch.part") == 0u);  // a full disk needs the room
    outbox.reopen();
    BOOST_TEST(outbox.write({work(7, 2), work(8, 2)}) == Verdicts(2, delivered), boost::test_tools::per_element());
    BOOST_TEST(outbox.messages("7-3.hl7") == 2u);
}

BOOST_AUTO_TEST_CASE(a_list_that_cannot_be_read_is_not_believed) {
    for (const auto* broken : {"7-1.hl7\n7 1 n\n8 x", "7-1.hl7\n7 one n\n"}) {
        Outbox outbox;
        std::filesystem::create_directories(outbox.path);
        outbox.put(".batch.ids", broken);
        BOOST_TEST(outbox.write({work(7)}) == Verdicts{retry}, boost::test_tools::per_element());
        std::filesystem::remove(outbox.path / ".batch.ids");
        BOOST_TEST(outbox.write({work(7, 1)}) == Verdicts{delivered}, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_SUITE_END()
