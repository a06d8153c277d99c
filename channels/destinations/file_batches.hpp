// Several HL7 messages in one file (HL7 v2.9 2.10.3), complete or not there at all, and none of them in two files.
//
//   .batch.part   the file that is being written
//   .batch.ids    the name it will have, and of each delivery in it the number and the attempt: synced before the file
//                 gets its name
//   NAME.hl7      the file: .batch.part, renamed. NAME: the first delivery and its attempt, so none has it twice
//
// After a crash .batch.ids tells what may have been delivered. Where .batch.part is still there, the file never got its
// name, and all of it is written anew. Where the file is there, all of it is delivered. Where neither is, whoever reads
// the directory has taken the file, or tidied up: what was in it is in doubt. What this says of a delivery is kept in
// .batch.ids until it was asked for and recorded.
#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/runtime/ports.hpp"

namespace gantry::channels {

// One thread. Before write() is called again, what the last one answered must be recorded.
class FileBatches {
  public:
    FileBatches(std::filesystem::path directory, std::string extension, bool file_envelope);
    // One answer for each, in their order. What is not one HL7 message is refused, the others go without it.
    std::vector<runtime::Destination::Answer> write(std::span<const store::DeliveryWork* const> works);

  private:
    using Answer = runtime::Destination::Answer;
    using Verdict = runtime::Destination::Verdict;
    using Works = std::vector<const store::DeliveryWork*>;
    // What became of a delivery that a crash has left.
    struct Left {
        int attempt = 0;
        bool delivered = false;  // or in doubt
    };
    bool recover();
    bool read_list();
    bool write_list(const std::string& name, const Works& works) const;
    const Left* left_of(const store::DeliveryWork& work) const;
    Verdict put(const Works& works) const;
    std::filesystem::path aside() const { return directory_ / ".batch.part"; }
    std::filesystem::path list() const { return directory_ / ".batch.ids"; }

    std::filesystem::path directory_;
    std::string extension_;
    bool file_envelope_;
    bool recovered_ = false;
    std::map<std::int64_t, Left> left_;
    std::vector<std::int64_t> answered_;  // of them, by the last write()
};

}  // namespace gantry::channels
