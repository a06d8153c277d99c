// Writing one resource: json::Writer under FHIR's rules for JSON. Elements in the order they are written; an object or
// array in which nothing was written does not appear, so no element is ever empty (R4 2.1.8, json.html).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/json/writer.hpp"

namespace gantry::fhir {

// Nothing to read in it: blanks and control characters at the most.
bool is_blank(std::string_view text);

// An item of an array has no name. Names outlive the writer: they are literals.
class ResourceWriter {
  public:
    // Begins with resourceType, id and meta; without a version and a moment there is no meta.
    ResourceWriter(std::string_view type, std::string_view id);

    template <class Inside>
    void object(std::string_view name, Inside inside) {
        open(name, '{');
        inside();
        close();
    }
    template <class Inside>
    void array(std::string_view name, Inside inside) {
        open(name, '[');
        inside();
        close();
    }

    // string and markdown: what is blank is no value; a control character that XML cannot hold becomes U+FFFD; what is
    // longer than the 1 MB that FHIR allows is cut at a character.
    void string(std::string_view name, std::string_view text);
    // code: without blanks around it, and single ones within.
    void code(std::string_view name, std::string_view text);
    // uri and url: blanks, quotes and control characters as %20 and so on.
    void uri(std::string_view name, std::string_view text);
    // A word of the standards or made of digits: stands for itself.
    void word(std::string_view name, std::string_view text);
    void boolean(std::string_view name, bool value);
    // decimal and the integers: digits with sign and point; leading zeros go, and what is no number is left out.
    void number(std::string_view name, std::string_view digits);

    // {"url": url, "value…": text}, where there is text.
    void string_extension(std::string_view url, std::string_view text);

    std::string finish() &&;

  private:
    struct Bracket {
        std::string_view name;
        char kind;
    };

    void open(std::string_view name, char bracket);
    void close();
    void begin(std::string_view name);

    json::Writer out_;
    std::vector<Bracket> open_;
    std::size_t written_ = 0;  // of the open brackets, from the outermost
};

// Ids, versions and moments of every resource.
struct ResourceVersion {
    std::int64_t version = 0;
    Instant updated;
};
void write_meta(ResourceWriter& out, const ResourceVersion& version);
// With a security label: what stands in the record about confidentiality (ORC-28).
void write_meta(ResourceWriter& out, const ResourceVersion& version, std::string_view confidentiality);

}  // namespace gantry::fhir
