// The whole engine in this process, on the shipped channels, with a directory and ports of its own.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "engine/main/engine.hpp"
#include "tests/engine/store/temporary_directory.hpp"

namespace gantry::testing {

// Nobody listens there now.
inline int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
}

class RunningEngine {
  public:
    // source_directory: where the repository is. dicom_options: members of engine.json's `dicom` beside the port.
    explicit RunningEngine(const std::string& source_directory, const std::string& dicom_options = {}) {
        write_configuration(source_directory, dicom_options);
        configuration_ = load_configuration(directory_.path());
        if (configuration_->has_errors()) throw std::runtime_error(configuration_->problems.front().text());
        engine_ = std::make_unique<Engine>(directory_.path(), clock_, log_);
        if (const auto started = engine_->start(*configuration_); !started)
            throw std::runtime_error(started.error().text());
    }

    const int mllp = free_port(), http = free_port(), dicom = free_port();

  private:
    void write_configuration(const std::string& from, const std::string& dicom_options) const {
        std::ifstream channel(from + "/channels/definitions/his-orders.json");
        std::string text{std::istreambuf_iterator<char>(channel), {}};
        const std::string place = R"("${GANTRY_MLLP_PORT:-2575}")";
        text.replace(text.find(place), place.size(), std::to_string(mllp));
        std::filesystem::create_directory(directory_.path() / "channels");
        std::ofstream(directory_.path() / "channels/his-orders.json") << text;
        std::ofstream(directory_.path() / "engine.json")
            << R"({"channels": "channels", "mappings": ")" << from << R"(/mappings/documents", "tables": ")" << from
            << R"(/mappings/tables", "zone": "UTC", "http": {"port": )" << http << R"(}, "dicom": {"port": )" << dicom
            << (dicom_options.empty() ? "" : ", ") << dicom_options << "}}";
    }

    store::testing::TemporaryDirectory directory_;
    const SystemClock clock_;
    const Zone zone_{"UTC"};
    EventLog log_{events::Level::error, clock_, zone_};
    std::unique_ptr<Configuration> configuration_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace gantry::testing
