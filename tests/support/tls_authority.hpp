// An authority for one test, with the certificates it has signed, made with the program openssl in a directory that
// goes with the test.
#pragma once
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "engine/net/tls_options.hpp"

namespace gantry::testing {

class TlsAuthority {
  public:
    TlsAuthority() {
        std::string pattern = (std::filesystem::temp_directory_path() / "gantry-tls-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
        directory_ = pattern;
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 "
            "-subj '/CN=Test authority'");
    }
    ~TlsAuthority() {
        std::error_code none;
        std::filesystem::remove_all(directory_, none);
    }
    TlsAuthority(const TlsAuthority&) = delete;
    TlsAuthority& operator=(const TlsAuthority&) = delete;

    // NAME.pem and NAME.key. names: as a subjectAltName has them. days: negative, it has ended.
    void issue(const std::string& name, const std::string& names = "DNS:localhost,IP:127.0.0.1", int days = 30) const {
        std::ofstream(directory_ / (name + ".ext")) << "subjectAltName=" << names << "\n";
        run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name + ".key.new -out " + name +
            ".csr -subj '/CN=" + name + "'");
        run("openssl x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days " +
            std::to_string(days) + " -extfile " + name + ".ext -out " + name + ".pem.new");
        for (const auto* end : {".key", ".pem"})
            std::filesystem::rename(directory_ / (name + end + ".new"), directory_ / (name + end));
    }
    void run(const std::string& command) const {
        const auto whole = "cd " + directory_.string() + " && " + command + " >log 2>&1";
        if (std::system(whole.c_str()) != 0) throw std::runtime_error(command);
    }

    settings::InputFile file(const std::string& name) const { return {directory_ / name}; }
    const std::filesystem::path& directory() const { return directory_; }

    net::TlsServerOptions server(const std::string& name) const {
        net::TlsServerOptions out;
        out.certificate = file(name + ".pem");
        out.key = file(name + ".key");
        return out;
    }
    net::TlsServerOptions server_for_known(const std::string& name) const {
        auto out = server(name);
        out.client_ca = file("ca.pem");
        return out;
    }
    net::TlsClientOptions client() const {
        net::TlsClientOptions out;
        out.ca = file("ca.pem");
        return out;
    }
    net::TlsClientOptions client(const std::string& name) const {
        auto out = client();
        out.certificate = file(name + ".pem");
        out.key = file(name + ".key");
        return out;
    }

  private:
    std::filesystem::path directory_;
};

}  // namespace gantry::testing
