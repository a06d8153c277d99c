#include "engine/net/tls.hpp"

#include <algorithm>

#include "engine/net/events.hpp"
#include "engine/net/tls_session.hpp"

namespace gantry::net {
namespace {

constexpr int soon = 30;  // days

template <class Options>
std::vector<std::filesystem::path> files_of(const Options& options, const settings::InputFile& authorities) {
    std::vector<std::filesystem::path> out;
    for (const auto* file : {&options.certificate, &options.key, &authorities})
        if (!file->empty()) out.push_back(file->path);
    return out;
}

}  // namespace

TlsMaterial::TlsMaterial(std::vector<std::filesystem::path> files, Load load)
    : files_(std::move(files)), load_(std::move(load)) {}

// A file that is not there has a stamp as well, another than any that is.
std::vector<TlsMaterial::Stamp> TlsMaterial::stamps() const {
    std::vector<Stamp> out;
    for (const auto& file : files_) {
        std::error_code none;
        auto& stamp = out.emplace_back();
        stamp.changed = std::filesystem::last_write_time(file, none);
        stamp.size = std::filesystem::file_size(file, none);
    }
    return out;
}

// The stamps are taken before the files are read: what changes meanwhile is read again the next time.
TlsMaterial::Current TlsMaterial::current() {
    const std::lock_guard lock(mutex_);
    auto found = stamps();
    const bool known = (context_ || failed_) && found == read_;
    std::optional<Error> unusable;
    if (!known) {
        auto loaded = load_();
        read_ = std::move(found);
        if (loaded)
            context_ = std::move(*loaded), failed_.reset();
        else
            unusable = failed_ = loaded.error();
    }
    if (!context_) return {*failed_, std::move(unusable), !known};
    return {context_, std::move(unusable), !known};
}

TlsServer::TlsServer(ConfigName name, const TlsServerOptions& options, events::Sink& sink)
    : name_(std::move(name)),
      options_(options),
      sink_(sink),
      material_(files_of(options, options.client_ca), [options] { return load_tls_context(options); }) {}

Result<std::shared_ptr<TlsServer>> TlsServer::make(ConfigName name, const TlsServerOptions& options,
                                                   events::Sink& sink) {
    auto out = std::make_shared<TlsServer>(std::move(name), options, sink);
    const auto current = out->material_.current();
    if (!current.context) return current.context.error();
    const auto days = days_left(*current.context);
    if (days && *days < soon) emit(sink, TlsCertificateEnds{out->name_, *days});
    return out;
}

std::unique_ptr<TlsSession> TlsServer::session() {
    const auto current = material_.current();
    if (current.unusable)
        emit(sink_, TlsFilesUnusable{name_});
    else if (current.fresh)
        emit(sink_, TlsFilesRead{name_, days_left(*current.context).value_or(0)});
    return TlsSession::server(*current.context);
}

TlsClient::TlsClient(const TlsClientOptions& options)
    : options_(options), material_(files_of(options, options.ca), [options] { return load_tls_context(options); }) {}

Result<std::unique_ptr<TlsSession>> TlsClient::session(const std::string& host) {
    const auto current = material_.current();
    if (!current.context) return current.context.error();
    return TlsSession::client(*current.context, options_.server_name.empty() ? host : options_.server_name);
}

}  // namespace gantry::net
