#include "engine/net/http_client.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>

#include <array>
#include <istream>
#include <ostream>

namespace gantry::net {
namespace {

constexpr std::size_t max_response = 64u << 20;

Result<std::string> read_body(std::istream& in, const Poco::Net::HTTPResponse& head, bool has_body) {
    std::string body;
    std::array<char, 16384> piece;
    while (has_body && in) {
        in.read(piece.data(), piece.size());
        body.append(piece.data(), std::size_t(in.gcount()));
        if (body.size() > max_response) return Error{ErrorCode::net_too_large, {}, {}};
    }
    if (has_body && head.hasContentLength() && body.size() != std::size_t(head.getContentLength64()))
        return Error{ErrorCode::net_closed, {}, {}};
    return body;
}

Result<HttpResponse> call(const std::string& host, std::uint16_t port, const HttpRequest& request,
                          milliseconds timeout) {
    Poco::Net::HTTPClientSession session(host, port);
    session.setTimeout(Poco::Timespan(timeout.count() * 1000));
    Poco::Net::HTTPRequest head(request.method, request.path, Poco::Net::HTTPMessage::HTTP_1_1);
    for (const auto& [name, value] : request.headers) head.add(name, value);
    if (!request.body.empty()) head.setContentLength64(Poco::Int64(request.body.size()));
    session.sendRequest(head) << request.body << std::flush;
    Poco::Net::HTTPResponse answer;
    auto& in = session.receiveResponse(answer);
    HttpResponse out;
    out.status = answer.getStatus();
    for (const auto& [name, value] : answer) out.headers.emplace_back(name, value);
    const bool has_body = request.method != "HEAD" && out.status != 204 && out.status != 304;
    auto body = read_body(in, answer, has_body);
    if (!body) return std::move(body).error();
    out.body = std::move(*body);
    return out;
}

}  // namespace

Result<HttpResponse> http_call(const std::string& host, std::uint16_t port, const HttpRequest& request,
                               milliseconds timeout) {
    const auto place = host + ":" + std::to_string(port);
    try {
        return call(host, port, request, timeout);
    } catch (const Poco::TimeoutException&) {
        return Error{ErrorCode::net_timeout, place, {}};
    } catch (const Poco::Net::ConnectionRefusedException&) {
        return Error{ErrorCode::net_refused, place, {}};
    } catch (const Poco::Net::DNSException&) {
        return Error{ErrorCode::net_refused, place, {}};
    } catch (const Poco::Exception&) {
        return Error{ErrorCode::net_closed, place, {}};
    }
}

Result<HttpResponse> http_get(const std::string& host, std::uint16_t port, const std::string& path,
                              milliseconds timeout) {
    HttpRequest request;
    request.path = path;
    return http_call(host, port, request, timeout);
}

}  // namespace gantry::net
