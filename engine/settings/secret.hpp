// A password or key from the configuration. It cannot be printed by accident: whatever shows it shows ***.
#pragma once
#include <iosfwd>
#include <string>

#include "engine/base/result.hpp"
#include "engine/settings/environment.hpp"

namespace gantry::settings {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    bool empty() const { return text_.empty(); }
    // The secret itself, for the one call that needs it. Never into logs, errors, answers or files.
    const std::string& reveal() const { return text_; }
    bool operator==(const Secret&) const = default;

  private:
    std::string text_;
};

// "***", or nothing for an empty secret.
std::string to_string(const Secret& secret);
std::ostream& operator<<(std::ostream& out, const Secret& secret);

// The first line of a file, without its end; relative names are found from environment.directory. At most 64 KiB.
// Error: config_secret.
Result<Secret> secret_from_file(const std::string& name, const Environment& environment);
// Error: config_secret, when the variable is not set.
Result<Secret> secret_from_variable(const std::string& name, const Environment& environment);

}  // namespace gantry::settings
