#include "engine/dicom/worklist_answer.hpp"

#include <algorithm>

#include "engine/dicom/tags.hpp"
#include "engine/dicom/wire_text.hpp"
#include "engine/dicom/worklist_attributes.hpp"

namespace gantry::dicom {
namespace {

using Table = std::span<const WorklistAttribute>;

// Says how the answer is to be given and not what is asked.
bool is_control_key(Tag tag) {
    return tag.element == 0 || tag == tags::SpecificCharacterSet || tag == tags::QueryRetrieveLevel;
}

bool asks_nothing(const Dataset& keys) {
    return std::all_of(keys.elements.begin(), keys.elements.end(),
                       [](const Element& e) { return is_control_key(e.tag); });
}

bool has_content(const Element& element) {
    return !element.value.empty() || !element.items.empty();
}

class Composer {
  public:
    Composer(const effects::WorklistRow& row, const std::string& calling_ae) : row_(row), calling_ae_(calling_ae) {}

    Answer compose(const Dataset& keys) && {
        const bool all = asks_nothing(keys);
        answer_.dataset = all ? everything(root_attributes()) : asked(keys, root_attributes());
        // A response without the step says nothing: it is there whether asked or not.
        if (!keys.find(tags::ScheduledProcedureStepSequence))
            answer_.dataset.elements.push_back(step_sequence(nullptr));
        return std::move(answer_);
    }

  private:
    Element element_of(const WorklistAttribute& attribute) {
        Element element{attribute.tag, attribute.vr, {}, {}};
        if (attribute.items) {
            element.items = attribute.items(row_);
            return element;
        }
        const auto stored = attribute.text(row_);
        auto wire = attribute.multiplicity == Multiplicity::many ? wire_texts(attribute.vr, stored)
                                                                 : wire_text(attribute.vr, stored);
        if (wire.shortened) answer_.shortened.push_back(attribute.keyword);
        element.value = std::move(wire.value);
        if (element.value.empty() && attribute.type == KeyType::type_1) fill_in(element, attribute.keyword);
        return element;
    }

    void fill_in(Element& element, events::Literal keyword) {
        if (element.tag == tags::ScheduledStationAETitle) element.value = calling_ae_;
        answer_.missing.push_back(keyword);
    }

    Dataset everything(Table table) {
        Dataset out;
        for (const auto& attribute : table) {
            auto element = element_of(attribute);
            if (has_content(element) || attribute.type != KeyType::type_3) out.elements.push_back(std::move(element));
        }
        return out;
    }

    Element step_sequence(const Element* key) {
        const bool all = !key || key->items.empty() || asks_nothing(key->items.front());
        Element sequence{tags::ScheduledProcedureStepSequence, "SQ", {}, {}};
        sequence.items.push_back(all ? everything(step_attributes()) : asked(key->items.front(), step_attributes()));
        return sequence;
    }

    Dataset asked(const Dataset& keys, Table table) {
        Dataset out;
        for (const auto& key : keys.elements) {
            if (!is_control_key(key.tag) && !out.find(key.tag)) out.elements.push_back(answer_to(key, table));
        }
        return out;
    }

    Element answer_to(const Element& key, Table table) {
        if (key.tag == tags::ScheduledProcedureStepSequence && table.data() == root_attributes().data()) {
            return step_sequence(&key);
        }
        const auto* attribute = find_attribute(table, key.tag);
        // Some put the keys of the step beside its sequence, or others into it, and look for the answer there.
        if (!attribute) attribute = find_attribute(step_attributes(), key.tag);
        if (!attribute) attribute = find_attribute(root_attributes(), key.tag);
        if (!attribute) {
            answer_.unsupported_key = true;
            return {key.tag, key.vr, {}, {}};
        }
        auto element = element_of(*attribute);
        if (!key.items.empty()) complete_items(element.items, key.items.front());
        return element;
    }

    // Inside code and issuer items all we have is given; what else was asked is answered empty.
    void complete_items(std::vector<Dataset>& items, const Dataset& keys) {
        for (auto& item : items) {
            for (const auto& key : keys.elements) {
                if (!is_control_key(key.tag) && !item.find(key.tag)) item.elements.push_back({key.tag, key.vr, {}, {}});
            }
        }
    }

    const effects::WorklistRow& row_;
    const std::string& calling_ae_;
    Answer answer_;
};

}  // namespace

Answer worklist_answer(const effects::WorklistRow& row, const Dataset& keys, const std::string& calling_ae) {
    return Composer(row, calling_ae).compose(keys);
}

}  // namespace gantry::dicom
