// Files of an export have their names when they are whole, and not before, whatever the disk does.
#include "fhir/interactions/export_files.hpp"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <set>

#include "tests/engine/store/temporary_directory.hpp"

using namespace gantry;
using namespace gantry::fhir;
namespace fs = std::filesystem;

namespace {

std::set<std::string> names(const fs::path& directory) {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(directory)) out.insert(entry.path().filename().string());
    return out;
}

// No file may grow beyond this, as on a disk that is full; for its life.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit now = before_;
        now.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &now);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(export_files)

BOOST_AUTO_TEST_CASE(a_file_has_its_name_when_it_is_whole) {
    const store::testing::TemporaryDirectory directory;
    ExportFiles files(directory.path(), {10, 1000, 0});
    BOOST_TEST(files.add("Patient", "{\"a\":1}").ok());
    BOOST_TEST(names(directory.path()) == (std::set<std::string>{"Patient.1.ndjson.part"}));
    BOOST_TEST(files.add("Patient", "{\"b\":1}").ok());
    BOOST_TEST(names(directory.path()) == (std::set<std::string>{"Patient.1.ndjson"}));
    BOOST_TEST(files.add("Task", "{}").ok());
    BOOST_TEST(files.add("Patient", "{}").ok());
    const auto all = files.finish();
    BOOST_REQUIRE(all.ok());
    BOOST_REQUIRE(all->size() == 3u);
    BOOST_TEST((*all)[0].name == "Patient.1.ndjson");
    BOOST_TEST((*all)[0].resources == 2);
    BOOST_TEST((*all)[1].name == "Patient.2.ndjson");
    BOOST_TEST((*all)[2].name == "Task.1.ndjson");
    std::ifstream written(directory.path() / "Patient.1.ndjson");
    const std::string text{std::istreambuf_iterator<char>(written), {}};
    BOOST_TEST(text == "{\"a\":1}\n{\"b\":1}\n");
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_nothing_half_written_has_a_name) {
    const store::testing::TemporaryDirectory directory;
    const FullDisk full(100'000);
    ExportFiles files(directory.path(), {150'000, 1u << 30, 0});
    const std::string resource(1000, 'x');
    Result<void> added;
    for (int i = 0; i < 1000 && added; ++i) added = files.add("Patient", resource);
    BOOST_REQUIRE(!added.ok());
    BOOST_TEST((added.error().code == ErrorCode::io));
    for (const auto& name : names(directory.path())) BOOST_TEST(name.ends_with(".part"), name);
}

BOOST_AUTO_TEST_CASE(no_more_than_the_budget) {
    const store::testing::TemporaryDirectory directory;
    ExportFiles files(directory.path(), {1000, 2500, 0});
    const std::string resource(999, 'x');
    BOOST_TEST(files.add("Patient", resource).ok());
    BOOST_TEST(files.add("Patient", resource).ok());
    BOOST_TEST(!files.add("Patient", resource).ok());
}

BOOST_AUTO_TEST_SUITE_END()
