// Large data enclosed in messages and in what is delivered of them: an HL7 OBX-5 of type ED, a Binary in JSON. It is
// kept once, under the digest of its bytes, however many bodies have it; a body keeps the rest, and where what belongs.
//
// What counts is how it is written, not the format around it: a run of base64's characters, and of what senders end its
// lines with ("\.br\", "\X0D0A\", "\n"), that is longer than any text without a blank. Where the run is base64 in the
// one form that its bytes give back (RFC 4648 section 4: padded, no line breaks), the bytes are kept, so that a PDF
// that a report has is not there twice; else the run itself.
//
// Documents and their uses
//   report_document  digest → bytes, of attachments and of reports' documents
//   document_use     who keeps one: a message with its deliveries, or reports (message 0), which stay
// A document goes in the transaction that takes away its last use.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/effects/effects.hpp"
#include "engine/store/body_encoding.hpp"

namespace gantry::store {

inline constexpr std::size_t least_attachment = 8192;

struct Attachment {
    std::string digest;      // SHA-256 of the bytes, hexadecimal
    std::string media_type;  // where a report of the message says it; else empty
    BodyEncoding encoding = BodyEncoding::as_received;
    std::string bytes;  // as they are stored
};

struct AttachmentRun {
    std::size_t begin = 0, length = 0;
};
// In their order. A body that has none costs a look at every least_attachment-th byte.
std::vector<AttachmentRun> attachment_runs(std::string_view body);

// Those of the bodies of one message, each once.
class Attachments {
  public:
    struct Reference {
        bool base64 = false;  // the bytes stand in the body as base64; else as they are
        Digest digest{};
    };

    // reports: of the message; where one has the document, it says what kind it is. They stay where they are.
    explicit Attachments(const std::vector<effects::ReportChange>& reports) : reports_(reports) {}
    // text: stays where it is until the last call.
    Reference take(std::string_view text);
    std::vector<Attachment> taken() && { return std::move(attachments_); }

  private:
    struct Seen {
        std::string_view text;
        Reference reference;
    };
    void add(const Digest& digest, std::string_view bytes);
    const std::vector<effects::ReportChange>& reports_;
    std::vector<Seen> seen_;
    std::vector<Attachment> attachments_;
};

}  // namespace gantry::store
