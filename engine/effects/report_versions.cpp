#include "engine/effects/report_versions.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "engine/effects/report_text.hpp"
#include "engine/effects/sentences.hpp"

namespace gantry::effects {
namespace {

using enum ReportField;
using Status = ResultStatus;

constexpr std::array<std::string_view, 6> statuses{"registered", "partial",   "preliminary",
                                                   "final",      "corrected", "cancelled"};
constexpr std::array sections{clinical_history, technique, findings, impression, recommendations};
constexpr int draft = 0, preliminary = 1, final = 2;

int level_of(Status status) {
    if (status == Status::registered) return draft;
    return status == Status::partial || status == Status::preliminary ? preliminary : final;
}

// Lines of a version that belong to the text, or to its addenda.
ReportLines those(const ReportLines& lines, bool of_addenda) {
    ReportLines out;
    std::copy_if(lines.begin(), lines.end(), std::back_inserter(out),
                 [&](const ReportLine& line) { return (line.section == addenda) == of_addenda; });
    return out;
}

bool has_content(const ReportVersion& version) {
    return has_text(version.lines) || !version.documents.empty() || !version.said[document_location].empty();
}

struct Addendum {
    std::string part;
    ReportLines lines;
    std::vector<EnclosedDocument> documents;
};

// The addenda of a report, oldest first.
class Addenda {
  public:
    const std::vector<Addendum>& all() const { return all_; }
    void clear() { all_.clear(); }

    // A document of its own. True: something is different now.
    bool put(const ReportVersion& version) {
        Addendum said{version.part, version.lines, version.documents};
        const auto known = find(version.part);
        if (known == all_.end()) return all_.push_back(std::move(said)), true;
        if (amends(said.lines)) return amend_lines(known->lines, said.lines);
        const bool differs = known->lines != said.lines || known->documents != said.documents;
        *known = std::move(said);
        return differs;
    }

    bool remove(const std::string& part) {
        const auto known = find(part);
        if (known == all_.end()) return false;
        all_.erase(known);
        return true;
    }

    // Lines that came with the report itself. A sender may repeat the earlier addenda before the new one.
    bool add_lines(const ReportLines& lines) {
        if (amends(lines)) return amend_all(lines);
        const auto said = text_of(lines);
        if (!has_text(lines)) return false;
        for (const auto& known : all_)
            if (text_of(known.lines) == said) return false;
        ReportLines earlier;
        for (const auto& known : all_)
            if (known.part.empty()) earlier.insert(earlier.end(), known.lines.begin(), known.lines.end());
        const auto before = text_of(earlier);
        if (before == said) return false;
        if (!earlier.empty() && said.starts_with(before + "\n"))
            std::erase_if(all_, [](const Addendum& known) { return known.part.empty(); });
        all_.push_back({{}, lines, {}});
        return true;
    }

    std::string text() const {
        std::string out;
        for (const auto& addendum : all_) {
            if (!has_text(addendum.lines)) continue;
            out += (out.empty() ? "" : "\n\n") + text_of(addendum.lines);
        }
        return out;
    }

  private:
    std::vector<Addendum>::iterator find(const std::string& part) {
        if (part.empty()) return all_.end();
        return std::find_if(all_.begin(), all_.end(), [&](const Addendum& known) { return known.part == part; });
    }

    static bool amend_lines(ReportLines& known, const ReportLines& said) {
        const auto before = known;
        amend(known, said);
        return known != before;
    }

    bool amend_all(const ReportLines& lines) {
        ReportLines joined;
        for (const auto& known : all_) joined.insert(joined.end(), known.lines.begin(), known.lines.end());
        if (!amend_lines(joined, lines)) return false;
        std::erase_if(all_, [](const Addendum& known) { return known.documents.empty(); });
        for (auto& known : all_) known.lines.clear();
        if (!joined.empty()) all_.insert(all_.begin(), Addendum{{}, std::move(joined), {}});
        return true;
    }

    std::vector<Addendum> all_;
};

// Versions taken one after the other.
class Fold {
  public:
    void take(const ReportVersion& version) {
        if (version.status == Status::cancelled) return version.addendum ? remove_addendum(version) : withdraw(version);
        if (withdrawn_ && (version.addendum || !has_content(version))) return;
        if (withdrawn_) begin_anew();
        if (level_of(version.status) < level_) return;
        version.addendum ? take_addendum(version) : take_version(version);
    }

    ReportState finish() {
        auto& fields = out_.fields;
        if (fields[status].empty()) fields[status] = "DRAFT";
        if (withdrawn_) {
            for (const auto field : sections) fields[field].clear();
            for (const auto field : {addenda, ReportField::text, document_location, posted}) fields[field].clear();
            return std::move(out_);
        }
        for (const auto field : sections) fields[field] = section_of(lines_, field);
        fields[ReportField::text] = text_of(lines_);
        fields[addenda] = section_of(lines_, addenda);  // under a heading within the text
        if (const auto added = addenda_.text(); !added.empty())
            fields[addenda] += (fields[addenda].empty() ? "" : "\n\n") + added;
        show_document();
        for (const auto& [part, sentence] : announced_) add_sentence(fields[warnings], sentence);
        return std::move(out_);
    }

  private:
    struct Change {
        bool replaced = false, added = false;  // the text before; addenda
    };

    void take_version(const ReportVersion& version) {
        const auto change = take_content(version);
        set_status(version, change);
        for (std::size_t i = 0; i < version.said.size(); ++i)
            if (!version.said.at(i).empty()) out_.fields.at(i) = version.said.at(i);
        out_.fields[warnings] = version.said[warnings];
        show(version);
    }

    Change take_content(const ReportVersion& version) {
        Change out;
        const auto own = those(version.lines, false);
        const auto before = text_of(lines_);
        if (amends(own))
            amend(lines_, own);
        else if (has_text(own))
            lines_ = own;
        const bool other_text = text_of(lines_) != before;
        const bool other_documents = !version.documents.empty() && version.documents != documents_;
        const bool withdrawn = withdraw_documents(own);
        out.replaced = withdrawn || (other_text && !before.empty()) || (other_documents && !documents_.empty());
        // A document shows the text it was made from: neither outlives the other's replacement.
        if (other_documents) {
            if (!documents_.empty() && !has_text(own)) lines_.clear();
            documents_ = version.documents;
        } else if (other_text && version.documents.empty() && !before.empty()) {
            documents_.clear();
            out_.fields[document_location].clear();
        }
        const auto said = those(version.lines, true);
        const bool other_addenda = addenda_.add_lines(said);
        (amends(said) ? out.replaced : out.added) |= other_addenda;
        note_announcement(version, {});
        return out;
    }

    bool withdraw_documents(const ReportLines& said) {
        const auto gone = std::erase_if(documents_, [&](const EnclosedDocument& document) {
            return std::any_of(said.begin(), said.end(), [&](const ReportLine& line) {
                return line.says == ReportLine::Says::withdraw && line.code == document.code &&
                       line.sub_id == document.sub_id;
            });
        });
        return gone > 0;
    }

    void set_status(const ReportVersion& version, Change change) {
        level_ = level_of(version.status);
        if (level_ < final) {
            set(level_ == draft ? "DRAFT" : "PRELIMINARY", to_text(version.status));
            return;
        }
        change.replaced = change.replaced || (anew_ && was_final_);
        anew_ = false;
        const bool only_added = change.added && !change.replaced;
        if (version.status == Status::corrected && !only_added)
            set("AMENDED", "corrected");
        else if (!was_final_ && version.status == Status::final)
            set("FINAL", "final");
        else if (change.replaced)
            set("AMENDED", "amended");
        else if (change.added)
            set("AMENDED", "appended");
        if (!was_final_) out_.fields[finalized_date] = version.said[report_date];
        was_final_ = true;
    }

    void take_addendum(const ReportVersion& version) {
        note_announcement(version, version.part);
        const bool changed = (has_content(version) || amends(version.lines)) && addenda_.put(version);
        if (was_final_ && changed) set("AMENDED", "appended");
        if (level_ < draft) set_first_status(version);
        if (changed) out_.fields[report_date] = version.said[report_date];
        show(version);
    }

    // An addendum came before the report it adds to.
    void set_first_status(const ReportVersion& version) {
        const auto level = level_of(version.status);
        set(level == draft ? "DRAFT" : level == preliminary ? "PRELIMINARY" : "FINAL", to_text(version.status));
    }

    void remove_addendum(const ReportVersion& version) {
        if (!addenda_.remove(version.part)) return;
        if (was_final_) set("AMENDED", "amended");
        show(version);
    }

    void withdraw(const ReportVersion& version) {
        withdrawn_ = true;
        out_.fields[result_status] = was_final_ ? "entered-in-error" : "cancelled";
        out_.fields[report_date] = version.said[report_date];
        show(version);
    }

    void begin_anew() {
        withdrawn_ = false;
        anew_ = true;
        level_ = draft - 1;
        lines_.clear();
        documents_.clear();
        addenda_.clear();
        announced_.clear();
    }

    void note_announcement(const ReportVersion& version, const std::string& part) {
        if (has_content(version) || !version.announces.empty())
            std::erase_if(announced_, [&](const auto& earlier) { return earlier.first == part; });
        if (!has_content(version) && !version.announces.empty()) announced_.emplace_back(part, version.announces);
    }

    void show_document() {
        const auto* document = documents_.empty() ? nullptr : &documents_.front();
        for (const auto& addendum : addenda_.all())
            if (!document && !addendum.documents.empty()) document = &addendum.documents.front();
        if (!document) return;
        out_.fields[document_type] = document->media_type;
        out_.fields[document_digest] = document->digest;
        out_.fields[document_size] = std::to_string(document->size);
    }

    void set(std::string_view known, std::string_view result) {
        out_.fields[ReportField::status] = known;
        out_.fields[result_status] = result;
    }

    void show(const ReportVersion& version) {
        out_.current = version.id;
        out_.counted.push_back(version.id);
    }

    ReportState out_;
    ReportLines lines_;
    std::vector<EnclosedDocument> documents_;
    Addenda addenda_;
    std::vector<std::pair<std::string, std::string>> announced_;  // part, sentence
    int level_ = draft - 1;                                       // nothing yet
    bool was_final_ = false, withdrawn_ = false;
    bool anew_ = false;  // begun anew, and not final since
};

}  // namespace

std::string_view to_text(ResultStatus status) {
    return statuses[static_cast<std::size_t>(status)];
}

std::optional<ResultStatus> result_status_named(std::string_view text) {
    const auto found = std::find(statuses.begin(), statuses.end(), text);
    if (found == statuses.end()) return std::nullopt;
    return static_cast<ResultStatus>(found - statuses.begin());
}

ReportState report_of(std::vector<ReportVersion> versions) {
    std::sort(versions.begin(), versions.end(), [](const ReportVersion& a, const ReportVersion& b) {
        return std::tie(a.time, a.id) < std::tie(b.time, b.id);
    });
    Fold fold;
    for (const auto& version : versions) fold.take(version);
    return fold.finish();
}

bool same_content(const ReportVersion& a, const ReportVersion& b) {
    auto said = a.said;
    said[report_date] = b.said[report_date];
    return a.sent == b.sent && a.status == b.status && a.addendum == b.addendum && a.part == b.part &&
           a.announces == b.announces && said == b.said && a.lines == b.lines && a.documents == b.documents;
}

}  // namespace gantry::effects
