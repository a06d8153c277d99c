#include "engine/net/http_head.hpp"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Exception.h>
#include <Poco/MemoryStream.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <charconv>

#include "engine/net/http_field.hpp"
#include "engine/net/http_form.hpp"

namespace gantry::net {
namespace {

constexpr int max_fields = 100;

Error bad(const char* why) {
    return {ErrorCode::http_bad_request, why, {}};
}

Result<void> read_target(std::string target, HttpRequest& out) {
    if (target.rfind("http://", 0) == 0 || target.rfind("https://", 0) == 0) {
        const auto path = target.find('/', target.find("://") + 3);
        target = path == std::string::npos ? "/" : target.substr(path);
    }
    if (target.empty() || target.front() != '/' || has_http_control(target)) return bad("the target is not a path");
    const auto mark = target.find('?');
    out.path = target.substr(0, mark);
    if (mark == std::string::npos) return {};
    auto query = read_form(std::string_view(target).substr(mark + 1));
    if (!query) return query.error();
    out.query = std::move(*query);
    return {};
}

Result<void> read_framing(const Poco::Net::HTTPRequest& from, HttpHead& out) {
    const auto& headers = out.request.headers;
    if (const auto* coding = headers.find("Transfer-Encoding")) {
        if (headers.count("Transfer-Encoding") > 1 || headers.find("Content-Length") != nullptr)
            return bad("the length of the body is given twice");
        if (from.getVersion() != Poco::Net::HTTPMessage::HTTP_1_1) return bad("chunked is not HTTP/1.0");
        if (Poco::icompare(*coding, "chunked") != 0) return Error{ErrorCode::http_not_implemented, {}, {}};
        out.chunked = true;
    }
    if (const auto* length = headers.find("Content-Length")) {
        const auto* end = length->data() + length->size();
        const auto [stop, error] = std::from_chars(length->data(), end, out.content_length);
        if (headers.count("Content-Length") > 1 || error != std::errc() || stop != end)
            return bad("the length of the body is not one number");
    }
    return {};
}

Result<void> read_fields(const Poco::Net::HTTPRequest& from, HttpHead& out) {
    for (const auto& [name, value] : from) {
        if (!is_http_token(name) || has_http_control(value)) return bad("a header is malformed");
        out.request.headers.add(name, value);
    }
    const bool modern = from.getVersion() == Poco::Net::HTTPMessage::HTTP_1_1;
    if (!modern && from.getVersion() != Poco::Net::HTTPMessage::HTTP_1_0)
        return Error{ErrorCode::http_not_implemented, {}, {}};
    if (out.request.headers.count("Host") > 1 || (modern && out.request.headers.count("Host") == 0))
        return bad("exactly one header Host is needed");
    const auto* expect = out.request.headers.find("Expect");
    out.expects_continue = modern && expect != nullptr && Poco::icompare(*expect, "100-continue") == 0;
    out.keep_alive = from.getKeepAlive();
    return read_framing(from, out);
}

Result<HttpHead> parse(std::string_view head) {
    Poco::Net::HTTPRequest request;
    request.setFieldLimit(max_fields);
    Poco::MemoryInputStream in(head.data(), std::streamsize(head.size()));
    request.read(in);
    HttpHead out;
    out.request.method = request.getMethod();
    if (!is_http_token(out.request.method)) return bad("the method is malformed");
    if (const auto read = read_target(request.getURI(), out.request); !read) return read.error();
    if (const auto read = read_fields(request, out); !read) return read.error();
    return out;
}

}  // namespace

Result<HttpHead> parse_http_head(std::string_view head) {
    if (has_odd_http_line(head)) return bad("a line end is malformed");
    try {
        return parse(head);
    } catch (const Poco::Exception&) {
        return bad("the head is malformed");
    }
}

std::string write_http_response(const HttpResponse& response, bool keep_alive, bool head_only) {
    Poco::Net::HTTPResponse head(Poco::Net::HTTPMessage::HTTP_1_1,
                                 Poco::Net::HTTPResponse::HTTPStatus(response.status));
    for (const auto& [name, value] : response.headers)
        if (is_http_token(name) && !has_http_control(value)) head.add(name, value);
    const auto by_default = [&head](const char* name, const char* value) {
        if (!head.has(name)) head.add(name, value);
    };
    by_default("X-Content-Type-Options", "nosniff");
    by_default("Cache-Control", "no-store");
    if (!response.body.empty()) by_default("Content-Type", "text/plain; charset=utf-8");
    head.setDate(Poco::Timestamp());
    const bool without_length = response.status == 204 || response.status == 304 || response.status < 200;
    if (!without_length) head.setContentLength64(Poco::Int64(response.body.size()));
    head.setKeepAlive(keep_alive);
    std::ostringstream out;
    head.write(out);
    if (!head_only && !without_length) out << response.body;
    return std::move(out).str();
}

std::size_t http_head_end(std::string_view bytes, std::size_t from) {
    const auto end = bytes.find("\r\n\r\n", from < 3 ? 0 : from - 3);
    return end == std::string_view::npos ? end : end + 4;
}

}  // namespace gantry::net
