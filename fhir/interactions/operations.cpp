#include "fhir/interactions/operations.hpp"

#include "fhir/interactions/exchange.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/xml_reader.hpp"

namespace gantry::fhir {

std::span<const Operation> operations() {
    static constexpr Operation all[] = {
        {"", "export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"},
        {"Patient", "export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"},
        {"Patient", "everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"}};
    return all;
}

Result<QueryParameters> operation_parameters(const net::HttpRequest& request) {
    if (request.method != "POST" || request.body.empty()) return request.query;
    const auto format = format_of_content(request);
    if (!format) return Error{ErrorCode::fhir_bad_media_type, {}, "Content-Type"};
    const auto read = *format == Format::xml ? r4::read_xml(request.body) : r4::read_json(request.body);
    if (!read.ok() || read.resource->type().name() != "Parameters")
        return Error{ErrorCode::fhir_bad_resource, "the content of the request is a Parameters resource", {}};
    auto out = request.query;
    for (auto one = (*read.resource)["parameter"]; one; one = one.again()) {
        const auto value = one["value"];
        if (!value || !value.has_value())
            return Error{ErrorCode::fhir_bad_resource, "a parameter has one value[x] of a primitive type", one.path()};
        out.emplace_back(one["name"].value(), value.value());
    }
    return out;
}

}  // namespace gantry::fhir
