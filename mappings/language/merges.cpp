// PID and MRG pairs into what they say about who is who.
#include <algorithm>

#include "engine/effects/records.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

using Of = effects::PatientMerge::Of;

// Says which of a pair's segments is missing, or which field of it has no identifier.
void missing_identifier(const std::vector<Source>& sources, const hl7::Scope& group, Frame& frame) {
    const auto& path = sources.front().path;
    for (auto i = group.begin; i < group.end; ++i)
        if (group.message->segment(i).id() == path.segment())
            return frame.remarks.fail(ErrorCode::patient_missing_identifier, no_identifier(sources, frame), {},
                                      place_of_segment(*group.message, i) + "-" + std::to_string(path.field()));
    frame.remarks.fail(ErrorCode::hl7_missing_segment, path.segment(), {},
                       place_of_segment(*group.message, group.begin));
}

// One pair of a merge message.
class PairEvaluation {
  public:
    PairEvaluation(const MergeSection& section, const hl7::Scope& group, Frame& frame, effects::Effects& effects)
        : section_(section), group_(group), frame_(frame), effects_(effects) {}

    void run() {
        const auto survivors = read_identifiers(section_.survivor, frame_);
        const auto priors = section_.prior.empty() ? survivors : read_identifiers(section_.prior, frame_);
        if (survivors.empty()) return missing_identifier(section_.survivor, group_, frame_);
        if (priors.empty()) return missing_identifier(section_.prior, group_, frame_);
        switch (section_.of) {
            case Of::patient:
                return merge(survivors, priors);
            case Of::identifier:
                return move(priors);
            case Of::new_identifier:
                return change(survivors, priors);
            case Of::account:
            case Of::visit:
                return numbers(survivors.front(), priors.front());
            case Of::undo:
                return;
        }
    }

  private:
    static bool among(const effects::Identifier& one, const std::vector<effects::Identifier>& all) {
        const auto key = effects::identifier_key(one);
        return std::any_of(all.begin(), all.end(), [&](const auto& other) { return identifier_key(other) == key; });
    }

    std::string place() const {
        const auto& message = *group_.message;
        for (auto i = group_.begin; i < group_.end; ++i)
            if (message.segment(i).id() == "MRG") return place_of_segment(message, i);
        return place_of_segment(message, group_.begin);
    }

    void add(const effects::Identifier& prior, const effects::Identifier& survivor) {
        effects_.merges.push_back({prior, survivor, section_.of, {}, {}, place()});
    }

    void nothing_changes() { frame_.remarks.fail(ErrorCode::patient_merge_cycle, {}, {}, place() + "-1"); }

    // Every number of the prior patient that is not the survivor's as well.
    void merge(const std::vector<effects::Identifier>& survivors, const std::vector<effects::Identifier>& priors) {
        const auto before = effects_.merges.size();
        for (const auto& prior : priors)
            if (effects::identifies(prior) && !among(prior, survivors)) add(prior, survivors.front());
        if (effects_.merges.size() == before) nothing_changes();
    }

    // MRG-1 says which numbers move; PID-3 or PID-2 has them beside another number of their new owner.
    void move(const std::vector<effects::Identifier>& priors) {
        std::vector<effects::Identifier> all;
        for (const auto& source : section_.survivor)
            for (auto& one : read_all_identifiers(source, frame_)) all.push_back(std::move(one));
        const auto target = std::find_if(
            all.begin(), all.end(), [&](const auto& one) { return effects::identifies(one) && !among(one, priors); });
        if (target == all.end()) return missing_identifier(section_.survivor, group_, frame_);
        for (const auto& prior : priors) add(prior, *target);
    }

    // Of several numbers the pair of one authority and type.
    void change(const std::vector<effects::Identifier>& survivors, const std::vector<effects::Identifier>& priors) {
        const auto& prior = priors.front();
        const auto same_kind = std::find_if(survivors.begin(), survivors.end(), [&](const auto& one) {
            return one.authority == prior.authority && one.type == prior.type;
        });
        const auto& survivor = same_kind == survivors.end() ? survivors.front() : *same_kind;
        if (effects::identifier_key(prior) == effects::identifier_key(survivor)) return nothing_changes();
        add(prior, survivor);
    }

    void numbers(const effects::Identifier& survivor, const effects::Identifier& prior) {
        std::string_view source;
        add(prior, survivor);
        auto& merge = effects_.merges.back();
        merge.prior_number = read_number(section_.prior_number, frame_, source).number;
        merge.number = read_number(section_.number, frame_, source).number;
        if (merge.prior_number.empty())
            frame_.remarks.fail(ErrorCode::hl7_missing_field, section_.prior_number.front().path.text(), {},
                                merge.place + "-" + std::to_string(section_.prior_number.front().path.field()));
    }

    const MergeSection& section_;
    const hl7::Scope& group_;
    Frame& frame_;
    effects::Effects& effects_;
};

std::size_t pid_of(const hl7::Scope& pair) {
    auto at = pair.begin;
    while (at + 1 < pair.end && pair.message->segment(at).id() != "PID") ++at;
    return at;
}

// What the PID of this pair says of its survivor, for the merges from `first` on.
void of_its_own(const PatientSection& section, Frame& pair, std::size_t first, effects::Effects& effects) {
    effects::Effects one;
    evaluate_patient(section, pair, one);
    if (!one.patient) return;
    check_patient(section, pair, *one.patient);
    one.patient->place = place_of_segment(*pair.place.all.message, pid_of(pair.place.all));
    const auto pid = std::make_shared<const effects::PatientChange>(std::move(*one.patient));
    for (auto i = first; i < effects.merges.size(); ++i) effects.merges[i].pid = pid;
}

}  // namespace

void evaluate_merges(const MergeSection& section, const PatientSection* patient, Frame& frame,
                     effects::Effects& effects) {
    const auto& message = *frame.place.all.message;
    const bool several = hl7::groups(hl7::whole(message), "PID").size() > 1;
    const auto everything = hl7::whole(message), common = hl7::head(everything, section.each);
    auto groups = hl7::groups(everything, section.each);
    constexpr std::size_t most = 1000;
    if (groups.size() > most)
        return frame.remarks.fail(ErrorCode::hl7_too_many, "at most 1000 merges in one message", {}, section.each);
    for (auto& group : groups) {
        group.outer = &common;
        Frame pair{frame.context, frame.remarks, Place::of(group), frame.type, frame.event};
        const auto before = effects.merges.size();
        PairEvaluation(section, group, pair, effects).run();
        if (several && patient) of_its_own(*patient, pair, before, effects);
        if (frame.remarks.error()) return;
    }
    if (groups.empty()) return frame.remarks.fail(ErrorCode::hl7_missing_segment, section.each, {}, section.each);
    if (several) effects.patient.reset();
}

}  // namespace gantry::mappings
