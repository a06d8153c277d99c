#include "fhir/documents/overlay.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "fhir/documents/posted_resource.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/reference.hpp"
#include "fhir/resources/element_map.hpp"

namespace gantry::fhir {
namespace {

using r4::Element;

// Each element that is in one of the two, once; of its repetitions the first.
std::vector<std::string_view> stems_of(Element a, Element b) {
    std::vector<std::string_view> out;
    for (const auto parent : {a, b})
        for (auto one = parent.first(); one; one = one.next())
            if (std::find(out.begin(), out.end(), one.stem()) == out.end()) out.push_back(one.stem());
    return out;
}

Element first_of(Element parent, std::string_view stem) {
    for (auto one = parent.first(); one; one = one.next())
        if (one.stem() == stem) return one;
    return {};
}

template <class Use>
void for_each(Element parent, std::string_view stem, Use use) {
    for (auto one = parent.first(); one; one = one.next())
        if (one.stem() == stem) use(one);
}

std::size_t count_of(Element parent, std::string_view stem) {
    std::size_t out = 0;
    for_each(parent, stem, [&](Element) { ++out; });
    return out;
}

// "Patient.name.where(use = 'official')": the element below the resource; of an extension with its URL.
struct Shown {
    std::string_view element, url;
};
Shown shown_by(std::string_view path) {
    path.remove_prefix(std::min(path.find('.') + 1, path.size()));
    Shown out{path.substr(0, path.find_first_of(".(")), {}};
    if (out.element != "extension") return out;
    const auto begin = std::min(path.find('\'') + 1, path.size());
    out.url = path.substr(begin, path.find('\'', begin) - begin);
    return out;
}

// Codes that say the same of a record.
bool same_status(std::string_view a, std::string_view b) {
    using Pair = std::array<std::string_view, 2>;
    static constexpr Pair same[] = {{"amended", "corrected"},
                                    {"amended", "appended"},
                                    {"appended", "corrected"},
                                    {"entered-in-error", "revoked"},
                                    {"cancelled", "entered-in-error"}};
    const auto [first, second] = std::minmax(a, b);
    return a == b || std::find(std::begin(same), std::end(same), Pair{first, second}) != std::end(same);
}

bool leads_inside(Element reference) {
    return reference["reference"].value().starts_with('#');
}

class Overlay {
  public:
    Overlay(const r4::Resource& record, const PostedDocument& posted, effects::RecordKind kind, const FieldNow& now)
        : record_(record.root()),
          posted_(posted.resource.root()),
          said_(posted.said),
          moved_(!now("moved_from").empty()),
          out_(record.type()) {
        for (const auto& row : element_map()) {
            if (row.kind != kind || row.resource() != record.type().name()) continue;
            // Those that the resource says nothing of count where it speaks of none.
            const auto [element, url] = shown_by(row.element);
            auto& about = find(element, url);
            const auto current = short_form(now(row.field));
            const auto said =
                std::find_if(said_.begin(), said_.end(), [&](const auto& s) { return s.name == row.field; });
            if (said == said_.end()) {
                about.others = about.others || !current.empty();
            } else {
                about.said = true;
                about.differs = about.differs || said->value != current;
            }
        }
    }

    std::string run() {
        write_head();
        for (const auto stem : stems_of(record_, posted_)) write(stem);
        write_contained();
        if (!replaced_) copy_all("text", posted_);
        return r4::write_json(out_);
    }

  private:
    struct About {
        std::string_view element, url;
        bool said = false, differs = false, others = false;
        bool stale() const { return said ? differs : others; }
    };

    About& find(std::string_view element, std::string_view url) {
        for (auto& one : about_)
            if (one.element == element && one.url == url) return one;
        about_.push_back({element, url});
        return about_.back();
    }

    bool stale(std::string_view element, std::string_view url = {}) const {
        return std::any_of(about_.begin(), about_.end(),
                           [&](const About& one) { return one.element == element && one.url == url && one.stale(); });
    }

    void copy(Element from) { out_.add_copy(out_.root(), from.name(), from); }
    void copy_all(std::string_view stem, Element from) {
        for_each(from, stem, [&](Element one) { copy(one); });
    }
    // What was posted gives way.
    void replace(std::string_view stem) {
        replaced_ = replaced_ || first_of(posted_, stem);
        copy_all(stem, record_);
    }

    void write_head() {
        if (const auto id = record_["id"]) copy(id);
        const auto ours = record_["meta"], theirs = posted_["meta"];
        if (!ours.first() && !theirs.first()) return;
        const auto meta = out_.add(out_.root(), "meta");
        const bool security = stale("meta");
        for (auto one = ours.first(); one; one = one.next())
            if (one.stem() != "security" || security || !theirs.has("security")) out_.add_copy(meta, one.name(), one);
        for (auto one = theirs.first(); one; one = one.next())
            if (!(one.stem() == "security" && security)) out_.add_copy(meta, one.name(), one);
    }

    void write(std::string_view stem) {
        static constexpr std::string_view apart[] = {"id", "meta", "text", "contained"};
        static constexpr std::string_view orders[] = {"subject", "basedOn", "imagingStudy"};
        static constexpr std::string_view persons[] = {"requester", "performer", "referrer", "resultsInterpreter"};
        const auto among = [&](const auto& list) {
            return std::find(std::begin(list), std::end(list), stem) != std::end(list);
        };
        if (among(apart)) return;
        if (!first_of(posted_, stem)) return copy_all(stem, record_);
        if (stem == "identifier") return write_identifiers();
        if (stem == "category") return write_categories();
        if (stem == "extension") return write_extensions();
        if (stem == "status") return write_status();
        if (stem == "supportingInfo") return write_supporting_info();
        if (stem == "result") return write_results();
        if (stem == "subject" && moved_) return replace(stem);
        if (among(orders) && first_of(record_, stem)) return write_record_references(stem);
        if (stale(stem)) return replace(stem);
        if (among(persons)) return write_persons(stem);
        copy_all(stem, posted_);
    }

    // Those of the record as they were posted, and the record's others. Of a patient, whose numbers may become another
    // one's, no more.
    void write_identifiers() {
        const auto same = [](Element posted, Element known) {
            const auto system = posted["system"].value();
            return posted["value"].value() == known["value"].value() &&
                   (system.empty() || system == known["system"].value());
        };
        const auto among = [&](Element one, Element all, bool is_posted) {
            bool found = false;
            for_each(all, "identifier",
                     [&](Element other) { found = found || (is_posted ? same(one, other) : same(other, one)); });
            return found;
        };
        const bool patient = record_.type()->name() == "Patient";
        for_each(posted_, "identifier", [&](Element one) {
            const bool gone = patient && one.has("value") && !among(one, record_, true);
            gone ? void(replaced_ = true) : copy(one);
        });
        for_each(record_, "identifier", [&](Element one) {
            if (!among(one, posted_, false)) copy(one);
        });
    }

    void write_categories() {
        if (stale("category")) return replace("category");
        copy_all("category", posted_);
        for_each(record_, "category", [&](Element one) {
            const auto coding = one["coding"];
            bool known = false;
            for_each(posted_, "category", [&](Element other) {
                for (auto each = other["coding"]; each; each = each.again())
                    known = known || (each["code"].value() == coding["code"].value() &&
                                      each["system"].value() == coding["system"].value());
                known = known || (!coding && other["text"].value() == one["text"].value());
            });
            // What makes it one of imaging is found and shown; the code itself stands there as it was posted.
            static constexpr std::string_view imaging[] = {"LP29684-5", "363679005"};
            const bool of_imaging =
                std::find(std::begin(imaging), std::end(imaging), coding["code"].value()) != std::end(imaging);
            if (!known && of_imaging) copy(one);
        });
    }

    void write_extensions() {
        for_each(posted_, "extension", [&](Element one) {
            const auto url = one["url"].value();
            stale("extension", url) ? void(replaced_ = true) : copy(one);
        });
        for_each(record_, "extension", [&](Element one) {
            const auto url = one["url"].value();
            bool posted = false;
            for_each(posted_, "extension", [&](Element other) { posted = posted || other["url"].value() == url; });
            if (!posted || stale("extension", url)) copy(one);
        });
    }

    void write_status() {
        const bool same = same_status(posted_["status"].value(), record_["status"].value());
        same ? copy_all("status", posted_) : replace("status");
    }

    // What an order says of its patient at the time; other references stay.
    void write_supporting_info() {
        if (!stale("contained")) return copy_all("supportingInfo", posted_);
        replace("supportingInfo");
        for_each(posted_, "supportingInfo", [&](Element one) {
            if (!leads_inside(one)) copy(one);
        });
    }

    // Observations inside it stay; those that came beside it are our sections.
    void write_results() {
        bool inside = true;
        for_each(posted_, "result", [&](Element one) { inside = inside && leads_inside(one); });
        if (stale("result")) return replace("result");
        copy_all("result", inside || !first_of(record_, "result") ? posted_ : record_);
    }

    // To one patient, one order: there it leads. To several, as the record has them.
    void write_record_references(std::string_view stem) {
        if (count_of(record_, stem) != 1 || count_of(posted_, stem) != 1) return copy_all(stem, record_);
        write_reference(first_of(posted_, stem), first_of(record_, stem));
    }

    void write_persons(std::string_view stem) {
        auto known = first_of(record_, stem);
        for_each(posted_, stem, [&](Element one) {
            write_reference(one, leads_inside(one) ? Element() : known);
            known = {};
        });
    }

    void write_reference(Element posted, Element known) {
        const auto reference = known["reference"];
        if (!reference) return copy(posted);
        const auto out = out_.add(out_.root(), posted.name());
        // Whoever another of our numbers led to has another name, and other identifiers.
        const auto led = posted["reference"].value();
        const auto number = led.substr(std::min(led.find('/') + 1, led.size()));
        const bool ours = !number.empty() && number.find_first_not_of("0123456789") == number.npos;
        const bool elsewhere = ours && led != reference.value();
        for (auto one = posted.first(); one; one = one.next()) {
            const auto name = one.stem();
            if (name != "reference" && !(elsewhere && (name == "display" || name == "identifier")))
                out_.add_copy(out, one.name(), one);
        }
        out_.add_copy(out, "reference", reference);
    }

    // dom-3: what is inside is referred to, from outside of it or by another one that is.
    void write_contained() {
        std::set<std::string, std::less<>> wanted;
        std::vector<Element> to_visit{out_.root()};
        std::set<std::uint32_t> taken;
        const bool of_record = stale("contained") || !first_of(posted_, "supportingInfo");
        const auto visit = [&](Element root) {
            std::vector<Element> stack{root};
            while (!stack.empty()) {
                const auto one = stack.back();
                stack.pop_back();
                const auto value = one.value();
                if (value.size() > 1 && value.front() == '#') wanted.emplace(value.substr(1));
                for (auto child = one.first(); child; child = child.next()) stack.push_back(child);
            }
        };
        visit(out_.root());
        const auto refers_to_whole = [](Element contained) {
            std::vector<Element> stack{contained};
            while (!stack.empty()) {
                const auto one = stack.back();
                stack.pop_back();
                if (one.value() == "#") return true;
                for (auto child = one.first(); child; child = child.next()) stack.push_back(child);
            }
            return false;
        };
        for (bool again = true; again;) {
            again = false;
            for_each(posted_, "contained", [&](Element one) {
                const bool needed = wanted.contains(one["id"].value()) || refers_to_whole(one);
                if (!needed || !taken.insert(one.node()).second) return;
                visit(one);
                again = true;
            });
        }
        for_each(posted_, "contained", [&](Element one) {
            if (taken.contains(one.node())) copy_contained(one);
        });
        if (!of_record) return;
        for_each(record_, "contained", [&](Element one) {
            if (wanted.contains(one["id"].value())) copy_contained(one);
        });
    }

    void copy_contained(Element from) { out_.add_copy(out_.root(), "contained", from); }

    Element record_, posted_;
    const std::vector<SaidField>& said_;
    std::vector<About> about_;
    bool moved_;  // since then it was taken for another patient's
    r4::Resource out_;
    bool replaced_ = false;
};

}  // namespace

std::string overlay(std::string projected, effects::RecordKind kind, const FieldNow& now, std::string_view posted) {
    const auto document = read_posted(posted);
    const auto record = r4::read_json(projected);
    if (!document || !record.resource || document->resource.type() != record.resource->type()) return projected;
    return Overlay(*record.resource, *document, kind, now).run();
}

}  // namespace gantry::fhir
