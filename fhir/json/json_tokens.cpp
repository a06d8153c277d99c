// 16 bytes at a time where the processor can. In a namespace of our own: the same templates are built otherwise in
// engine/json.
#define RAPIDJSON_NAMESPACE gantry_fhir_rapidjson
#define RAPIDJSON_NAMESPACE_BEGIN namespace gantry_fhir_rapidjson {
#define RAPIDJSON_NAMESPACE_END }
#ifdef __SSE2__
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_set>

#include "engine/base/utf8.hpp"
#include "fhir/json/json_tokens_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

namespace rapidjson = gantry_fhir_rapidjson;

constexpr std::size_t max_brackets = 2 * max_depth;  // of an array and of an object for each element
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// The NUL at the end, and what whole blocks of 16 bytes take beyond it.
constexpr std::size_t read_ahead = 32;
constexpr auto flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;

// The reader lets the escape of a low surrogate without its high one through.
bool holds_surrogate(std::string_view utf8) {
    for (auto at = utf8.find('\xED'); at != std::string_view::npos; at = utf8.find('\xED', at + 1))
        if (at + 1 < utf8.size() && static_cast<unsigned char>(utf8[at + 1]) >= 0xA0) return true;
    return false;
}

// Handler of the reader. In situ: strings are decoded where they stand, so that their places are known.
class TokenList {
  public:
    TokenList(const char* begin, rapidjson::InsituStringStream& stream, const ReadOptions& options,
              std::vector<Token>& tokens)
        : begin_(begin), stream_(&stream), options_(&options), tokens_(&tokens) {}

    bool Null() { return leaf(Token::Kind::null, end() - 4, {}); }
    bool Bool(bool value) { return leaf(Token::Kind::boolean, end() - (value ? 4 : 5), value ? "true" : "false"); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        return leaf(Token::Kind::number, static_cast<std::size_t>(text - begin_), {text, size});
    }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        const auto at = static_cast<std::size_t>(text - begin_) - 1;
        if (holds_surrogate({text, size})) return refuse(at, lone_surrogate);
        return leaf(Token::Kind::string, at, {text, size});
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        key_ = {text, size};
        key_offset_ = static_cast<std::size_t>(text - begin_) - 1;
        if (holds_surrogate(key_)) return refuse(key_offset_, lone_surrogate);
        if (open_.back().keys >= max_keys) return refuse(key_offset_, "an object has more keys than are read", true);
        if (is_duplicate()) return refuse(key_offset_, "a key is there twice in one object");
        return true;
    }
    bool StartObject() { return open(Token::Kind::object); }
    bool StartArray() { return open(Token::Kind::array); }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool EndArray(rapidjson::SizeType) { return close(); }

    // Never called when numbers come as text, but the reader's handler concept asks for them.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

    std::optional<JsonMistake> mistake;

  private:
    static constexpr const char* lone_surrogate = "a string holds half of a surrogate pair";
    static constexpr std::size_t few_keys = 48;

    // Keys that were in the object already: nearly always told apart by a bit each; of a large object in a set.
    struct Open {
        std::uint32_t token;
        std::uint32_t keys = 0;
        std::uint64_t seen = 0;
        std::unordered_set<std::string_view> names = {};
    };

    std::size_t end() const { return stream_->Tell(); }

    bool refuse(std::size_t at, const char* words, bool too_costly = false) {
        mistake = JsonMistake{at, words, too_costly};
        return false;
    }

    Token* append(Token::Kind kind, std::size_t at) {
        if (tokens_->size() >= options_->max_elements) {
            refuse(at, "there are more values than are read", true);
            return nullptr;
        }
        auto& token = tokens_->emplace_back();
        token.kind = kind;
        token.end = static_cast<std::uint32_t>(tokens_->size());
        token.offset = static_cast<std::uint32_t>(at);
        token.key_offset = static_cast<std::uint32_t>(key_offset_);
        token.key = key_;
        return &token;
    }

    bool leaf(Token::Kind kind, std::size_t at, std::string_view text) {
        auto* token = append(kind, at);
        if (token) token->text = text;
        return token != nullptr;
    }

    // The reader has taken the bracket.
    bool open(Token::Kind kind) {
        if (open_.size() >= max_brackets) return refuse(end() - 1, "it is nested deeper than is read", true);
        if (!append(kind, end() - 1)) return false;
        open_.push_back({static_cast<std::uint32_t>(tokens_->size() - 1)});
        key_ = {};
        return true;
    }
    bool close() {
        (*tokens_)[open_.back().token].end = static_cast<std::uint32_t>(tokens_->size());
        open_.pop_back();
        key_ = {};
        return true;
    }

    bool is_duplicate() {
        auto& object = open_.back();
        const std::size_t first = key_.empty() ? 0 : static_cast<unsigned char>(key_.front());
        const std::size_t last = key_.empty() ? 0 : static_cast<unsigned char>(key_.back());
        const auto bit = std::uint64_t{1} << ((key_.size() * 31 + first * 7 + last) & 63);
        const bool maybe = (object.seen & bit) != 0;
        object.seen |= bit;
        if (++object.keys > few_keys) return is_in_set(object);
        return maybe && is_among(object);
    }
    bool is_among(const Open& object) const {
        for (auto at = object.token + 1; at < tokens_->size(); at = (*tokens_)[at].end)
            if ((*tokens_)[at].key == key_) return true;
        return false;
    }
    bool is_in_set(Open& object) {
        if (object.names.empty())
            for (auto at = object.token + 1; at < tokens_->size(); at = (*tokens_)[at].end)
                object.names.insert((*tokens_)[at].key);
        return !object.names.insert(key_).second;
    }

    const char* begin_;
    rapidjson::InsituStringStream* stream_;
    const ReadOptions* options_;
    std::vector<Token>* tokens_;
    std::vector<Open> open_;
    std::string_view key_;
    std::size_t key_offset_ = 0;
};

std::size_t first_broken(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = utf8_length(bytes.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return bytes.size();
}

std::string words_of(rapidjson::ParseErrorCode code) {
    std::string words = rapidjson::GetParseError_En(code);
    if (!words.empty() && words.back() == '.') words.pop_back();
    return words;
}

}  // namespace

std::optional<JsonMistake> read_tokens(std::string_view bytes, const ReadOptions& options, JsonText& out) {
    if (bytes.size() > options.max_bytes)
        return JsonMistake{0, "it has more than the " + std::to_string(options.max_bytes) + " bytes that are read",
                           true};
    if (!is_utf8(bytes)) return JsonMistake{first_broken(bytes), "it is not UTF-8"};
    if (const auto nul = bytes.find('\0'); nul != std::string_view::npos)
        return JsonMistake{nul, "it holds a NUL byte"};
    out.buffer = std::make_unique_for_overwrite<char[]>(bytes.size() + read_ahead);
    out.size = bytes.size();
    if (!bytes.empty()) std::memcpy(out.buffer.get(), bytes.data(), bytes.size());
    std::memset(out.buffer.get() + bytes.size(), 0, read_ahead);
    // Blanks instead of a byte order mark, so that places stay those of the text.
    if (bytes.substr(0, byte_order_mark.size()) == byte_order_mark)
        std::memset(out.buffer.get(), ' ', byte_order_mark.size());
    out.tokens.reserve(std::min<std::size_t>(bytes.size() / 24, 1u << 16) + 8);
    rapidjson::InsituStringStream stream(out.buffer.get());
    TokenList list(out.buffer.get(), stream, options, out.tokens);
    rapidjson::Reader reader;
    const auto result = reader.Parse<flags>(stream, list);
    if (list.mistake) return list.mistake;
    if (result.IsError()) return JsonMistake{result.Offset(), words_of(result.Code())};
    return std::nullopt;
}

}  // namespace gantry::fhir::r4
