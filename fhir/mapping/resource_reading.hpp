// What all readers of one submission share: the resources that came together, what their references lead to, and what
// is found wrong, lost or cut on the way. Private to this room.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/effects/field_form.hpp"
#include "fhir/documents/posted_resource.hpp"
#include "fhir/mapping/element_values.hpp"
#include "fhir/mapping/resource_effects.hpp"

namespace gantry::fhir {

// One resource of a submission. full_url: of a Bundle's entry. id: of our own record that it is to change; 0: none.
struct Submitted {
    r4::Element resource;
    std::string_view full_url;
    std::int64_t id = 0;
    std::string place;  // "Patient", or "Bundle.entry[2].resource"
};

// Where a Reference leads.
struct Referred {
    enum class To : std::uint8_t { nothing, resource, own, number } to = To::nothing;
    r4::Element resource;     // contained, or another one of the submission
    std::string_view type{};  // own: "Patient"
    std::string_view own{};   // own: the id as it stands there
    ReadNumber number{};      // by identifier alone
    std::string uid{};        // the same, of a study
};

class ResourceReading {
  public:
    ResourceReading(const ResourceContext& with, std::vector<Submitted> what)
        : context(with), submitted(std::move(what)) {}

    const ResourceContext& context;
    const std::vector<Submitted> submitted;
    effects::Effects effects;

    // The first error counts.
    void fail(ErrorCode code, std::string detail, std::string place);
    bool failed() const { return effects.error.has_value(); }
    // Whatever of a resource no record holds that is not kept itself.
    void lose_what_is_not_kept(r4::Element resource);
    // The same of one element. Nothing of a resource that is kept is lost.
    void lose(std::string_view path);
    // The resource stays beside the record, whose field `as` names it. fields: what it says of the record, as far as
    // their sources are elements of it; beside: what it says of fields that follow from others.
    template <class Field>
    void keep(r4::Element resource, effects::FieldChanges<Field>& fields, Field as,
              std::vector<SaidField> beside = {}) {
        const auto type = type_of(resource);
        const auto table = effects::field_table(effects::kind_of<Field>());
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const auto& one = fields.at(i);
            if (one.says != effects::FieldChange::Says::nothing && one.source.starts_with(type))
                beside.push_back({std::string(table[i].name), one.value});
        }
        auto posted = posted_resource(resource, beside);
        fields.set(as, posted.sum, type);
        effects.posted.push_back(std::move(posted));
    }

    Referred refer(r4::Element reference) const;
    // An id of this server's. 0: it is none.
    static std::int64_t own_id(std::string_view text);

    // A value into a field: nothing where it is blank. One that is too long is an error where it is a number, else it
    // is cut, and said to be.
    enum class TooLong : std::uint8_t { cut, refuse };
    template <class Field>
    void put(effects::FieldChanges<Field>& fields, Field field, std::string_view value, std::string_view source,
             TooLong too_long = TooLong::cut) {
        const auto& spec = effects::field_table(effects::kind_of<Field>())[static_cast<std::size_t>(field)];
        auto fitting = fit(spec, value, source, too_long);
        if (!fitting.empty()) fields.set(field, std::move(fitting), source);
    }
    // The same as a default: taken where the record has none.
    template <class Field>
    void fill(effects::FieldChanges<Field>& fields, Field field, std::string_view value, std::string_view source) {
        put(fields, field, value, source);
        if (!fields.value(field).empty()) fields[field].fills = true;
    }
    void put_concept(effects::FieldChanges<effects::OrderField>& fields, const ReadConcept& read,
                     std::array<effects::OrderField, 4> of, std::string_view source);

    // A reference to a person: the provider's name and number where it is ours, else what it says itself. known: the
    // name the record has, whose display says nothing new.
    struct Person {
        std::string name, identifier;
        bool empty() const { return name.empty() && identifier.empty(); }
    };
    Person person_at(r4::Element reference, std::string_view known) const;

  private:
    std::string fit(const effects::FieldSpec& spec, std::string_view value, std::string_view source, TooLong too_long);
    r4::Element among_submitted(std::string_view reference) const;
    void warn_of(std::string_view path);
};

// Whom a resource is about; all of a submission are about one patient. An error where the reference leads to nothing.
void read_subject(ResourceReading& reading, r4::Element reference, std::string_view place);
void read_patient(ResourceReading& reading, const Submitted& patient);

// Every ServiceRequest and ImagingStudy: one order each, unless a study says whose it is.
class OrdersRead {
  public:
    explicit OrdersRead(ResourceReading& reading) : reading_(reading) {}
    void read();
    // The order that a reference to a ServiceRequest or ImagingStudy means, by its numbers. Nothing, with an error in
    // the reading: it leads to nothing.
    std::optional<effects::OrderChange> meant_by(r4::Element reference, std::string_view place);

  private:
    ResourceReading& reading_;
    std::map<std::uint32_t, std::size_t> by_resource_;  // of effects.orders, by the node of the resource
};

void read_report(ResourceReading& reading, const Submitted& report, OrdersRead& orders);

}  // namespace gantry::fhir
