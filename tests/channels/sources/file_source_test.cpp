#include "channels/sources/file_source.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "channels/sources/hl7_mapper.hpp"
#include "tests/channels/sources/file_parts.hpp"
#include "tests/mappings/language/shipped.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;
using Submitted = runtime::Intake::Submitted;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// Every write to a file fails while it lives, as on a disk that is full.
class NoRoomOnDisk {
  public:
    NoRoomOnDisk() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit none{0, before_.rlim_max};
        BOOST_REQUIRE_EQUAL(::setrlimit(RLIMIT_FSIZE, &none), 0);
    }
    ~NoRoomOnDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    NoRoomOnDisk(const NoRoomOnDisk&) = delete;
    NoRoomOnDisk& operator=(const NoRoomOnDisk&) = delete;

  private:
    void (*handler_)(int);
    rlimit before_{};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_file_source)

BOOST_AUTO_TEST_CASE(a_file_is_read_and_put_into_the_archive) {
    FilePlace here;
    put(here.inbox() / "a.hl7", message("M1"));
    put(here.inbox() / "notes.txt", "not for us");
    here.start();
    here.wait_for_archive({"a.hl7"});
    BOOST_TEST(here.store.contents() == Names{message("M1")}, boost::test_tools::per_element());
    BOOST_TEST(here.store.peers() == Names{"inbox"}, boost::test_tools::per_element());
    BOOST_TEST(text_of(here.archive() / "a.hl7") == message("M1"));
    BOOST_TEST(names_in(here.inbox()) == Names{"notes.txt"}, boost::test_tools::per_element());
    BOOST_TEST(names_in(here.claimed()).empty());
    BOOST_TEST(names_in(here.error()).empty());
    BOOST_TEST(here.source->place() == here.inbox().string());
    wait_until([&] { return here.heard.count("file_taken") == 1; });
}

BOOST_AUTO_TEST_CASE(messages_come_in_the_order_of_the_names_and_of_the_file) {
    FilePlace here;
    put(here.inbox() / "3.hl7", hl7::mllp_frame(message("M6")) + hl7::mllp_frame(message("M7") + message("M8")));
    put(here.inbox() / "1.hl7", message("M1") + message("M2"));
    put(here.inbox() / "2.hl7",
        "FHS|^~\\&|A\rBHS|^~\\&|A\r" + message("M3") + message("M4") + message("M5") + "BTS|3\rFTS|1\r");
    here.start();
    here.wait_for_archive({"1.hl7", "2.hl7", "3.hl7"});
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_an_archive_it_is_deleted) {
    auto options = quick();
    options.archive.clear();
    FilePlace here(options);
    put(here.inbox() / "a.hl7", message("M1"));
    here.start();
    wait_until([&] { return here.heard.count("file_taken") == 1; });
    BOOST_TEST(names_in(here.inbox()).empty());
    BOOST_TEST(names_in(here.claimed()).empty());
    BOOST_TEST(!fs::exists(here.archive()));
}

BOOST_AUTO_TEST_CASE(a_name_that_comes_again_replaces_nothing) {
    FilePlace here;
    here.start();
    for (const auto* id : {"M1", "M2", "M3"}) {
        put(here.inbox() / "orders.hl7", message(id));
        wait_until([&] {
            return here.store.stored().size() == here.heard.count("file_taken") && !here.store.stored().empty() &&
                   here.store.stored().back() == id;
        });
    }
    const auto names = names_in(here.archive());
    BOOST_REQUIRE_EQUAL(names.size(), 3u);
    Names contents;
    for (const auto& name : names) contents.push_back(text_of(here.archive() / name));
    std::sort(contents.begin(), contents.end());
    BOOST_TEST(contents == (Names{message("M1"), message("M2"), message("M3")}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_that_is_refused_brings_the_file_to_error) {
    auto options = quick();
    options.replies = "replies";
    FilePlace here(options);
    put(here.inbox() / "a.hl7", message("M1") + message("M2", "REFUSE") + message("M3", "UNABLE") + message("M4"));
    here.start();
    here.wait_for_error({"a.hl7", "a.hl7.error"});
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2", "M3", "M4"}), boost::test_tools::per_element());
    const auto report = text_of(here.error() / "a.hl7.error");
    BOOST_TEST(has(report, "4 messages, 2 taken"), report);
    BOOST_TEST(has(report, "message 2 (id 2, rejected): [hl7.missing_field] a required field is missing: PID-5"),
               report);
    BOOST_TEST(has(report, "what to do: the field named must have a value"), report);
    BOOST_TEST(has(report, "message 3 (id 3, delivered): "), report);
    BOOST_TEST(has(report, "the procedure has already started"), report);
    BOOST_TEST(!has(report, "SMITH"), report);
    BOOST_TEST(text_of(here.root() / "replies/a.hl7.ack") == acknowledgment_of("M1") + acknowledgment_of("M2", "AE") +
                                                                 acknowledgment_of("M3", "AE") +
                                                                 acknowledgment_of("M4"));
    BOOST_TEST(names_in(here.archive()).empty());
    BOOST_TEST(here.heard.count("file_refused") == 1u);
}

BOOST_AUTO_TEST_CASE(files_that_are_no_whole_messages_go_to_error_with_the_reason) {
    auto options = quick();
    options.max_file = settings::ByteSize{20'000};
    options.max_message = settings::ByteSize{5'000};
    FilePlace here(options);
    const std::string garbage("\x7f\x45\x4c\x46\0\x01\xff", 7);
    const std::vector<std::array<std::string, 3>> cases{
        {"cut.hl7", "BHS|^~\\&|A\r" + message("M1") + "BTS|2\r", "announces 2 messages, 1 were found"},
        {"empty.hl7", "", "it is empty"},
        {"frame.hl7", "\v" + message("M2"), "does not end"},
        {"garbage.hl7", garbage, "taken"},
        {"huge.hl7", message("M3", std::string(30'000, 'x')), "larger than max_file (20kB)"},
        {"large.hl7", message("M4", std::string(9'000, 'x')), "[net.too_large]"},
    };
    Names expected;
    for (const auto& [name, text, word] : cases) {
        put(here.inbox() / name, text);
        if (name == "garbage.hl7") continue;  // the store that stands in here takes it; a mapper would not
        expected.push_back(name);
        expected.push_back(name + ".error");
    }
    here.start();
    here.wait_for_error(expected);
    for (const auto& [name, text, word] : cases) {
        if (name == "garbage.hl7") continue;
        BOOST_CHECK(text_of(here.error() / name) == text);
        const auto report = text_of(here.error() / (name + ".error"));
        BOOST_TEST(has(report, word), report);
    }
    BOOST_TEST(here.store.stored() == (Names{"M1", "", "M4"}), boost::test_tools::per_element());
    BOOST_TEST(here.store.contents()[1] == garbage);
    BOOST_TEST(here.store.contents()[2].size() == 4096u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_stored_is_tried_again_from_that_message_on) {
    FilePlace here;
    here.store.break_after(2);
    put(here.inbox() / "a.hl7", message("M1") + message("M2") + message("M3") + message("M4"));
    put(here.inbox() / "b.hl7", message("M5"));
    here.start();
    wait_until([&] { return here.store.asked().size() >= 5; });
    BOOST_TEST(names_in(here.claimed()) == Names{"a.hl7"}, boost::test_tools::per_element());
    BOOST_TEST(names_in(here.archive()).empty());
    const auto asked = here.store.asked();
    BOOST_TEST(std::count(asked.begin(), asked.end(), "M1") == 1);
    BOOST_TEST(std::count(asked.begin(), asked.end(), "M4") == 0);  // nothing overtakes what is not stored
    BOOST_TEST(here.heard.count("file_waits") == 1u);
    here.store.mend();
    here.wait_for_archive({"a.hl7", "b.hl7"});
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2", "M3", "M4", "M5"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(messages_are_under_way_one_at_a_time_or_as_many_as_is_said) {
    for (const std::size_t many : {1, 3}) {
        auto options = quick();
        options.in_flight = many;
        FilePlace here(options);
        put(here.inbox() / "a.hl7", message("M1") + message("M2") + message("M3") + message("M4") + message("M5"));
        ScriptedIntake intake;
        Started started(here, intake);
        for (std::size_t answered = 0; answered < 5; ++answered) {
            BOOST_TEST(intake.wait_for(std::min<std::size_t>(answered + many, 5)).size() ==
                       std::min<std::size_t>(answered + many, 5));
            intake.answer_durably(acknowledgment_of("M"));
        }
        here.wait_for_archive({"a.hl7"});
        const auto lanes = intake.lanes();
        BOOST_TEST(std::count(lanes.begin(), lanes.end(), lanes.front()) == 5);
    }
}

BOOST_AUTO_TEST_CASE(a_full_intake_is_waited_for) {
    FilePlace here;
    put(here.inbox() / "a.hl7", message("M1"));
    ScriptedIntake intake;
    intake.say(Submitted::full);
    Started started(here, intake);
    intake.make_room();
    BOOST_TEST(intake.wait_for(1)[0].bytes == message("M1"));
    intake.answer_durably(acknowledgment_of("M1"));
    here.wait_for_archive({"a.hl7"});
}

BOOST_AUTO_TEST_CASE(a_file_in_the_middle_of_which_it_was_stopped_is_read_again) {
    FilePlace here;
    put(here.inbox() / "a.hl7", message("M1") + message("M2") + message("M3"));
    {
        ScriptedIntake intake;
        Started started(here, intake);
        intake.wait_for(1);
        started.source->stop();
        intake.answer_durably(acknowledgment_of("M1"));
        wait_until([&] { return names_in(here.inbox()) == Names{"a.hl7"}; });
        BOOST_TEST(intake.wait_for(1).size() == 1u);
    }
    BOOST_TEST(names_in(here.claimed()).empty());
    here.start();
    here.wait_for_archive({"a.hl7"});
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2", "M3"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(or_it_goes_to_error_where_a_person_decides) {
    auto options = quick();
    options.interrupted = FileSourceOptions::Interrupted::error;
    FilePlace here(options);
    put(here.inbox() / "a.hl7", message("M1") + message("M2"));
    write_file(here.claimed() / "left.hl7", message("M0"));
    {
        ScriptedIntake intake;
        Started started(here, intake);
        intake.wait_for(1);
        started.source->stop();
        intake.answer_durably(acknowledgment_of("M1"));
        here.wait_for_error({"a.hl7", "a.hl7.error", "left.hl7", "left.hl7.error"});
    }
    const auto report = text_of(here.error() / "a.hl7.error");
    BOOST_TEST(has(report, "2 messages, 1 taken"), report);
    BOOST_TEST(has(report, "stopped after message 1"), report);
    BOOST_TEST(has(text_of(here.error() / "left.hl7.error"), "ended while it was reading"));
    // Of what nothing was submitted yet nothing is in doubt.
    put(here.inbox() / "b.hl7", message("M3"));
    ScriptedIntake intake;
    intake.say(Submitted::stopping);
    Started started(here, intake);
    wait_until([&] { return names_in(here.claimed()).empty() && names_in(here.inbox()) == Names{"b.hl7"}; });
    BOOST_TEST(names_in(here.error()).size() == 4u);
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_claimed_comes_first) {
    FilePlace here;
    write_file(here.claimed() / "z.hl7", message("M1"));
    put(here.inbox() / "a.hl7", message("M2"));
    here.start();
    here.wait_for_archive({"a.hl7", "z.hl7"});
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_retired_one_finishes_its_file_and_the_next_one_goes_on) {
    FilePlace here;
    put(here.inbox() / "a.hl7", message("M1") + message("M2"));
    put(here.inbox() / "b.hl7", message("M3"));
    ScriptedIntake intake;
    Started before(here, intake);
    intake.wait_for(1);
    here.start();
    wait_until([&] { return here.heard.count("file_directory_shared") == 1; });
    before.source->retire();
    intake.answer_durably(acknowledgment_of("M1"));
    intake.answer_durably(acknowledgment_of("M2"));
    here.wait_for_archive({"a.hl7", "b.hl7"});
    BOOST_TEST(intake.wait_for(2).size() == 2u);
    BOOST_TEST(here.store.stored() == Names{"M3"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_channels_share_the_files_of_a_directory) {
    FilePlace here;
    Names all, archived;
    for (int n = 100; n < 150; ++n) {
        all.push_back("M" + std::to_string(n));
        archived.push_back(std::to_string(n) + ".hl7");
        put(here.inbox() / archived.back(), message(all.back()));
    }
    const auto other = here.make(here.intake, "other");
    BOOST_REQUIRE(other->start().ok());
    here.start();
    here.wait_for_archive(archived);
    auto stored = here.store.stored();
    std::sort(stored.begin(), stored.end());
    BOOST_TEST(stored == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_waited_for) {
    auto options = quick();
    FilePlace here(options);
    here.options.directory = (here.root() / "mount").string();
    here.start();
    wait_until([&] { return here.heard.count("file_directory_unusable") == 1; });
    put(here.root() / "aside/a.hl7", message("M1"));
    fs::rename(here.root() / "aside", here.root() / "mount");
    here.wait_for_archive({"a.hl7"});
    // It goes away, and comes back.
    fs::rename(here.root() / "mount", here.root() / "aside");
    wait_until([&] { return here.heard.count("file_directory_unusable") == 2; });
    put(here.root() / "aside/b.hl7", message("M2"));
    fs::rename(here.root() / "aside", here.root() / "mount");
    here.wait_for_archive({"a.hl7", "b.hl7"});
    BOOST_TEST(here.heard.count("file_directory_usable") == 2u);
}

BOOST_AUTO_TEST_CASE(a_relative_directory_is_made) {
    auto options = quick();
    options.directory = "some/where";
    FilePlace here(options);
    here.start();
    BOOST_TEST(fs::is_directory(here.root() / "some/where"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_put_away_is_kept_and_nothing_else_is_read) {
    FilePlace here;
    write_file(here.archive(), "a file where the directory should be");
    put(here.inbox() / "a.hl7", message("M1"));
    put(here.inbox() / "b.hl7", message("M2"));
    here.start();
    wait_until([&] { return here.heard.count("file_not_put_away") == 1; });
    BOOST_TEST(names_in(here.claimed()) == Names{"a.hl7"}, boost::test_tools::per_element());
    BOOST_TEST(here.store.stored() == Names{"M1"}, boost::test_tools::per_element());
    fs::remove(here.archive());
    here.wait_for_archive({"a.hl7", "b.hl7"});
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2"}), boost::test_tools::per_element());
    BOOST_TEST(here.heard.count("file_not_put_away") == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_disk_delays_the_answer_and_loses_nothing) {
    auto options = quick();
    options.replies = "replies";
    FilePlace here(options);
    put(here.inbox() / "a.hl7", message("M1"));
    put(here.inbox() / "b.hl7", message("M2", "REFUSE"));
    {
        const NoRoomOnDisk full;
        here.start();
        wait_until([&] { return here.heard.count("file_not_put_away") == 1; });
    }
    here.wait_for_archive({"a.hl7"});
    here.wait_for_error({"b.hl7", "b.hl7.error"});
    BOOST_TEST(text_of(here.root() / "replies/a.hl7.ack") == acknowledgment_of("M1"));
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_that_grows_after_it_was_read_is_read_again) {
    FilePlace here;
    put(here.inbox() / "a.hl7", message("M1"));
    ScriptedIntake intake;
    Started started(here, intake);
    intake.wait_for(1);
    std::ofstream(here.claimed() / "a.hl7", std::ios::app | std::ios::binary) << message("M2");
    for (int n = 0; n < 3; ++n) intake.answer_durably(acknowledgment_of("M"));
    here.wait_for_archive({"a.hl7"});
    const auto taken = intake.wait_for(3);
    BOOST_REQUIRE_EQUAL(taken.size(), 3u);
    BOOST_TEST(taken[1].bytes == message("M1"));
    BOOST_TEST(taken[2].bytes == message("M2"));
}

BOOST_AUTO_TEST_CASE(a_file_that_vanishes_is_no_trouble) {
    FilePlace here;
    put(here.inbox() / "a.hl7", message("M1"));
    ScriptedIntake intake;
    Started started(here, intake);
    intake.wait_for(1);
    fs::remove(here.claimed() / "a.hl7");
    intake.answer_durably(acknowledgment_of("M1"));
    put(here.inbox() / "b.hl7", message("M2"));
    intake.wait_for(2);
    intake.answer_durably(acknowledgment_of("M2"));
    here.wait_for_archive({"b.hl7"});
    BOOST_TEST(names_in(here.error()).empty());
    BOOST_TEST(here.heard.count("file_not_put_away") == 0u);
}

BOOST_AUTO_TEST_CASE(a_message_is_read_with_the_mapper_of_its_moment) {
    FilePlace here;
    put(here.inbox() / "a.hl7", message("M1") + message("M2"));
    ScriptedIntake intake;
    Started started(here, intake);
    intake.wait_for(1);
    const auto before = here.mapper->get();
    const auto next = std::make_shared<CarryingMapper>();
    here.mapper->set(next);
    intake.answer_durably(acknowledgment_of("M1"));
    intake.wait_for(2);
    intake.answer_durably(acknowledgment_of("M2"));
    here.wait_for_archive({"a.hl7"});
    BOOST_CHECK(intake.mappers()[0] == before);
    BOOST_CHECK(intake.mappers()[1] == next);
}

// The source ends between the last commit and the archive, and once more in the middle of a file: with the store's own
// memory of what it has, every order is there once.
BOOST_AUTO_TEST_CASE(nothing_is_lost_and_nothing_doubled_when_it_is_read_again) {
    FilePlace here;
    const auto store = store::open({}, here.root(), here.clock, here.heard);
    BOOST_REQUIRE(store.ok());
    Hl7Handling handling;
    handling.channel = "adt";
    handling.mappings = mappings::testing::shipped_mappings();
    handling.context = mappings::testing::filler_context();
    here.mapper->set(std::make_shared<Hl7Mapper>(handling));
    std::string all;
    for (int n = 1; n <= 5; ++n) {
        const auto id = std::to_string(n);
        all += "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M" + id + "|P|2.3.1\rPID|1||10000" + id +
               "^^^HOSPA^MR||SMITH^ADA||19700101|F\rORC|NW|P" + id + "^HIS|F" + id +
               "^RIS||SC||||20261122075900\rOBR|1|P" + id + "^HIS|F" + id + "^RIS|71020^CHEST XRAY^CPT||||||||||||||A" +
               id + "|RP1|S1\r";
    }
    put(here.inbox() / "a.hl7", all);
    const auto outcomes = [&] {
        std::map<effects::Outcome, std::int64_t> out;
        const auto counts = (*store)->ledger().counts();
        BOOST_REQUIRE(counts.ok());
        for (const auto& count : *counts) out[count.outcome] += count.messages;
        return out;
    };
    write_file(here.archive(), "a file where the directory should be");
    {
        runtime::IntakePipeline intake((*store)->intake(), {}, [](auto, auto) {});
        const auto source = here.make(intake);
        BOOST_REQUIRE(source->start().ok());
        wait_until([&] { return here.heard.count("file_not_put_away") == 1; });
    }
    BOOST_TEST(names_in(here.claimed()) == Names{"a.hl7"}, boost::test_tools::per_element());
    BOOST_TEST(outcomes()[effects::Outcome::delivered] == 5);
    {
        // The intake ends in the middle: what it took is committed, the rest comes back.
        runtime::IntakePipeline intake((*store)->intake(), {}, [](auto, auto) {});
        const auto source = here.make(intake);
        BOOST_REQUIRE(source->start().ok());
        wait_until([&] { return outcomes()[effects::Outcome::duplicate] > 0; });
        source->stop();
        intake.drain();
    }
    fs::remove(here.archive());
    runtime::IntakePipeline intake((*store)->intake(), {}, [](auto, auto) {});
    const auto source = here.make(intake);
    BOOST_REQUIRE(source->start().ok());
    here.wait_for_archive({"a.hl7"});
    const auto found = outcomes();
    BOOST_TEST(found.at(effects::Outcome::delivered) == 5);
    BOOST_TEST(found.at(effects::Outcome::duplicate) >= 6);
    BOOST_TEST(found.size() == 2u);
    BOOST_TEST((*store)->records().orders({}, 100)->size() == 5u);
    BOOST_TEST(names_in(here.error()).empty());
}

BOOST_AUTO_TEST_SUITE_END()
