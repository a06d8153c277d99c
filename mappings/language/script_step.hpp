// The port of scripts: the last step of a mapping, written in a programming language. It runs after the sections of the
// document and before what they made is checked, so that it may supply what a section could not. mappings/script
// implements it.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gantry::mappings {

class ScriptView;
class Table;

class ScriptStep {
  public:
    virtual ~ScriptStep() = default;
    virtual const std::string& name() const = 0;  // of its file, "ward.lua"
    // All that it may read.
    virtual const std::vector<std::shared_ptr<const Table>>& tables() const = 0;
    // Any number of threads at once; never throws. The same message gives the same effects, whatever ran before.
    // Sources of what it sets (effects::FieldChange::source) live as long as the step.
    virtual void run(ScriptView& view) const = 0;
};

// By file name, "ward.lua". Null: the file is there and cannot be used.
using Scripts = std::map<std::string, std::shared_ptr<const ScriptStep>, std::less<>>;

}  // namespace gantry::mappings
