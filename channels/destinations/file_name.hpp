// What a delivery's file is called: a pattern of text, {id} (the number of the delivery) and {PATH} (a place of its HL7
// message, as engine/hl7/path.hpp writes it), and the extension.
//
//   {PID-3.1}_{MSH-10}_{id}   →   4711_MSG00017_81236.hl7
//
// Pure. The same delivery has the same name each time, two deliveries never have one: the number is in it.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "engine/hl7/path.hpp"
#include "engine/store/store.hpp"

namespace gantry::channels {

class FileName {
  public:
    // What is wrong with a pattern, for the person who wrote it, or empty.
    static std::string wrong(std::string_view pattern);

    // pattern: one that nothing is wrong with; of any other the name is the number alone.
    FileName(std::string_view pattern, std::string extension);

    // A single name without a directory. Of what the message says only letters and digits of ASCII, "-", "_" and "."
    // stay, at most 40 of them, and nothing where the message, or the place in it, is not there.
    std::string of(const store::DeliveryWork& work) const;

  private:
    struct Number {};
    using Part = std::variant<std::string, Number, hl7::Path>;
    static Result<std::vector<Part>> read(std::string_view pattern);

    std::vector<Part> parts_;
    std::string extension_;
    bool reads_message_ = false;
};

}  // namespace gantry::channels
