#include "fhir/documents/posted_resource.hpp"

#include "engine/base/base64.hpp"
#include "engine/base/digest.hpp"
#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"

namespace gantry::fhir {
namespace {

using r4::Element;

std::string sum_of(std::string_view text) {
    const auto digest = sha256(text);
    return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

void drop(r4::Resource& resource, Element element) {
    if (element) resource.remove(element);
}

// It is a new one each time.
void leave_out_versions(r4::Resource& resource) {
    drop(resource, resource["id"]);
    drop(resource, resource["meta"]["versionId"]);
    drop(resource, resource["meta"]["lastUpdated"]);
    if (const auto meta = resource["meta"]; meta && !meta.first()) resource.remove(meta);
}

bool is_plain(std::string_view media_type) {
    return media_type == "text/plain" || media_type.starts_with("text/plain;");
}

void put_documents_apart(r4::Resource& resource) {
    if (resource.type().name() != "DiagnosticReport") return;
    for (auto form = resource["presentedForm"]; form; form = form.again()) {
        const auto data = form["data"];
        if (!data || is_plain(form["contentType"].value())) continue;
        const auto bytes = from_base64(data.value());
        if (!bytes) continue;
        const auto sum = sum_of(*bytes);
        resource.remove(data);
        drop(resource, form["url"]);
        resource.add(form, "url", "Binary/" + sum);
    }
}

}  // namespace

std::string short_form(std::string_view value) {
    constexpr std::size_t long_one = 128;
    return value.size() < long_one ? std::string(value) : "sha256:" + sum_of(value);
}

effects::PostedResource posted_resource(Element resource, const std::vector<SaidField>& said) {
    auto kept = r4::Resource::extract(resource);
    leave_out_versions(kept);
    put_documents_apart(kept);
    json::Writer fields;
    fields.begin_object();
    for (const auto& [name, value] : said) fields.member(name, short_form(value));
    fields.end_object();
    effects::PostedResource out;
    out.text = std::move(fields).text();
    out.text.append("\n").append(r4::write_json(kept));
    out.sum = sum_of(out.text);
    return out;
}

std::optional<PostedDocument> read_posted(std::string_view text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto said = json::parse(text.substr(0, end));
    r4::ReadOptions options;
    options.lenient = true;
    auto read = r4::read_json(text.substr(end + 1), options);
    if (!said || !read.resource) return std::nullopt;
    PostedDocument out{{}, std::move(*read.resource)};
    for (const auto& member : said->members()) out.said.push_back({member.key, member.value.string()});
    return out;
}

}  // namespace gantry::fhir
