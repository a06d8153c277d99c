// TLS at the ports of the lobby and in outgoing connections: both sides ours, then against OpenSSL's own programs.
#include "engine/net/tls.hpp"

#include <poll.h>

#include <cstdio>

#include "engine/net/http.hpp"
#include "engine/net/http_caller.hpp"
#include "engine/net/tls_session.hpp"
#include "tests/engine/net/loopback.hpp"
#include "tests/support/tls_authority.hpp"

namespace gantry::net {
namespace {

using gantry::testing::TlsAuthority;

// Made once: three calls of openssl each take a moment.
const TlsAuthority& authority() {
    static const TlsAuthority made;
    static const bool issued = [] {
        made.issue("port");
        made.issue("modality");
        made.issue("late", "DNS:localhost,IP:127.0.0.1", -1);
        made.issue("other", "DNS:other.example");
        return true;
    }();
    (void)issued;
    return made;
}
const TlsAuthority& stranger() {
    static const TlsAuthority made;
    static const bool issued = [] {
        made.issue("port");
        made.issue("modality");
        return true;
    }();
    (void)issued;
    return made;
}

// Answers what it gets.
class Echo final : public StreamHandler {
  public:
    explicit Echo(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
    void on_data(std::string_view bytes) override { connection_->send(std::string(bytes)); }
    bool on_end_of_input() override { return true; }
    void on_close() override {}

  private:
    std::shared_ptr<Connection> connection_;
};

struct EchoPort {
    explicit EchoPort(const TlsServerOptions& options) : EchoPort(std::optional(options)) {}
    explicit EchoPort(const std::optional<TlsServerOptions>& options) {
        StreamOptions stream;
        stream.max_output = 64u << 20;
        const auto added = lobby.add_port(port_options(options), stream, echo);
        BOOST_REQUIRE(added.ok());
        id = *added;
        number = lobby.bound_port(id);
        lobby.start();
    }
    static std::unique_ptr<StreamHandler> echo(std::shared_ptr<Connection> connection) {
        return std::make_unique<Echo>(std::move(connection));
    }
    PortOptions port_options(const std::optional<TlsServerOptions>& options) {
        PortOptions out;
        out.name = ConfigName("orders");
        if (options) {
            auto made = TlsServer::make(out.name, *options, sink);
            BOOST_REQUIRE(made.ok());
            out.tls = *made;
        }
        return out;
    }
    CountingSink sink;
    Lobby lobby{sink};
    PortId id;
    std::uint16_t number = 0;
};

using Stream = std::unique_ptr<ByteStream>;

Result<Stream> connect_to(const TlsClientOptions& options, std::uint16_t port, const std::string& host = "127.0.0.1") {
    TlsClient client(options);
    return connect(client, host, port, patience);
}

std::string read(ByteStream& stream, std::size_t size) {
    std::string out(size, ' ');
    std::size_t have = 0;
    while (have < size) {
        const auto got = stream.read(out.data() + have, size - have, patience);
        if (!got || *got == 0) break;
        have += *got;
    }
    return out.substr(0, have);
}

std::string echoed(ByteStream& stream, const std::string& text) {
    std::thread writer([&] { (void)stream.write(text.data(), text.size(), patience); });
    writer.join();
    return read(stream, text.size());
}

// Why a connection is not made: the detail without the address.
std::string why(const Result<Stream>& stream) {
    if (stream.ok()) return "";
    const auto& detail = stream.error().detail;
    return detail.substr(detail.find(", ") + 2);
}

// Why a client is not let in: said at the handshake or, by a slow server of TLS 1.3, at the first read.
std::string refusal(const TlsClientOptions& options, std::uint16_t port) {
    const auto stream = connect_to(options, port);
    if (!stream.ok()) return why(stream);
    char one = 0;
    const auto got = (*stream)->read(&one, 1, patience);
    if (got.ok() || got.error().code != ErrorCode::net_refused) return "let in";
    return got.error().detail.substr(got.error().detail.find(", ") + 2);
}

bool waits_for(const CountingSink& sink, std::string_view name) {
    const auto deadline = now() + patience;
    while (sink.count(name) == 0 && now() < deadline) std::this_thread::sleep_for(milliseconds(5));
    return sink.count(name) > 0;
}

std::string output_of(const std::string& command) {
    std::string out;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
    std::array<char, 4096> piece;
    while (pipe) {
        const auto got = std::fread(piece.data(), 1, piece.size(), pipe.get());
        if (got == 0) break;
        out.append(piece.data(), got);
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_AUTO_TEST_CASE(what_is_sent_comes_back_and_is_not_seen_on_the_way) {
    EchoPort port(authority().server("port"));
    auto stream = connect_to(authority().client(), port.number);
    BOOST_REQUIRE(stream.ok());
    BOOST_TEST(echoed(**stream, "order") == "order");
    BOOST_TEST(echoed(**stream, "another") == "another");
    const std::string large(300'000, 'x');
    BOOST_TEST((echoed(**stream, large) == large));
}

BOOST_AUTO_TEST_CASE(a_host_name_is_verified_as_well_as_an_address) {
    EchoPort port(authority().server("port"));
    BOOST_TEST(connect_to(authority().client(), port.number, "localhost").ok());
    auto named = authority().client();
    named.server_name = "localhost";
    BOOST_TEST(connect_to(named, port.number).ok());
}

BOOST_AUTO_TEST_CASE(a_client_says_what_is_wrong_with_a_server) {
    EchoPort late(authority().server("late"));
    BOOST_TEST(why(connect_to(authority().client(), late.number)) ==
               "its certificate, or that of its authority, has expired");
    BOOST_TEST(waits_for(late.sink, "tls_refused"));
    EchoPort other(authority().server("other"));
    BOOST_TEST(why(connect_to(authority().client(), other.number)) ==
               "its certificate is for another name: other.example");
    EchoPort foreign(stranger().server("port"));
    BOOST_TEST(why(connect_to(authority().client(), foreign.number)) ==
               "its certificate is not signed by an authority that is trusted here");
    EchoPort plain(std::nullopt);
    const auto ended = why(connect_to(authority().client(), plain.number));
    BOOST_TEST(ended == "it closed the connection at the TLS handshake");
    BOOST_TEST(plain.sink.count("peer_cut") == 1);
}

BOOST_AUTO_TEST_CASE(the_authorities_of_the_machine_do_not_know_the_test) {
    EchoPort port(authority().server("port"));
    BOOST_TEST(why(connect_to({}, port.number)) ==
               "its certificate is not signed by an authority that is trusted here");
}

BOOST_AUTO_TEST_CASE(a_port_that_wants_certificates_lets_in_who_shows_one) {
    EchoPort port(authority().server_for_known("port"));
    auto known = connect_to(authority().client("modality"), port.number);
    BOOST_REQUIRE(known.ok());
    BOOST_TEST(echoed(**known, "order") == "order");
    BOOST_TEST(refusal(authority().client(), port.number) == "it wants a certificate, and was shown none");
    auto foreign = stranger().client("modality");
    foreign.ca = authority().file("ca.pem");
    BOOST_TEST(refusal(foreign, port.number) == "it does not trust the authority of the certificate shown to it");
    BOOST_TEST(refusal(authority().client("late"), port.number) ==
               "it says that the certificate shown to it has expired");
    BOOST_TEST(port.sink.count("tls_refused") == 3);
}

BOOST_AUTO_TEST_CASE(a_wanted_certificate_may_be_missing_but_not_wrong) {
    auto options = authority().server_for_known("port");
    options.client_certificate = TlsServerOptions::Client::wanted;
    EchoPort port(options);
    BOOST_TEST(connect_to(authority().client(), port.number).ok());
    BOOST_TEST(connect_to(authority().client("modality"), port.number).ok());
    auto foreign = stranger().client("modality");
    foreign.ca = authority().file("ca.pem");
    BOOST_TEST(refusal(foreign, port.number) == "it does not trust the authority of the certificate shown to it");
}

BOOST_AUTO_TEST_CASE(a_read_tells_that_nothing_was_taken_when_the_server_turns_a_client_away_late) {
    // As a slow server does: the client is sure of the handshake and has written before it hears of its certificate.
    const auto context = load_tls_context(authority().server_for_known("port"));
    BOOST_REQUIRE(context.ok());
    const auto server = TlsSession::server(*context);
    const auto client_context = load_tls_context(authority().client());
    const auto client = TlsSession::client(*client_context, "localhost");
    std::string plain;
    server->receive(client->take_output(), plain);
    BOOST_REQUIRE((client->receive(server->take_output(), plain) == TlsSession::State::established));
    BOOST_TEST(client->may_be_turned_away());
    client->send("order");
    BOOST_REQUIRE((server->receive(client->take_output(), plain) == TlsSession::State::failed));
    BOOST_TEST(plain == "");
    BOOST_REQUIRE((client->receive(server->take_output(), plain) == TlsSession::State::failed));
    BOOST_TEST(client->failure().turned_away);
}

BOOST_AUTO_TEST_CASE(plain_text_on_a_port_with_tls_is_turned_away) {
    EchoPort port(authority().server("port"));
    LoopbackPeer peer(port.number);
    peer.send("\x0bMSH|^~\\&|");
    BOOST_TEST(peer.receive_all() == "");
    BOOST_TEST(waits_for(port.sink, "tls_refused"));
}

BOOST_AUTO_TEST_CASE(half_a_hello_is_cut_by_the_deadline_and_delays_nobody) {
    auto options = authority().server("port");
    options.handshake_timeout = milliseconds(300);
    EchoPort port(options);
    const auto context = load_tls_context(authority().client());
    const auto hello = TlsSession::client(*context, "localhost")->take_output();
    std::vector<std::unique_ptr<LoopbackPeer>> slow;
    for (int i = 0; i < 20; ++i) {
        slow.push_back(std::make_unique<LoopbackPeer>(port.number));
        slow.back()->send(hello.substr(0, hello.size() / 2));
    }
    auto stream = connect_to(authority().client(), port.number);
    BOOST_REQUIRE(stream.ok());
    BOOST_TEST(echoed(**stream, "order") == "order");
    for (auto& peer : slow) BOOST_TEST(peer->receive_all() == "");
    BOOST_TEST(port.sink.count("peer_cut") == 20);
    BOOST_TEST(echoed(**stream, "order") == "order");
}

BOOST_AUTO_TEST_CASE(a_hello_cut_anywhere_is_understood) {
    EchoPort port(authority().server("port"));
    const auto context = load_tls_context(authority().client());
    const auto size = TlsSession::client(*context, "localhost")->take_output().size();
    for (std::size_t cut = 1; cut < size; cut += 13) {
        const auto client = TlsSession::client(*context, "localhost");
        LoopbackPeer peer(port.number);
        const auto hello = client->take_output();
        peer.send(hello.substr(0, cut));
        peer.send(hello.substr(cut));
        std::string plain;
        while (client->state() == TlsSession::State::handshaking) client->receive(peer.receive(1), plain);
        BOOST_TEST((client->state() == TlsSession::State::established));
        // The end of the handshake and the first message in one piece.
        client->send("order");
        peer.send(client->take_output());
        while (plain.size() < 5) client->receive(peer.receive(1), plain);
        BOOST_TEST(plain == "order");
    }
}

BOOST_AUTO_TEST_CASE(an_endless_handshake_is_cut_by_its_size) {
    EchoPort port(authority().server("port"));
    LoopbackPeer peer(port.number);
    // Records of a handshake message that says it has 130,000 bytes.
    std::string record("\x16\x03\x01\x40\x00", 5);
    std::string first("\x01\x01\xfb\xd0", 4);
    for (int i = 0; i < 8; ++i) {
        const auto content = i == 0 ? first + std::string(16'380, 'x') : std::string(16'384, 'x');
        const auto bytes = record + content;
        if (::send(peer.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) break;
    }
    peer.receive_all();
    BOOST_TEST((port.sink.count("peer_cut") + port.sink.count("tls_refused")) == 1);
}

BOOST_AUTO_TEST_CASE(certificates_are_read_again_when_their_files_change) {
    TlsAuthority changing;
    changing.issue("port", "DNS:first.example");
    EchoPort port(changing.server("port"));
    auto first = changing.client(), second = changing.client();
    first.server_name = "first.example";
    second.server_name = "second.example";
    auto kept = connect_to(first, port.number);
    BOOST_REQUIRE(kept.ok());
    BOOST_TEST(!connect_to(second, port.number).ok());
    changing.issue("port", "DNS:second.example");
    BOOST_TEST(connect_to(second, port.number).ok());
    BOOST_TEST(port.sink.count("tls_files_read") == 1);
    BOOST_TEST(echoed(**kept, "still here") == "still here");
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_used_are_passed_over) {
    TlsAuthority changing;
    changing.issue("port");
    EchoPort port(changing.server("port"));
    changing.run("cp ca.key port.key");
    BOOST_TEST(connect_to(changing.client(), port.number).ok());
    BOOST_TEST(connect_to(changing.client(), port.number).ok());
    BOOST_TEST(port.sink.count("tls_files_unusable") == 1);
    changing.run("rm port.pem");
    BOOST_TEST(connect_to(changing.client(), port.number).ok());
    changing.issue("port");
    BOOST_TEST(connect_to(changing.client(), port.number).ok());
    BOOST_TEST(port.sink.count("tls_files_read") == 1);
}

BOOST_AUTO_TEST_CASE(a_port_gets_and_loses_tls_without_being_closed) {
    EchoPort port(std::nullopt);
    LoopbackPeer plain(port.number);
    plain.send("before");
    BOOST_TEST(plain.receive(6) == "before");
    port.lobby.replace_port(port.id, port.port_options(authority().server("port")), {}, EchoPort::echo);
    const auto deadline = now() + patience;
    while (!connect_to(authority().client(), port.number).ok() && now() < deadline) {
    }
    BOOST_TEST(connect_to(authority().client(), port.number).ok());
    plain.send("still plain");
    BOOST_TEST(plain.receive(11) == "still plain");
}

BOOST_AUTO_TEST_CASE(an_end_that_tls_does_not_announce_is_none) {
    auto listening = listen_on("127.0.0.1", 0);
    BOOST_REQUIRE(listening.ok());
    std::thread server([&] {
        BOOST_REQUIRE(wait_for(listening->get(), POLLIN, now() + patience));
        Fd peer(::accept(listening->get(), nullptr, nullptr));
        const auto context = load_tls_context(authority().server("port"));
        const auto session = TlsSession::server(*context);
        std::string plain;
        std::array<char, 16384> piece;
        while (session->state() == TlsSession::State::handshaking) {
            const auto got = ::recv(peer.get(), piece.data(), piece.size(), 0);
            if (got <= 0) return;
            session->receive({piece.data(), std::size_t(got)}, plain);
            const auto out = session->take_output();
            ::send(peer.get(), out.data(), out.size(), MSG_NOSIGNAL);
        }
        session->send("half");
        const auto out = session->take_output();
        ::send(peer.get(), out.data(), out.size(), MSG_NOSIGNAL);
    });
    auto stream = connect_to(authority().client(), local_port(listening->get()));
    BOOST_REQUIRE(stream.ok());
    BOOST_TEST(read(**stream, 4) == "half");
    char one = 0;
    const auto end = (*stream)->read(&one, 1, patience);
    server.join();
    BOOST_REQUIRE(!end.ok());
    BOOST_TEST((end.error().code == ErrorCode::net_closed));
}

BOOST_AUTO_TEST_CASE(renegotiation_is_refused_and_delays_nobody) {
    EchoPort port(authority().server("port"));
    const auto number = std::to_string(port.number);
    // The program asks for it when a line is "R".
    const auto said = output_of(
        "(sleep 0.3; echo R; sleep 0.7; echo Q) | timeout 20 openssl s_client -tls1_2 -connect "
        "127.0.0.1:" +
        number + " -CAfile " + authority().file("ca.pem").path.string() + " 2>&1");
    BOOST_TEST(said.find("Verify return code: 0 (ok)") != said.npos, said);
    BOOST_TEST(said.find("no renegotiation") != said.npos, said);
    auto stream = connect_to(authority().client(), port.number);
    BOOST_REQUIRE(stream.ok());
    BOOST_TEST(echoed(**stream, "order") == "order");
}

BOOST_AUTO_TEST_CASE(openssl_s_client_gets_in_with_each_version_and_not_with_an_older_one) {
    EchoPort port(authority().server_for_known("port"));
    const auto with = [&](const std::string& version) {
        const auto& dir = authority().directory().string();
        return output_of("(sleep 0.3; echo order; sleep 0.3) | timeout 20 openssl s_client " + version +
                         " -connect 127.0.0.1:" + std::to_string(port.number) + " -CAfile " + dir + "/ca.pem -cert " +
                         dir + "/modality.pem -key " + dir + "/modality.key -quiet -no_ign_eof 2>/dev/null");
    };
    BOOST_TEST(with("-tls1_2") == "order\n");
    BOOST_TEST(with("-tls1_3") == "order\n");
    BOOST_TEST(with("-tls1_1 -cipher DEFAULT:@SECLEVEL=0") == "");
}

BOOST_AUTO_TEST_CASE(a_request_over_https_is_answered_over_a_kept_connection) {
    CountingSink sink;
    Lobby lobby(sink);
    HttpRouter router;
    router.add("POST", "/orders", [](const HttpRequest& request) { return HttpResponse{200, {}, request.body}; });
    PortOptions port;
    port.tls = *TlsServer::make(ConfigName("web"), authority().server("port"), sink);
    const auto added = add_http_port(lobby, port, HttpOptions{}, std::move(router), sink);
    BOOST_REQUIRE(added.ok());
    lobby.start();
    const auto url = parse_http_url("https://localhost:" + std::to_string(lobby.bound_port(*added)) + "/orders");
    HttpCallerOptions options;
    options.idle = patience;
    options.limits.body = 4u << 20;
    options.tls = std::make_shared<TlsClient>(authority().client());
    HttpCaller caller(*url, options);
    for (const std::size_t size : {5u, 70'000u, 2'000'000u}) {
        const std::string body(size, 'b');
        const auto call = caller.call(write_http_request(*url, "POST", {}, body, true));
        BOOST_TEST_REQUIRE((call.end == HttpCall::End::answered), call.why);
        BOOST_TEST(call.response.status == 200);
        BOOST_TEST((call.response.body == body));
    }
    BOOST_TEST(lobby.connections() == 1u);
    LoopbackPeer plain(lobby.bound_port(*added));
    plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = plain.receive_all();
    BOOST_TEST(answer.starts_with("HTTP/1.1 400"), answer);
    BOOST_TEST(answer.find("https") != answer.npos, answer);
}

BOOST_AUTO_TEST_CASE(openssl_s_server_is_asked_over_https) {
    auto listening = listen_on("127.0.0.1", 0);
    const auto number = local_port(listening->get());
    listening = Fd();
    const auto& dir = authority().directory().string();
    // -www answers each request with a page about the connection.
    const auto command = "timeout 30 openssl s_server -accept 127.0.0.1:" + std::to_string(number) + " -cert " + dir +
                         "/port.pem -key " + dir + "/port.key -www -Verify 1 -verify_return_error -CAfile " + dir +
                         "/ca.pem >/dev/null 2>&1 & echo $!";
    const auto process = output_of(command);
    const auto url = parse_http_url("https://localhost:" + std::to_string(number) + "/");
    const auto call_with = [&](const TlsClientOptions& tls) {
        HttpCallerOptions options;
        options.tls = std::make_shared<TlsClient>(tls);
        HttpCaller caller(*url, options);
        HttpCall call;
        const auto deadline = now() + patience;
        do {
            call = caller.call(write_http_request(*url, "GET", {}, "", false));
        } while (call.why.find("Connection refused") != std::string::npos && now() < deadline);
        return call;
    };
    const auto known = call_with(authority().client("modality"));
    BOOST_TEST_CHECK((known.end == HttpCall::End::answered), known.why);
    BOOST_TEST(known.response.status == 200);
    const auto unknown = call_with(authority().client());
    // The program resets the connection, which may take its alert back.
    BOOST_TEST((unknown.end != HttpCall::End::answered));
    output_of("kill " + process);
}

BOOST_AUTO_TEST_CASE(files_are_named_with_what_is_wrong_with_them) {
    const auto& made = authority();
    auto options = made.server("port");
    options.key = made.file("modality.key");
    BOOST_TEST(
        load_tls_context(options).error().detail.ends_with("modality.key, it is not the key of the certificate"));
    options.key = made.file("port.pem");
    BOOST_TEST(load_tls_context(options).error().detail.ends_with("port.pem, there is no private key in it (PEM)"));
    options.certificate = made.file("port.key");
    BOOST_TEST(load_tls_context(options).error().detail.ends_with("port.key, there is no certificate in it (PEM)"));
    options.certificate = made.file("nobody.pem");
    BOOST_TEST(load_tls_context(options).error().detail.ends_with("nobody.pem, No such file or directory"));
}

BOOST_AUTO_TEST_CASE(an_encrypted_key_needs_its_password_and_nobody_is_asked_for_it) {
    const auto& made = authority();
    made.run("openssl pkcs8 -topk8 -in port.key -out locked.key -passout pass:secret");
    auto options = made.server("port");
    options.key = made.file("locked.key");
    BOOST_TEST(!load_tls_context(options).ok());
    options.key_password = settings::Secret("wrong");
    BOOST_TEST(load_tls_context(options).error().detail.find("key_password") != std::string::npos);
    options.key_password = settings::Secret("secret");
    BOOST_TEST(load_tls_context(options).ok());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_the_files_is_reported_where_they_are_named) {
    const auto problem = [](const std::string& text, bool server = true) {
        const auto value = json::parse(text);
        BOOST_REQUIRE(value.ok());
        json::Diagnostics problems("channel.json");
        const settings::Environment environment{authority().directory()};
        if (server)
            (void)tls_server_schema().read(*value, "/tls", problems, environment);
        else
            (void)tls_client_schema().read(*value, "/tls", problems, environment);
        std::string out;
        for (const auto& one : problems.all()) out += one.pointer + ": " + one.message + "\n";
        return out;
    };
    const auto says = [&](const std::string& text, const std::string& pointer, const std::string& word,
                          bool server = true) {
        const auto said = problem(text, server);
        BOOST_TEST((said.starts_with(pointer + ": ") && said.find(word) != said.npos), said);
        BOOST_TEST(std::count(said.begin(), said.end(), '\n') == 1, said);
    };
    BOOST_TEST(problem(R"({"certificate": "port.pem", "key": "port.key", "client_ca": "ca.pem"})") == "");
    BOOST_TEST(problem(R"({"ca": "ca.pem", "certificate": "port.pem", "key": "port.key"})", false) == "");
    BOOST_TEST(problem("{}", false) == "");
    says("{}", "/tls/certificate", "");
    says(R"({"certificate": "port.pem"})", "/tls/certificate", "there is no private key in it");
    says(R"({"certificate": "no.pem", "key": "port.key"})", "/tls/certificate", "No such file");
    says(R"({"certificate": "port.pem", "key": "no.key"})", "/tls/key", "No such file");
    says(R"({"certificate": "port.pem", "key": "modality.key"})", "/tls/key", "it is not the key of the certificate");
    says(R"({"certificate": "port.pem", "key": "port.key", "client_ca": "port.key"})", "/tls/client_ca",
         "there is no certificate of an authority in it");
    says(R"({"key": "port.key"})", "/tls/key", "without its certificate", false);
    says(R"({"ca": "."})", "/tls/ca", "it is a directory", false);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
