// Any bytes as the query of a search (the first chooses the type): every database statement that is made of it can be
// run; what was understood is written in the link `self`, and read again is the same search; the place where a page
// ended is found again by its cursor, and by no other search's; no cursor that anybody writes is more than the place of
// a row.
#include "channels/sources/hl7_mapper.hpp"
#include "engine/base/clock.hpp"
#include "engine/net/http_form.hpp"
#include "fhir/search/cursor.hpp"
#include "fhir/search/search_request.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using namespace gantry::fhir;
using fuzz::must;

namespace {

const Zone zone("Europe/Berlin");
constexpr Instant now{1'795'424'400'000'000};
const FixedClock fixed(now);
const ProjectionContext projection;

constexpr const char* messages[] = {
    "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123085900||ORM^O01|M1|P|2.3.1\rPID|1||100001^^^HOSPA^MR||M\xC3\xBCller^Jane||"
    "19800406|F\r"
    "ORC|NW|P100^HIS|||SC||^^^202611231000^^S||20261123085900|||7^Who^Anna\r"
    "OBR|1|P100^HIS||CTHEAD^CT head^LOCAL||||||||||||||A100\r",
    "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123085930||ORM^O01|M2|P|2.3.1\rPID|1||100002^^^HOSPA^MR||Roe^Richard||19710102|"
    "M\r"
    "ORC|NW|P200^HIS|||SC||^^^202611231100^^R||20261123085930\rOBR|1|P200^HIS||CTHEAD^CT "
    "head^LOCAL||||||||||||||A200\r",
    "MSH|^~\\&|RIS|HOSP|GANTRY|RAD|20261123120000||ORU^R01|M3|P|2.5.1\rPID|1||100001^^^HOSPA^MR||M\xC3\xBCller^Jane||"
    "19800406|F\r"
    "ORC|RE|P100^HIS|F100^RIS\rOBR|1|P100^HIS|F100^RIS|CTHEAD^CT "
    "head^LOCAL|||20261123103000|||||||||||A100||||20261123115900||CT|F\r"
    "OBX|1|TX|IMP^Impression||No haemorrhage.||||||F\r"};

// Some records, so that statements have something to find.
store::RecordSearch& records() {
    static const auto store = [] {
        store::StoreOptions options;
        options.url = "sqlite::memory:";
        options.search_text = false;
        auto opened = store::open(options, {}, fixed, events::nowhere());
        must(opened.ok(), "a store in memory opens");
        channels::Hl7Handling handling;
        handling.channel = "fuzz";
        handling.mappings = fuzz::shipped_mappings();
        handling.context.channel = "fuzz";
        handling.context.zone = &zone;
        const channels::Hl7Mapper mapper(std::move(handling));
        for (const auto* message : messages) {
            auto unit = mapper.interpret({message, "fuzz", now, {}});
            must((*opened)->intake().commit({&unit, 1}).front().durable, "a sample is stored");
        }
        return std::move(*opened);
    }();
    return store->search();
}

void check_cursor(const SearchRequest& request, const store::FoundRecord& row) {
    const auto text = cursor_text(row, request.digest);
    const auto again = read_cursor(text, request.digest, request.query.sort.size());
    must(again && *again == row, "a cursor leads to its place");
    must(!read_cursor(text, "0123456789abcdef", request.query.sort.size()), "a cursor of another search is none");
}

void check(const SearchableType& type, const QueryParameters& asked) {
    const SearchContext context{{zone, "http://localhost/fhir", now}, projection};
    const auto reading = read_search(type, asked, context);
    for (const auto& problem : reading.problems) must(!problem.text.empty(), "a problem says what it is");
    const auto& request = reading.request;
    const auto found = records().find(request.query, request.after, 5);
    must(found.ok(), "whatever was understood can be asked");
    must(records().count(request.query).ok(), "whatever was understood can be counted");
    for (const auto& row : *found) check_cursor(request, row);
    const auto again = read_search(type, request.self, context);
    must(again.problems.empty(), "what was understood is understood again");
    must(again.request.digest == request.digest && again.request.self == request.self,
         "the link self is the same search");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    constexpr std::size_t longest = 2048;  // of a line of a request, a form has no more to say
    if (size == 0 || size > longest) return 0;
    const auto types = searchable_types();
    const auto& type = types[data[0] % types.size()];
    if (const auto asked = net::read_form(fuzz::text_of(data + 1, size - 1))) check(type, *asked);
    return 0;
}
