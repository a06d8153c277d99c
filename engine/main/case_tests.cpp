#include "engine/main/case_tests.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>

#include "engine/main/case_run.hpp"

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
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else
            out.push_back(static_cast<unsigned char>(c) < 0x20 && c != '\n' ? ' ' : c);
    }
    return out;
}

bool write_junit(const fs::path& path, const std::vector<Tested>& all) {
    const auto failures = std::count_if(all.begin(), all.end(), [](const auto& one) { return !one.result.passed(); });
    std::ofstream out(path);
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"gantry test\" tests=\"" << all.size()
        << "\" failures=\"" << failures << "\">\n";
    for (const auto& tested : all) {
        out << "  <testcase classname=\"" << escaped(tested.file) << "\" name=\"" << escaped(tested.result.description)
            << "\">";
        if (!tested.result.passed()) out << "<failure>" << escaped(lines_of(tested)) << "</failure>";
        out << "</testcase>\n";
    }
    out << "</testsuite>\n";
    return static_cast<bool>(out.flush());
}

class Tests {
  public:
    Tests(const Configuration& configuration, const TestOptions& options, std::ostream& out)
        : configuration_(configuration), options_(options), out_(out) {}

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
        out_ << passed << " passed, " << not_passed << " failed\n";
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
        Tested tested{file, run_case(configuration_, file, text)};
        if (options_.bless && tested.result.problems.empty() && !tested.result.differences.empty())
            bless(path, text, tested);
        if (!tested.result.passed())
            out_ << "FAILED " << file << ": " << tested.result.description << "\n" << lines_of(tested);
        all_.push_back(std::move(tested));
    }

    void bless(const fs::path& path, const std::string& text, Tested& tested) {
        const auto rewritten = blessed(text, tested.result.differences);
        std::ofstream file(path, std::ios::binary);
        file << rewritten;
        io_failed_ |= !file.flush();
        out_ << "blessed " << tested.file << "\n";
        tested.result = run_case(configuration_, tested.file, rewritten);
    }

    const Configuration& configuration_;
    const TestOptions& options_;
    std::ostream& out_;
    std::vector<Tested> all_;
    bool io_failed_ = false;
};

}  // namespace

int run_tests(const Configuration& configuration, const TestOptions& options, std::ostream& out) {
    return Tests(configuration, options, out).run();
}

}  // namespace gantry
