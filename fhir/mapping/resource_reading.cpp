#include "fhir/mapping/resource_reading.hpp"

#include <algorithm>
#include <charconv>

#include "fhir/json/reference.hpp"
#include "fhir/mapping/kept_elements.hpp"
#include "fhir/resources/human_names.hpp"

namespace gantry::fhir {
namespace {

using r4::Element;

std::string first_characters(std::string_view text, std::size_t most) {
    std::size_t end = 0;
    for (std::size_t count = 0; end < text.size(); ++end) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
        if (begins && count++ == most) break;
    }
    return std::string(text.substr(0, end));
}

}  // namespace

void ResourceReading::fail(ErrorCode code, std::string detail, std::string place) {
    if (failed()) return;
    effects.disposition = effects::Disposition::reject;
    effects.error = Error{code, std::move(detail), std::move(place)};
}

void ResourceReading::warn_of(std::string_view path) {
    auto sentence = std::string(path).append(" is not kept");
    if (std::find(effects.ignored.begin(), effects.ignored.end(), sentence) == effects.ignored.end())
        effects.ignored.push_back(std::move(sentence));
}

void ResourceReading::lose(std::string_view path) {
    const auto kept = written_types();
    if (std::find(kept.begin(), kept.end(), path.substr(0, path.find('.'))) == kept.end()) warn_of(path);
}

void ResourceReading::lose_what_is_not_kept(Element resource) {
    for_each_lost(resource, [&](const std::string& path) { warn_of(path); });
}

std::int64_t ResourceReading::own_id(std::string_view text) {
    std::int64_t id = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, id);
    return read.ec == std::errc() && read.ptr == end && id > 0 ? id : 0;
}

Element ResourceReading::among_submitted(std::string_view reference) const {
    for (const auto& one : submitted) {
        if (one.full_url.empty()) continue;
        const bool whole = one.full_url == reference;
        const bool below = one.full_url.ends_with(reference) && one.full_url.size() > reference.size() &&
                           one.full_url[one.full_url.size() - reference.size() - 1] == '/';
        if (whole || below) return one.resource;
        if (std::string(type_of(one.resource)) + "/" + std::string(one.resource["id"].value()) == reference)
            return one.resource;
    }
    return {};
}

Referred ResourceReading::refer(Element reference) const {
    using Kind = r4::ReferenceText::Kind;
    Referred out;
    const auto text = reference["reference"].value();
    if (!text.empty()) {
        const auto parsed = r4::parse_reference(text);
        if (parsed.kind == Kind::fragment) {
            for (auto one = reference.resource()["contained"]; one; one = one.again())
                if (one["id"].value() == parsed.id) out.to = Referred::To::resource, out.resource = one;
            return out;
        }
        out.resource = among_submitted(text);
        if (out.resource) {
            out.to = Referred::To::resource;
            return out;
        }
        const bool ours = parsed.kind == Kind::relative ||
                          (parsed.kind == Kind::absolute && !context.base.empty() && parsed.base == context.base + "/");
        if (ours && parsed.type) {
            out.to = Referred::To::own;
            out.type = parsed.type->name();
            out.own = parsed.id;
            return out;
        }
    }
    const auto identifier = reference["identifier"];
    out.uid = uid_of(identifier);
    if (out.uid.empty()) out.number = number_of(identifier, context.systems);
    if (out.number || !out.uid.empty()) out.to = Referred::To::number;
    return out;
}

std::string ResourceReading::fit(const effects::FieldSpec& spec, std::string_view value, std::string_view source,
                                 TooLong too_long) {
    if (trimmed(value).empty()) return {};
    std::string out(value);
    const auto size = effects::length_in_characters(out);
    if (spec.longest > 0 && size > spec.longest) {
        if (too_long == TooLong::refuse) {
            fail(ErrorCode::hl7_too_long, "at most " + std::to_string(spec.longest) + " characters",
                 std::string(source));
            return {};
        }
        out = first_characters(out, spec.longest);
        effects.coverage.lost_texts.push_back({std::string(spec.name), std::string(source), size, spec.longest});
        effects.ignored.push_back(std::string(source) + " is longer than " + std::to_string(spec.longest) +
                                  " characters; what is made from the records has no more of it");
    }
    if (const auto formed = effects::check_form(spec, out); !formed) {
        fail(formed.error().code, formed.error().detail, std::string(source));
        return {};
    }
    return out;
}

void ResourceReading::put_concept(effects::FieldChanges<effects::OrderField>& fields, const ReadConcept& read,
                                  std::array<effects::OrderField, 4> of, std::string_view source) {
    put(fields, of[0], read.code, source, TooLong::refuse);
    put(fields, of[1], read.scheme, source);
    put(fields, of[2], read.meaning, source);
    put(fields, of[3], read.words(), source);
}

ResourceReading::Person ResourceReading::person_at(Element reference, std::string_view known) const {
    Person out;
    const auto referred = refer(reference);
    if (referred.to == Referred::To::own && referred.type == "Practitioner") {
        if (const auto provider = context.known.provider({own_id(referred.own)}))
            return {provider->name, provider->identifier};
    }
    if (referred.to == Referred::To::resource) {
        out.name = names_of(referred.resource).first;
        out.identifier = number_of(referred.resource["identifier"], context.systems).value;
    }
    if (out.identifier.empty()) out.identifier = trimmed(reference["identifier"]["value"].value());
    const auto display = trimmed(reference["display"].value());
    if (!out.name.empty() || display.empty()) return out;
    out.name = !known.empty() && display_of(known) == display ? std::string(known) : list_item(display);
    std::replace_if(
        out.name.begin(), out.name.end(), [&](char c) { return known.empty() && (c == '^' || c == '='); }, ' ');
    return out;
}

}  // namespace gantry::fhir
