// The segments that all answers share; used by ack.cpp and order_reply.cpp.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/ack.hpp"

namespace gantry::hl7 {

class AckWriter {
  public:
    explicit AckWriter(const AckContext& context);

    // message_type: MSH-9, already in the sender's delimiters.
    void header(const Reply& reply, std::string_view message_type);
    void verdict(const Reply& reply);
    void errors(const Reply& reply);
    // fields: field 1 and following, already in the sender's delimiters. Empty ones at the end are left out.
    void segment(std::string_view id, const std::vector<std::string>& fields);
    void raw_segment(std::string_view text) { out_.append(text).append(1, '\r'); }

    // parts joined by the component separator, empty ones at the end left out.
    std::string components(const std::vector<std::string>& parts) const;
    std::string escaped(std::string_view text) const;
    bool before_2_5() const { return version_ < 205; }
    int version() const { return version_; }
    std::string take() && { return std::move(out_); }

  private:
    std::string joined(const std::vector<std::string>& parts, char delimiter) const;
    std::string error_1(const ErrorSegment& error) const;
    std::string error_2(const ErrorLocation& location) const;

    const AckContext& context_;
    Delimiters delimiters_;
    int version_;
    bool utf8_;
    std::string out_;
};

}  // namespace gantry::hl7
