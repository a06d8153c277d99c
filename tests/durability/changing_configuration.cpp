#include "tests/durability/changing_configuration.hpp"

#include <fstream>
#include <iterator>

namespace gantry::durability {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string engine_json() {
    return R"({"channels": "channels", "mappings": "mappings", "tables": "tables",
  "store": "${GANTRY_STORE:-sqlite:gantry.db}",
  "http": {"port": "${GANTRY_HTTP_PORT}"}, "dicom": {"port": "${GANTRY_DICOM_PORT}"}}
)";
}

// Now and then: another rule, another patience of the source, other retries, another destination; a comment each time.
std::string channel(const std::string& port, unsigned n) {
    const auto every = [n](unsigned times, const char* yes, const char* no) { return n / times % 2 == 0 ? yes : no; };
    return "// as it is at " + std::to_string(n) + R"(
{
  "source": {"mllp": {"port": )" +
           port + R"(, "idle_timeout": )" + every(5, "\"0s\"", "\"10m\"") + "}},\n" +
           every(3, "", "  \"accept\": {\"orders\": {\"equals\": [\"MSH-9.1\", \"ORM\"]}},\n") +
           R"(  "mappings": ["orders-v2", "patients-v2"],
  "destinations": {
    "records": {"records": {}},
    "worklist": {"worklist": {}},
)" + every(4, "", "    \"never\": {\"file\": {\"directory\": \"never\"}, \"when\": {\"event\": [\"A40\"]}},\n") +
           R"(    "archive": {"file": {"directory": "archive"}, "retry": {"first": )" + every(7, "\"1s\"", "\"2s\"") +
           R"(}}
  }
}
)";
}

}  // namespace

ChangingConfiguration::ChangingConfiguration(const fs::path& source, fs::path directory, std::uint16_t first,
                                             std::uint16_t second)
    : directory_(std::move(directory)), ports_{first, second} {
    fs::create_directories(directory_ / "channels");
    fs::copy(source / "mappings/documents", directory_ / "mappings", fs::copy_options::recursive);
    fs::copy(source / "mappings/tables", directory_ / "tables", fs::copy_options::recursive);
    write(directory_ / "engine.json", engine_json());
    write_channels(0, false);
}

void ChangingConfiguration::write_channels(unsigned n, bool both) {
    const auto directory = directory_ / "channels";
    write(directory / "his.json", channel("\"${GANTRY_MLLP_PORT}\"", n));
    // One that moves between two ports, and is called otherwise now and then, but never both at once: who moves and
    // changes its name is somebody else.
    const bool renamed = (n + 9) / 12 % 2 != 0;
    const auto port = std::to_string(ports_[n / 6 % 2]), other = std::to_string(ports_[(n / 6 + 1) % 2]);
    fs::remove(directory / "moving.json");
    fs::remove(directory / "moved.json");
    write(directory / (renamed ? "moved.json" : "moving.json"), channel(port, n));
    if (both) write(directory / (renamed ? "moving.json" : "moved.json"), channel(other, n));
    fs::remove(directory / "guest.json");
    if (n % 9 == 0) write(directory / "guest.json", channel("0", n));
}

// Another text with the same meaning.
void ChangingConfiguration::touch(const char* file, unsigned n) {
    auto text = text_of(directory_ / file);
    if (text.starts_with("// touched")) text.erase(0, text.find('\n') + 1);
    write(directory_ / file, "// touched " + std::to_string(n) + "\n" + text);
}

bool ChangingConfiguration::change(unsigned n) {
    write_channels(n, false);
    if (n % 3 == 0) touch("mappings/orders-v2.json", n);
    if (n % 4 == 0) touch("tables/priority.json", n);
    if (n % 11 != 0) return true;
    write(directory_ / "channels/his.json", "{\"source\": {\"mlp\": {}}}\n");
    return false;
}

void ChangingConfiguration::settle(unsigned n) {
    write_channels(n, true);
}

}  // namespace gantry::durability
