#include "engine/base/events.hpp"

namespace gantry::events {
namespace {

class Nowhere final : public Sink {
  public:
    void emit(const View&) noexcept override {}
};

struct Writer {
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return std::to_string(number); }
    std::string operator()(Literal literal) const { return std::string(literal.text()); }
    std::string operator()(ErrorCode code) const { return std::string(info(code).name); }
    std::string operator()(const ConfigName& name) const { return name.text(); }
    std::string operator()(const FieldName& field) const { return field.text(); }
    std::string operator()(const Peer& peer) const { return peer.text(); }
};

}  // namespace

Sink& nowhere() {
    static Nowhere sink;
    return sink;
}

std::string to_text(const Value& value) {
    return std::visit(Writer(), value);
}

}  // namespace gantry::events
