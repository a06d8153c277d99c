#include "engine/base/events.hpp"

#include <boost/test/unit_test.hpp>
#include <type_traits>

using namespace gantry;

namespace {

class Recorder final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override {
        line += std::string(event.name.text()) + ": " + std::string(event.sentence.text());
        for (const auto* field = event.begin; field != event.end; ++field)
            line += " " + std::string(field->key.text()) + "=" + events::to_text(field->value);
    }
    std::string line;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(base_events)

// There is no way in for text read from a message.
static_assert(!std::is_constructible_v<events::Value, std::string>);
static_assert(!std::is_constructible_v<events::Value, const std::string&>);
static_assert(!std::is_constructible_v<events::Value, std::string_view>);
static_assert(!std::is_constructible_v<events::Literal, std::string>);
static_assert(!std::is_convertible_v<std::string, ConfigName>);
static_assert(!std::is_convertible_v<std::string, Peer>);

BOOST_AUTO_TEST_CASE(a_sink_sees_name_sentence_and_fields) {
    Recorder recorder;
    events::emit(recorder, "message_committed", events::Level::info, "a message is stored",
                 {{"channel", ConfigName("orders")},
                  {"peer", Peer("127.0.0.1:4")},
                  {"bytes", std::int64_t{7}},
                  {"error", ErrorCode::config_syntax},
                  {"kind", events::Literal("order")}});
    BOOST_TEST(recorder.line ==
               "message_committed: a message is stored channel=orders peer=127.0.0.1:4 bytes=7 error=config.syntax "
               "kind=order");
}

BOOST_AUTO_TEST_CASE(nowhere_takes_everything) {
    events::emit(events::nowhere(), "any", events::Level::error, "anything", {{"ratio", 0.5}});
    BOOST_TEST(events::to_text(events::Value(0.5)).substr(0, 3) == "0.5");
}

BOOST_AUTO_TEST_SUITE_END()
