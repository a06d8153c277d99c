// Words in place of words: each has the length and the shape of the one it stands for (letters, digits, capitals,
// script, leading zeros) and nothing else of it. The same word always gets the same one, however it is written in
// capitals, and two words never get one, as long as there are enough words of their length.
//
// Which word it is follows from a key and the word. Whoever does not have the key cannot tell where it came from.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/digest.hpp"

namespace gantry::structures {

// Used by one thread.
class Pseudonyms {
  public:
    explicit Pseudonyms(const Digest& key) : key_(key) {}

    // From now on no pseudonym holds any word of this text that has four characters or more.
    void avoid(std::string_view text);
    // These words stand for themselves from now on.
    void keep(std::string_view text);

    // UTF-8. Every word is replaced, what is between words stays. A word is a run of letters and digits; one that is
    // made of zeros says nothing and stays.
    std::string replaced(std::string_view text);
    // A UID (PS3.5 chapter 9) stays one: its first four numbers say who made it and stay.
    std::string replaced_uid(std::string_view uid);

  private:
    using CodePoints = std::u32string;
    std::string replaced_word(const CodePoints& word);
    const CodePoints& pseudonym(const CodePoints& folded);
    std::optional<CodePoints> candidate(const CodePoints& folded, unsigned attempt) const;
    bool avoided(const CodePoints& word) const;

    Digest key_;
    std::unordered_map<CodePoints, CodePoints> known_;  // folded
    std::unordered_set<CodePoints> taken_, avoided_;
    std::size_t longest_avoided_ = 0;
};

// The words of a text, without regard to capitals, in UTF-8.
std::unordered_set<std::string> folded_words(std::string_view text);
// The text without regard to capitals.
std::string folded(std::string_view text);

// Numbers between dots, at least six of them, the first below 3: "1.2.840.10008.1.1".
bool is_uid(std::string_view text);

}  // namespace gantry::structures
