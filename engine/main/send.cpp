#include "engine/main/send.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iomanip>
#include <iterator>
#include <ostream>

#include "engine/hl7/ack.hpp"
#include "engine/hl7/mllp.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/send_load.hpp"
#include "engine/main/send_message.hpp"
#include "engine/net/client.hpp"
#include "engine/net/tls.hpp"

namespace gantry {
namespace {

constexpr int done = 0, refused = 1, io_failed = 74;

struct Outgoing {
    std::string file, message;
};

Result<std::vector<Outgoing>> read_files(const SendOptions& options) {
    std::vector<Outgoing> out;
    for (const auto& path : options.files) {
        std::ifstream in(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        if (!in || bytes.empty()) return Error{ErrorCode::config_missing_file, path.string(), {}};
        for (auto& message : messages_in(bytes)) out.push_back({path.string(), std::move(message)});
    }
    return out;
}

int fail(const Error& error, std::ostream& err) {
    err << "gantry send: " << error.text() << "\n";
    return io_failed;
}

// One message and its answer, content without framing.
Result<std::string> exchange(ByteStream& stream, hl7::MllpDecoder& decoder, const std::string& message,
                             std::chrono::milliseconds timeout) {
    const auto frame = hl7::mllp_frame(message);
    if (auto written = stream.write(frame.data(), frame.size(), timeout); !written) return written.error();
    std::array<char, 16384> buffer;
    for (;;) {
        if (auto reply = decoder.next()) return std::move(reply->content);
        const auto got = stream.read(buffer.data(), buffer.size(), timeout);
        if (!got) return got.error();
        if (*got == 0) return Error{ErrorCode::net_closed, stream.peer().text(), {}};
        decoder.feed({buffer.data(), *got});
    }
}

void show(const std::string& reply, std::ostream& out) {
    auto lines = reply;
    std::replace(lines.begin(), lines.end(), '\r', '\n');
    out << lines << (lines.ends_with('\n') ? "" : "\n");
}

void show(const Outgoing& sent, const std::string& reply, json::Writer& out) {
    out.begin_object().member("file", sent.file);
    out.member("control_id", hl7::read_ack_context(sent.message).control_id);
    out.member("answer", acknowledgment_code(reply)).member("reply", reply).end_object();
}

int send_each(const SendOptions& options, const std::vector<Outgoing>& messages, std::ostream& out, std::ostream& err) {
    std::optional<net::TlsClient> tls;
    if (options.tls) tls.emplace(*options.tls);
    const auto stream = net::connect(tls ? &*tls : nullptr, options.host, options.port, options.timeout);
    if (!stream) return fail(stream.error(), err);
    hl7::MllpDecoder decoder;
    json::Writer report(json::Form::pretty);
    report.begin_array();
    int code = done;
    for (const auto& outgoing : messages) {
        const auto reply = exchange(**stream, decoder, outgoing.message, options.timeout);
        if (!reply) {
            code = fail(reply.error(), err);
            break;
        }
        if (options.json)
            show(outgoing, *reply, report);
        else
            show(*reply, out);
        if (!accepted(acknowledgment_code(*reply))) code = refused;
    }
    if (options.json) out << report.end_array().text() << "\n";
    return code;
}

void summarise(const LoadResult& result, std::ostream& out) {
    const auto rate = result.seconds > 0 ? static_cast<double>(result.answered()) / result.seconds : 0;
    out << std::fixed << std::setprecision(2) << result.answered() << " messages in " << result.seconds << " s, "
        << std::setprecision(0) << rate << " messages/s\n"
        << std::setprecision(2) << "latency p50 " << result.percentile(.5) << " ms, p95 " << result.percentile(.95)
        << " ms, p99 " << result.percentile(.99) << " ms, max " << result.percentile(1) << " ms\n"
        << "AA " << result.accepted << ", AE " << result.errors << ", AR " << result.rejected << "\n";
}

void summarise_json(const LoadResult& result, std::ostream& out) {
    json::Writer writer(json::Form::pretty);
    const auto rate = result.seconds > 0 ? static_cast<double>(result.answered()) / result.seconds : 0;
    writer.begin_object().member("messages", result.answered()).member("seconds", result.seconds);
    writer.member("messages_per_second", rate).key("latency_ms").begin_object();
    writer.member("p50", result.percentile(.5)).member("p95", result.percentile(.95));
    writer.member("p99", result.percentile(.99)).member("max", result.percentile(1)).end_object();
    writer.key("answers").begin_object().member("AA", result.accepted).member("AE", result.errors);
    writer.member("AR", result.rejected).end_object();
    if (result.failure) writer.member("failure", result.failure->text());
    out << writer.end_object().text() << "\n";
}

Result<std::vector<MessageTemplate>> templates_of(const std::vector<Outgoing>& messages, bool verbatim) {
    std::vector<MessageTemplate> out;
    for (const auto& [file, message] : messages) {
        if (verbatim) {
            out.push_back(MessageTemplate::verbatim(message));
            continue;
        }
        auto made = MessageTemplate::make(message);
        if (!made) return Error{made.error().code, file, made.error().place};
        out.push_back(std::move(*made));
    }
    return out;
}

int send_repeated(const SendOptions& options, const std::vector<Outgoing>& messages, std::ostream& out,
                  std::ostream& err) {
    const auto templates = templates_of(messages, options.verbatim);
    if (!templates) return fail(templates.error(), err);
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const auto result = run_load(options, *templates, [&](std::uint64_t answered) {
        if (terminal) err << "\r" << answered << " of " << options.repeat << std::flush;
    });
    if (terminal) err << "\r\x1b[K";
    if (options.json)
        summarise_json(result, out);
    else
        summarise(result, out);
    if (result.failure) return fail(*result.failure, err);
    return result.accepted == options.repeat ? done : refused;
}

}  // namespace

int run_send(const SendOptions& options, std::ostream& out, std::ostream& err) {
    const auto messages = read_files(options);
    if (!messages) return fail(messages.error(), err);
    return options.repeat > 0 ? send_repeated(options, *messages, out, err) : send_each(options, *messages, out, err);
}

}  // namespace gantry
