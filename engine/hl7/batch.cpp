#include "engine/hl7/batch.hpp"

#include <algorithm>
#include <charconv>

#include "engine/hl7/delimiters.hpp"

namespace gantry::hl7 {
namespace {

enum class LineKind { message, header, trailer, other };

class Splitter {
  public:
    explicit Splitter(std::string_view bytes) : bytes_(bytes) {}

    Batch run() {
        for (auto at = start_of_message(bytes_); at < bytes_.size();) {
            const auto end = bytes_.find_first_of("\r\n", at);
            take(at, bytes_.substr(at, end == std::string_view::npos ? end : end - at));
            at = bytes_.find_first_not_of("\r\n", end == std::string_view::npos ? bytes_.size() : end);
        }
        close(bytes_.size());
        if (trailers_ > 0 && trailers_ == counts_) batch_.announced = total_;
        return std::move(batch_);
    }

  private:
    LineKind kind(std::string_view line) const {
        const auto id = line.substr(0, 3);
        // A header declares its separator; a trailer must use the declared one, so that text is not taken for it.
        const bool opens = line.size() > 3 && (line[3] == '|' || line[3] == separator_ || read_delimiters(line).ok());
        if (id == "MSH") return opens ? LineKind::message : LineKind::other;
        if (id == "BHS" || id == "FHS") return opens ? LineKind::header : LineKind::other;
        if (id != "BTS" && id != "FTS") return LineKind::other;
        return line.size() == 3 || line[3] == separator_ ? LineKind::trailer : LineKind::other;
    }

    void take(std::size_t at, std::string_view line) {
        const auto what = kind(line);
        if (what == LineKind::other) return;
        close(at);
        if (what == LineKind::message) begin_ = at;
        if (what == LineKind::trailer) return count(line);
        separator_ = line[3];
        batch_.enveloped |= what == LineKind::header;
    }

    void close(std::size_t at) {
        if (begin_) batch_.messages.push_back(bytes_.substr(*begin_, at - *begin_));
        begin_.reset();
    }

    void count(std::string_view trailer) {
        if (trailer.substr(0, 3) != "BTS") return;
        ++trailers_;
        std::size_t number = 0;
        const auto* from = trailer.data() + std::min<std::size_t>(4, trailer.size());
        if (std::from_chars(from, trailer.data() + trailer.size(), number).ec != std::errc()) return;
        ++counts_;
        total_ += number;
    }

    std::string_view bytes_;
    Batch batch_;
    std::optional<std::size_t> begin_;
    char separator_ = '|';
    std::size_t trailers_ = 0, counts_ = 0, total_ = 0;
};

}  // namespace

Batch split_batch(std::string_view bytes) {
    return Splitter(bytes).run();
}

}  // namespace gantry::hl7
