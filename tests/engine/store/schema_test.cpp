#include "engine/store/schema.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

// What the ODB compiler made of the record classes: <build>/generated, seen from <build>/tests/<this program>.
std::string generated_schema(const std::string& database) {
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    const auto text =
        file_text(program.parent_path().parent_path() / "generated/engine/records" / ("records-" + database + ".sql"));
    BOOST_REQUIRE(!text.empty());
    return text;
}

using Columns = std::set<std::string>;  // "id INTEGER notnull=1 pk=1"
using Tables = std::map<std::string, Columns>;

Tables sqlite_tables(const Onlooker& database) {
    Tables out;
    for (const auto& table : database.rows("SELECT name FROM sqlite_master WHERE type = 'table'"))
        for (const auto& column : database.rows("PRAGMA table_info(\"" + table[0] + "\")"))
            out[table[0]].insert(column[1] + " " + column[2] + " notnull=" + column[3] + " pk=" + column[5]);
    return out;
}

std::set<std::string> sqlite_indexes(const Onlooker& database) {
    std::set<std::string> out;
    for (const auto& row : database.rows("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
        out.insert(row[0]);
    return out;
}

// CREATE TABLE "name" ( one column per line ), and ALTER TABLE "name" ADD COLUMN of one, without the collation that ODB
// cannot say.
Tables pgsql_tables(const std::string& script) {
    static const std::regex table("CREATE TABLE \"(\\w+)\" \\(([^;]*)\\);"), collation(" COLLATE \"C\"");
    static const std::regex added("ALTER TABLE \"(\\w+)\" ADD COLUMN ([^;]*) DEFAULT (?:''|0)( COLLATE \"C\")?;");
    Tables out;
    for (std::sregex_iterator found(script.begin(), script.end(), added), end; found != end; ++found)
        out[(*found)[1]].insert((*found)[2]);
    for (std::sregex_iterator found(script.begin(), script.end(), table), end; found != end; ++found) {
        std::istringstream lines(std::regex_replace((*found)[2].str(), collation, ""));
        for (std::string line; std::getline(lines, line);) {
            line.erase(0, line.find_first_not_of(' '));
            if (!line.empty() && line.back() == ',') line.pop_back();
            if (!line.empty()) out[(*found)[1]].insert(line);
        }
    }
    return out;
}

void compare(const Tables& ours, const Tables& reference) {
    BOOST_TEST(ours.size() == reference.size());
    for (const auto& [name, columns] : reference) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_REQUIRE(ours.count(name) == 1);
            BOOST_TEST(ours.at(name) == columns, boost::test_tools::per_element());
        }
    }
}

std::set<std::string> names_in(effects::RecordKind kind, const Columns& columns, std::set<std::string> fixed) {
    std::set<std::string> out;
    for (const auto& column : columns) {
        auto name = column.substr(0, column.find(' '));
        if (fixed.erase(name) == 0) out.insert(std::move(name));
    }
    BOOST_TEST_CONTEXT(to_text(kind)) {
        BOOST_TEST(fixed.empty());
    }
    return out;
}

std::set<std::string> field_names(effects::RecordKind kind) {
    std::set<std::string> out;
    for (const auto& field : effects::field_table(kind)) out.emplace(field.name);
    return out;
}

ErrorCode refusal(const std::filesystem::path& directory, const std::string& url = "sqlite:gantry.db") {
    const FixedClock clock{monday};
    const auto opened = store::open({url}, directory, clock, events::nowhere());
    BOOST_REQUIRE(!opened.ok());
    return opened.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_schema)

BOOST_AUTO_TEST_CASE(sqlite_migrations_make_the_schema_of_the_record_classes) {
    const Onlooker ours(":memory:"), reference(":memory:");
    for (const auto script : store::sqlite_migrations()) ours.run(std::string(script));
    reference.run(generated_schema("sqlite"));
    compare(sqlite_tables(ours), sqlite_tables(reference));
    BOOST_TEST(sqlite_indexes(ours) == sqlite_indexes(reference), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(pgsql_migrations_make_the_schema_of_the_record_classes) {
    std::string ours;
    for (const auto script : store::pgsql_migrations()) ours += script;
    const auto reference = pgsql_tables(generated_schema("pgsql"));
    BOOST_TEST(reference.size() > 10u);
    compare(pgsql_tables(ours), reference);
}

BOOST_AUTO_TEST_CASE(both_databases_have_as_many_versions) {
    BOOST_TEST(store::sqlite_migrations().size() == store::pgsql_migrations().size());
}

BOOST_AUTO_TEST_CASE(every_field_has_its_column_and_every_column_its_field) {
    using effects::RecordKind;
    const Onlooker ours(":memory:");
    for (const auto script : store::sqlite_migrations()) ours.run(std::string(script));
    const auto tables = sqlite_tables(ours);
    const struct {
        RecordKind kind;
        std::string table;
        std::set<std::string> fixed;
    } rows[] = {{RecordKind::patient,
                 "patient",
                 {"id", "merged_into", "adt_fields", "last_change", "family_folded", "given_folded"}},
                {RecordKind::order,
                 "imaging_study",
                 {"id", "patient", "ordered_by", "performed_by", "last_change", "event_time"}},
                {RecordKind::step, "scheduled_procedure_step", {"id", "study", "visible"}},
                {RecordKind::report,
                 "radiology_report",
                 {"id", "imaging_study", "reported_by", "current_version", "last_change"}}};
    for (const auto& row : rows)
        BOOST_TEST(names_in(row.kind, tables.at(row.table), row.fixed) == field_names(row.kind),
                   boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_database_of_a_newer_program_is_refused_and_left_alone) {
    Site site;
    site.commit(order("1"));
    site.close();
    Onlooker(site.file()).run("PRAGMA user_version = 99");
    BOOST_CHECK(refusal(site.file().parent_path()) == ErrorCode::storage_schema_newer);
    BOOST_TEST(Onlooker(site.file()).one("PRAGMA user_version") == "99");
    BOOST_TEST(Onlooker(site.file()).one("SELECT count(*) FROM message") == "1");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_refused_and_left_alone) {
    for (const auto& text : {std::string("notes"), std::string(20'000, 'x')}) {
        const TemporaryDirectory directory;
        write_file(directory.path() / "gantry.db", text);
        BOOST_CHECK(refusal(directory.path()) == ErrorCode::storage_unavailable);
        BOOST_CHECK(file_text(directory.path() / "gantry.db") == text);
    }
}

BOOST_AUTO_TEST_CASE(a_database_of_somebody_else_is_refused_and_left_alone) {
    const TemporaryDirectory directory;
    const auto file = directory.path() / "gantry.db";
    Onlooker(file).run("CREATE TABLE message (words TEXT)");
    BOOST_CHECK(refusal(directory.path()) == ErrorCode::storage_schema_broken);
    const Onlooker after(file);
    BOOST_TEST(after.one("SELECT group_concat(name) FROM sqlite_master") == "message");
    BOOST_TEST(after.one("PRAGMA user_version") == "0");
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_hold_a_file_is_unavailable) {
    const TemporaryDirectory directory;
    write_file(directory.path() / "file", "");
    BOOST_CHECK(refusal(directory.path(), "sqlite:file/below/gantry.db") == ErrorCode::storage_unavailable);
    std::filesystem::create_directory(directory.path() / "gantry.db");
    BOOST_CHECK(refusal(directory.path()) == ErrorCode::storage_unavailable);
}

BOOST_AUTO_TEST_CASE(an_unknown_kind_of_database_is_a_mistake_in_the_configuration) {
    const TemporaryDirectory directory;
    for (const auto* url : {"", "gantry.db", "mysql://db", "SQLITE:gantry.db"})
        BOOST_CHECK(refusal(directory.path(), url) == ErrorCode::config_out_of_range);
}

BOOST_AUTO_TEST_CASE(directories_on_the_way_are_made) {
    const TemporaryDirectory directory;
    const FixedClock clock{monday};
    BOOST_TEST(store::open({"sqlite:a/b/c.db"}, directory.path(), clock, events::nowhere()).ok());
    BOOST_TEST(std::filesystem::exists(directory.path() / "a/b/c.db"));
}

BOOST_AUTO_TEST_SUITE_END()
