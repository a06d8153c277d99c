#include "engine/main/case_tests.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>

#include "engine/json/writer.hpp"
#include "engine/main/case_run.hpp"
#include "engine/main/mapping_usage.hpp"

namespace gantry {
namespace {

namespace fs = std::filesystem;
constexpr int done = 0, failed = 1, wrong_usage = 2, io_failed = 74;

bool is_case(const fs::path& path) {
    return path.filename().string().ends_with(".case.json");
}

std::vector<fs::path> case_files(const fs::path& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return {path};
    std::vector<fs::path> out;
    for (auto entry = fs::recursive_directory_iterator(path, error); entry != fs::recursive_directory_iterator();
         entry.increment(error)) {
        if (is_case(entry->path())) out.push_back(entry->path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

struct Tested {
    std::string file;
    CaseResult result;
    bool blessed = false;
};

std::string lines_of(const Tested& tested) {
    std::string out;
    for (const auto& problem : tested.result.problems) out += "  " + problem.text() + "\n";
    for (const auto& difference : tested.result.differences)
        out += "  " + tested.file + ":" + std::to_string(difference.position.line) + " " + difference.pointer +
               ": expected " + difference.expected + ", got " + difference.got + "\n";
    return out;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else
            out.push_back(static_cast<unsigned char>(c) < 0x20 && c != '\n' ? ' ' : c);
    }
    return out;
}

// A case that cannot be run is an error, one that gives something else a failure.
bool write_junit(const fs::path& path, const std::vector<Tested>& all) {
    const auto errors =
        std::count_if(all.begin(), all.end(), [](const auto& one) { return !one.result.problems.empty(); });
    const auto passed = std::count_if(all.begin(), all.end(), [](const auto& one) { return one.result.passed(); });
    std::ofstream out(path);
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"gantry test\" tests=\"" << all.size()
        << "\" failures=\"" << std::ssize(all) - passed - errors << "\" errors=\"" << errors << "\">\n";
    for (const auto& tested : all) {
        const char* what = tested.result.problems.empty() ? "failure" : "error";
        out << "  <testcase classname=\"" << escaped(tested.file) << "\" name=\"" << escaped(tested.result.description)
            << "\">";
        if (!tested.result.passed()) out << "<" << what << ">" << escaped(lines_of(tested)) << "</" << what << ">";
        out << "</testcase>\n";
    }
    out << "</testsuite>\n";
    return static_cast<bool>(out.flush());
}

void write(json::Writer& out, const Tested& tested) {
    const auto& result = tested.result;
    out.begin_object().member("file", tested.file).member("description", result.description);
    out.member("passed", result.passed());
    if (tested.blessed) out.member("blessed", true);
    out.key("problems").begin_array();
    for (const auto& problem : result.problems) out.value(problem.text());
    out.end_array().key("differences").begin_array();
    for (const auto& difference : result.differences) {
        out.begin_object().member("line", difference.position.line).member("pointer", difference.pointer);
        out.member("expected", difference.expected).member("got", difference.got).end_object();
    }
    out.end_array().end_object();
}

void write(json::Writer& out, const UsedParts& parts) {
    out.begin_object().member("kind", parts.table ? "table" : "mapping").member("name", parts.name);
    out.member("file", parts.file).member("used", parts.used).member("total", parts.total);
    out.member("percent", parts.percent()).key("unused").begin_array();
    for (const auto& part : parts.unused) {
        out.begin_object().member("line", part.position.line).member("column", part.position.column);
        out.member("pointer", part.pointer).end_object();
    }
    out.end_array().end_object();
}

class Tests {
  public:
    Tests(const Configuration& configuration, const TestOptions& options, std::ostream& out)
        : configuration_(configuration), options_(options), out_(out), usage_(configuration) {}

    int run() {
        for (const auto& path : paths()) {
            std::error_code error;
            if (!fs::exists(path, error)) {
                out_ << "gantry test: " << path.string() << " does not exist\n";
                return wrong_usage;
            }
            for (const auto& file : case_files(path)) test(file);
        }
        if (!options_.junit.empty() && !write_junit(options_.junit, all_)) io_failed_ = true;
        const auto passed = std::count_if(all_.begin(), all_.end(), [](const auto& t) { return t.result.passed(); });
        const auto not_passed = std::ssize(all_) - passed;
        if (options_.json) {
            write_json(passed, not_passed);
        } else {
            if (!all_.empty()) out_ << to_text(usage_.report(), options_.coverage);
            out_ << passed << " passed, " << not_passed << " failed\n";
        }
        return io_failed_ ? io_failed : not_passed > 0 ? failed : done;
    }

  private:
    std::vector<fs::path> paths() const {
        if (!options_.paths.empty()) return options_.paths;
        return {configuration_.file.parent_path() / configuration_.options.channels};
    }

    void test(const fs::path& path) {
        std::ifstream in(path, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        io_failed_ |= !in;
        const auto file = path.lexically_normal().string();
        Tested tested{file, run_case(configuration_, file, text), false};
        if (options_.bless && tested.result.problems.empty() && !tested.result.differences.empty())
            bless(path, text, tested);
        count_usage(tested.result);
        if (!tested.result.passed() && !options_.json)
            out_ << "FAILED " << file << ": " << tested.result.description << "\n" << lines_of(tested);
        all_.push_back(std::move(tested));
    }

    void bless(const fs::path& path, const std::string& text, Tested& tested) {
        const auto rewritten = blessed(text, tested.result.differences);
        std::ofstream file(path, std::ios::binary);
        file << rewritten;
        io_failed_ |= !file.flush();
        tested.blessed = true;
        if (!options_.json) out_ << "blessed " << tested.file << "\n";
        tested.result = run_case(configuration_, tested.file, rewritten);
    }

    void count_usage(const CaseResult& result) {
        usage_.expect(result.mappings);
        for (const auto& usage : result.usage) usage_.add(usage);
    }

    void write_json(std::ptrdiff_t passed, std::ptrdiff_t not_passed) {
        json::Writer writer(json::Form::pretty);
        writer.begin_object().key("cases").begin_array();
        for (const auto& tested : all_) write(writer, tested);
        writer.end_array().key("coverage").begin_array();
        for (const auto& parts : usage_.report()) write(writer, parts);
        writer.end_array().member("passed", passed).member("failed", not_passed);
        out_ << writer.end_object().text() << "\n";
    }

    const Configuration& configuration_;
    const TestOptions& options_;
    std::ostream& out_;
    MappingUsage usage_;
    std::vector<Tested> all_;
    bool io_failed_ = false;
};

}  // namespace

int run_tests(const Configuration& configuration, const TestOptions& options, std::ostream& out) {
    return Tests(configuration, options, out).run();
}

}  // namespace gantry
