// Reads the database of an engine that is not running: from outside, by SQL that SQLite and PostgreSQL both understand.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/durability/hospital.hpp"

namespace gantry::durability {

class Ledger {
  public:
    using Rows = std::vector<std::vector<std::string>>;

    virtual ~Ledger() = default;
    // What was acknowledged, as a table `journal` (control_id, patient, placer, content, reply).
    virtual void load(const std::vector<Acknowledged>& journal) = 0;
    // Texts and bytes as they are, numbers in decimal. Throws std::runtime_error when the statement fails.
    virtual Rows rows(const std::string& sql) = 0;
    // Pages and indexes that are not what they should be.
    virtual long damages() = 0;

    // One number.
    long count(const std::string& sql) { return std::stol(rows(sql).at(0).at(0)); }
};

// store: as the engine's setting, "sqlite:FILE" or a PostgreSQL URL. Throws std::runtime_error.
std::unique_ptr<Ledger> open_ledger(const std::string& store, const std::filesystem::path& data);

}  // namespace gantry::durability
