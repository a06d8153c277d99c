// Tokens are verified with OpenSSL's own program and Node's: no code of ours says that a signature is right.
#include "engine/net/jose.hpp"

#include <cstdlib>
#include <fstream>

#include "engine/net/base64.hpp"
#include "tests/support/tls_authority.hpp"

namespace gantry::net {
namespace {

bool node_verifies(const gantry::testing::TlsAuthority& made, const std::string& token, const std::string& algorithm) {
    std::ofstream(made.directory() / "token") << token;
    std::ofstream(made.directory() / "verify.mjs")
        << "import { createPublicKey, verify } from 'node:crypto'; import { readFileSync } from 'node:fs';\n"
           "const [head, body, signature] = readFileSync('token', 'utf8').split('.');\n"
           "const of = (text) => Buffer.from(text, 'base64url');\n"
           "if (JSON.parse(of(body)).iss !== 'gantry') process.exit(1);\n"
           "const key = { key: createPublicKey(readFileSync('sign.key')), dsaEncoding: 'ieee-p1363' };\n"
           "if (JSON.parse(of(head)).alg !== '" +
               algorithm +
               "') process.exit(1);\n"
               "process.exit(verify('sha384', Buffer.from(`${head}.${body}`), key, of(signature)) ? 0 : 1);\n";
    try {
        made.run("node verify.mjs");
    } catch (const std::runtime_error&) {
        return false;
    }
    return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jose)

BOOST_AUTO_TEST_CASE(base64url_has_no_padding_and_no_slash) {
    BOOST_TEST(base64url("") == "");
    BOOST_TEST(base64url("f") == "Zg");
    BOOST_TEST(base64url("fo") == "Zm8");
    BOOST_TEST(base64url("foo") == "Zm9v");
    BOOST_TEST(base64url("\xfb\xff\xfe") == "-__-");
}

BOOST_AUTO_TEST_CASE(another_program_verifies_what_was_signed, *boost::unit_test::precondition([](auto) {
                         return boost::test_tools::assertion_result(std::system("node --version >/dev/null 2>&1") == 0);
                     })) {
    const gantry::testing::TlsAuthority made;
    for (const std::string algorithm : {"RS384", "ES384"}) {
        made.run(algorithm == "RS384" ? "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out sign.key"
                                      : "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out sign.key");
        const auto key = SigningKey::load(made.directory() / "sign.key", {});
        BOOST_REQUIRE(key.ok());
        BOOST_TEST(key->algorithm() == algorithm);
        for (int i = 0; i < 5; ++i) {
            const auto token = key->token(R"({"alg":")" + algorithm + R"("})", R"({"iss":"gantry"})");
            BOOST_TEST(node_verifies(made, token, algorithm));
            auto forged = token;
            forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
            BOOST_TEST(!node_verifies(made, forged, algorithm));
        }
    }
}

BOOST_AUTO_TEST_CASE(keys_that_are_of_no_use_are_named) {
    const gantry::testing::TlsAuthority made;
    const auto why = [&](const std::string& name) {
        const auto key = SigningKey::load(made.directory() / name, {});
        return key.ok() ? "" : key.error().detail;
    };
    made.run("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.key");
    BOOST_TEST(why("short.key").ends_with("the RSA key has fewer than 2048 bits"));
    BOOST_TEST(why("ca.key").ends_with("the key is neither RSA nor EC on P-384"));
    BOOST_TEST(why("ca.pem").find("there is no private key in it") != std::string::npos);
    BOOST_TEST(why("nobody.key").ends_with("No such file or directory"));
}

BOOST_AUTO_TEST_CASE(random_ids_differ) {
    BOOST_TEST(random_id().size() == 32u);
    BOOST_TEST(random_id() != random_id());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
