#include "engine/json/value.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <unordered_set>

namespace gantry::json {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Turns growing offsets into lines and columns in one pass over the text.
class LineCounter {
  public:
    explicit LineCounter(std::string_view text) : text_(text) {}

    Position at(std::size_t offset) {
        for (; next_ < offset && next_ < text_.size(); ++next_) {
            if (text_[next_] != '\n') continue;
            ++line_;
            line_start_ = next_ + 1;
        }
        return {line_, static_cast<std::uint32_t>(offset - line_start_ + 1)};
    }

  private:
    std::string_view text_;
    std::size_t next_ = 0, line_start_ = 0;
    std::uint32_t line_ = 1;
};

// The reader lets the escape of a low surrogate without its high one through.
bool holds_surrogate(std::string_view utf8) {
    for (auto at = utf8.find('\xED'); at != std::string_view::npos; at = utf8.find('\xED', at + 1))
        if (at + 1 < utf8.size() && static_cast<unsigned char>(utf8[at + 1]) >= 0xA0) return true;
    return false;
}

std::string place_of(Position at) {
    return std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string words_of(rapidjson::ParseErrorCode code) {
    std::string words = rapidjson::GetParseError_En(code);
    if (!words.empty() && words.back() == '.') words.pop_back();
    return words;
}

struct Mistake {
    std::size_t offset;
    std::string words;
};

// What a person has done wrong where the reader stopped. last: where the token before ended. A comma that is missing is
// missing behind that token, not before the next one, which may be lines below.
Mistake mistake_at(const rapidjson::ParseResult& result, std::string_view text, std::size_t last) {
    const auto at = result.Offset();
    const char found = at < text.size() ? text[at] : '\0';
    switch (result.Code()) {
        case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
            return {last, "a comma or } is missing here"};
        case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
            return {last, "a comma or ] is missing here"};
        case rapidjson::kParseErrorStringEscapeInvalid:  // of a control character, too
        case rapidjson::kParseErrorStringInvalidEncoding:
            if (found == '\n' || found == '\r') return {at, "a string is not closed in its line"};
            return {at, found == '\\' ? words_of(result.Code()) : "a string holds a control character or broken UTF-8"};
        case rapidjson::kParseErrorObjectMissName:
        case rapidjson::kParseErrorValueInvalid:
            if ((found == '}' || found == ']') && last < at && text[last] == ',')
                return {last, std::string("the comma before ") + found + " is one too many"};
            return {at, found == '\'' ? "a text is written in double quotes" : words_of(result.Code())};
        default:
            return {at, words_of(result.Code())};
    }
}

}  // namespace

// Handler of the reader. The reader calls it before it takes a bracket, but after any other token, whose start is found
// by looking back over its text; every byte is looked at once more, whatever the input.
class TreeBuilder {
  public:
    TreeBuilder(std::string_view text, const rapidjson::MemoryStream& stream)
        : text_(text), stream_(&stream), lines_(text) {}

    bool Null() { return leaf(Kind::null, end() - 4) != nullptr; }

    bool Bool(bool boolean) {
        Value* value = leaf(Kind::boolean, end() - (boolean ? 4 : 5));
        if (value) value->boolean_ = boolean;
        return value != nullptr;
    }

    // The reader has checked the grammar and leaves the conversion to us: its own has undefined behaviour for 0e53.
    bool RawNumber(const char* characters, rapidjson::SizeType size, bool) {
        Value* value = leaf(Kind::number, end() - size);
        if (!value) return false;
        const char* last = characters + size;
        const auto whole = std::from_chars(characters, last, value->integral_);
        value->integer_ = whole.ec == std::errc() && whole.ptr == last;
        if (!value->integer_) value->integral_ = 0;
        value->number_ = static_cast<double>(value->integral_);
        if (value->integer_ || std::from_chars(characters, last, value->number_).ec == std::errc()) return true;
        return refuse("a number that a double cannot hold", value->position_);
    }

    // Never called when numbers come as text, but the reader's handler concept asks for them.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

    bool String(const char* bytes, rapidjson::SizeType size, bool) {
        Value* value = leaf(Kind::string, string_start());
        if (!value) return false;
        if (holds_surrogate({bytes, size})) return refuse(lone_surrogate, value->position_);
        value->text_.assign(bytes, size);
        return true;
    }

    bool Key(const char* bytes, rapidjson::SizeType size, bool) {
        const auto position = lines_.at(string_start());
        token_end_ = end();
        std::string key(bytes, size);
        if (holds_surrogate(key)) return refuse(lone_surrogate, position);
        if (!open_.back().keys.insert(key).second) return refuse("the key \"" + key + "\" is there twice", position);
        open_.back().value->members_.push_back({std::move(key), position, {}});
        return true;
    }

    bool StartObject() { return start(Kind::object); }
    bool EndObject(rapidjson::SizeType) { return finish(); }
    bool StartArray() { return start(Kind::array); }
    bool EndArray(rapidjson::SizeType) { return finish(); }

    Value take() { return std::move(root_); }
    // Where the last whole token ended.
    std::size_t token_end() const { return token_end_; }
    bool refused() const { return !reason_.empty(); }
    Error refusal() const { return {ErrorCode::config_syntax, reason_, place_of(refused_at_)}; }
    // Offset at or after every one asked before.
    Position position_of(std::size_t offset) { return lines_.at(offset); }

  private:
    static constexpr const char* lone_surrogate = "a string holds half of a surrogate pair";

    struct Open {
        Value* value;  // stable: its parent gets no further element until it is closed
        std::unordered_set<std::string> keys;
    };

    std::size_t end() const { return stream_->Tell(); }

    // A quote inside a string follows a backslash, the opening quote never does.
    std::size_t string_start() const {
        auto start = end() - 2;
        while (start > 0 && !(text_[start] == '"' && text_[start - 1] != '\\')) --start;
        return start;
    }

    Value* leaf(Kind kind, std::size_t start) {
        token_end_ = end();
        const auto position = lines_.at(start);
        if (++count_ > max_values) {
            refuse("more than " + std::to_string(max_values) + " values", position);
            return nullptr;
        }
        Value& value = place();
        value.kind_ = kind;
        value.position_ = position;
        return &value;
    }

    Value& place() {
        if (open_.empty()) return root_;
        Value& parent = *open_.back().value;
        if (parent.kind_ == Kind::object) return parent.members_.back().value;
        return parent.items_.emplace_back();
    }

    bool start(Kind kind) {
        Value* value = leaf(kind, end());
        if (!value) return false;
        if (open_.size() == max_depth)
            return refuse("more than " + std::to_string(max_depth) + " levels deep", value->position_);
        open_.push_back({value, {}});
        return true;
    }

    bool finish() {
        token_end_ = end() + 1;
        open_.pop_back();
        return true;
    }

    bool refuse(std::string reason, Position at) {
        reason_ = std::move(reason);
        refused_at_ = at;
        return false;
    }

    std::string_view text_;
    const rapidjson::MemoryStream* stream_;
    LineCounter lines_;
    Value root_;
    std::vector<Open> open_;
    std::size_t count_ = 0, token_end_ = 0;
    std::string reason_;
    Position refused_at_;
};

const Value* Value::find(std::string_view key) const {
    for (const auto& member : members_)
        if (member.key == key) return &member.value;
    return nullptr;
}

Result<Value> parse(std::string_view text) {
    if (text.size() > max_bytes)
        return Error{ErrorCode::config_syntax, "longer than " + std::to_string(max_bytes) + " bytes", "1:1"};
    if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
    if (text.empty()) return Error{ErrorCode::config_syntax, words_of(rapidjson::kParseErrorDocumentEmpty), "1:1"};
    constexpr unsigned flags = rapidjson::kParseCommentsFlag | rapidjson::kParseNumbersAsStringsFlag |
                               rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    TreeBuilder tree(text, stream);
    const auto result = reader.Parse<flags>(stream, tree);
    if (tree.refused()) return tree.refusal();
    if (result.IsError()) {
        auto mistake = mistake_at(result, text, tree.token_end());
        return Error{ErrorCode::config_syntax, std::move(mistake.words), place_of(tree.position_of(mistake.offset))};
    }
    // The reader takes a NUL for the end of the text.
    if (stream.Tell() != text.size())
        return Error{ErrorCode::config_syntax, "a NUL byte", place_of(tree.position_of(stream.Tell()))};
    return tree.take();
}

std::string child_pointer(std::string_view pointer, std::string_view token) {
    std::string out(pointer);
    out.push_back('/');
    for (const char c : token) {
        if (c == '~')
            out.append("~0");
        else if (c == '/')
            out.append("~1");
        else
            out.push_back(c);
    }
    return out;
}

}  // namespace gantry::json
