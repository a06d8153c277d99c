// What can be known to be wrong with a script before it runs: names that do not exist, fields, tables, columns, paths
// and patterns, sentences that are put together. Only what is certain is reported.
#pragma once
#include "engine/json/diagnostic.hpp"
#include "mappings/language/table.hpp"
#include "mappings/script/script_text_internal.hpp"

namespace gantry::mappings::script {

void check(const ScriptText& script, const Tables& tables, json::Diagnostics& diagnostics);

// The tables it names as tables.NAME; all of them where it uses `tables` in another way.
std::vector<std::shared_ptr<const Table>> tables_of(const ScriptText& script, const Tables& all);

}  // namespace gantry::mappings::script
