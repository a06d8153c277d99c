#include "engine/main/trial.hpp"

#include "engine/dicom/worklist_matching.hpp"
#include "engine/net/http_form.hpp"

namespace gantry {

std::shared_ptr<const channels::Hl7Mapper> make_mapper(const channels::ChannelDocument& channel, const Zone& zone,
                                                       std::int64_t revision, bool trace) {
    auto handling = channel.handling;
    handling.revision = revision;
    handling.context.zone = &zone;
    handling.context.coverage = true;
    handling.context.trace = handling.context.usage = trace;
    return std::make_shared<const channels::Hl7Mapper>(std::move(handling));
}

Result<std::unique_ptr<Trial>> Trial::open(const Configuration& configuration, Instant start, const Zone* zone) {
    std::unique_ptr<Trial> trial(new Trial(configuration, start, zone ? *zone : *configuration.zone));
    auto options = configuration.store_options();
    options.search_text = false;
    options.url = "sqlite::memory:";
    auto store = store::open(options, {}, trial->clock_, events::nowhere());
    if (!store) return store.error();
    trial->store_ = std::move(*store);
    trial->worklist_ = std::make_unique<StoreWorklist>(trial->store_->worklist(), configuration.options.dicom.rules);
    trial->open_fhir();
    return trial;
}

std::shared_ptr<const runtime::Mapper> Trial::mapper_of(const channels::ChannelDocument& channel) {
    if (channel.resource_types.empty()) return make_mapper(channel, zone_, 0, true);
    return make_fhir_mapper(channel, 0, *store_, projection_);
}

Trial::Step Trial::feed(const channels::ChannelDocument& channel, std::string bytes) {
    const auto mapper = mapper_of(channel);
    Step out;
    out.unit = mapper->interpret({std::move(bytes), "trial", now(), {}});
    out.committed = std::move(store_->intake().commit({&out.unit, 1}).front());
    // The unit's policy and sources point into the mapper and the configuration; the mapper ends here.
    out.unit.policy = &channel.handling.orders;
    return out;
}

Trial::Step Trial::apply(store::Unit unit) {
    Step out;
    out.unit = std::move(unit);
    out.committed = std::move(store_->intake().commit({&out.unit, 1}).front());
    return out;
}

void Trial::open_fhir() {
    const auto everything = [](const net::HttpRequest&) -> Result<fhir::Grant> {
        auto scopes = fhir::scopes_of("system/*.rs");
        if (!scopes) return scopes.error();
        return fhir::Grant{std::move(*scopes), 0};
    };
    fhir_ = std::make_unique<fhir::FhirApi>(
        fhir::FhirApi::Parts{store_->search(), store_->records(), projection_, zone_, clock_, everything, "", {}});
    fhir_->add_to(fhir_routes_);
    fhir_history_ = std::make_unique<fhir::HistoryApi>(
        fhir::HistoryApi::Parts{store_->search(), store_->changes(), projection_, zone_, everything, ""});
    fhir_history_->add_to(fhir_routes_);
}

net::HttpResponse Trial::ask_fhir(std::string_view address) {
    net::HttpRequest request;
    request.path = "/fhir/" + std::string(address.substr(0, address.find('?')));
    if (const auto query = address.find('?'); query != std::string_view::npos)
        if (auto fields = net::read_form(address.substr(query + 1))) request.query = std::move(*fields);
    return fhir_routes_.answer(request);
}

std::string Trial::today() const {
    return zone_.local(now()).date();
}

Result<std::vector<effects::WorklistRow>> Trial::worklist(const effects::WorklistQuery& query) {
    auto asked = query;
    if (asked.today.empty()) asked.today = today();
    std::vector<effects::WorklistRow> out;
    auto found = worklist_->find(asked, [&](effects::WorklistRow&& row) {
        if (dicom::matches(row, asked, configuration_.options.dicom.rules)) out.push_back(std::move(row));
        return true;
    });
    if (!found) return found.error();
    return out;
}

}  // namespace gantry
