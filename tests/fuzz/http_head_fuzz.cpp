// Any bytes as the head of a request: where it ends does not depend on how it was cut; what is taken has one method,
// one path and one length, whatever a proxy before us may have read; and its path never leaves the router's tree.
#include "engine/net/http_head.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using namespace gantry::net;
using fuzz::must;

namespace {

std::size_t end_in_pieces(std::string_view bytes, std::size_t width) {
    std::size_t seen = 0;
    for (std::size_t size = width;; size += width) {
        const auto part = bytes.substr(0, size);
        if (const auto end = http_head_end(part, seen); end != std::string_view::npos) return end;
        if (size >= bytes.size()) return std::string_view::npos;
        seen = part.size();
    }
}

HttpRouter router() {
    HttpRouter out;
    const auto ok = [](const HttpRequest& request) {
        const auto rest = request.captures.find("*");
        if (rest != request.captures.end())
            must(("/" + rest->second + "/").find("/../") == std::string::npos, "a path does not climb");
        for (const auto& [name, value] : request.captures)
            must(value.find('\0') == std::string::npos, "a path has no NUL");
        return HttpResponse{};
    };
    out.add("GET", "/healthz", ok);
    out.add("GET", "/orders/{id}", ok);
    out.add("POST", "/orders", ok);
    out.add("GET", "/console/*", ok);
    return out;
}

void check_request(HttpHead head) {
    static const HttpRouter routes = router();
    auto& request = head.request;
    must(!request.method.empty() && request.method.find_first_of(" \r\n\t") == std::string::npos, "a method is a word");
    must(!request.path.empty() && request.path[0] == '/', "a path starts with /");
    must(request.path.find_first_of("\r\n?") == std::string::npos, "a path is one line, without the query");
    must(!head.chunked || (head.content_length == 0 && !request.headers.find("Content-Length")),
         "the length of a body is said once");
    must(request.headers.count("Host") <= 1, "one Host");
    for (const auto& [name, value] : request.headers)
        must((name + value).find_first_of("\r\n") == std::string::npos, "a header is one line");
    const auto response = routes.answer(request);
    must(response.status >= 200 && response.status < 500, "an answer has a status, and no head breaks the router");
    const auto written = write_http_response(response, head.keep_alive, request.method == "HEAD");
    const auto end = http_head_end(written, 0);
    must(end != std::string_view::npos, "what is answered has a head");
    must(written.rfind("HTTP/1.1 ", 0) == 0, "what is answered is HTTP/1.1");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const auto bytes = fuzz::text_of(data + 1, size - 1);
    const auto end = http_head_end(bytes, 0);
    must(end_in_pieces(bytes, 1 + data[0] % 7) == end, "the end of a head does not depend on how it was cut");
    if (end == std::string_view::npos) return 0;
    const auto head = bytes.substr(0, end);
    if (auto read = parse_http_head(head)) check_request(std::move(*read));
    return 0;
}
