#include "engine/hl7/batch.hpp"

#include <algorithm>
#include <charconv>

#include "engine/hl7/delimiters.hpp"

namespace gantry::hl7 {
namespace {

enum class LineKind { message, batch_header, file_header, batch_trailer, file_trailer, other };

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
        const bool ends = line.size() == 3 || (line.size() > 3 && declared(line[3]));
        if (id == "MSH" && opens) return LineKind::message;
        if (id == "BHS" && opens) return LineKind::batch_header;
        if (id == "FHS" && opens) return LineKind::file_header;
        if (id == "BTS" && ends) return LineKind::batch_trailer;
        return id == "FTS" && ends ? LineKind::file_trailer : LineKind::other;
    }

    // As a separator, by the message, batch or file that is open.
    bool declared(char separator) const {
        return separator == separator_ || (in_group_ && separator == batch_.groups.back().header[3]) ||
               (!batch_.file_header.empty() && separator == batch_.file_header[3]);
    }

    void take(std::size_t at, std::string_view line) {
        const auto what = kind(line);
        if (what == LineKind::other) return;
        close(at);
        if (what == LineKind::batch_trailer) return count(line);
        if (what == LineKind::file_trailer) {
            batch_.file_announced = number(line);
            return;
        }
        separator_ = line[3];
        if (what == LineKind::message) begin_ = at;
        if (what == LineKind::file_header && batch_.file_header.empty()) batch_.file_header = line;
        if (what == LineKind::batch_header) batch_.groups.push_back({line, 0, {}});
        in_group_ = what == LineKind::batch_header || (in_group_ && what == LineKind::message);
    }

    void close(std::size_t at) {
        if (!begin_) return;
        batch_.messages.push_back(bytes_.substr(*begin_, at - *begin_));
        const bool loose = !in_group_ && (batch_.groups.empty() || !batch_.groups.back().header.empty());
        if (loose) batch_.groups.emplace_back();
        ++batch_.groups.back().messages;
        begin_.reset();
    }

    std::optional<std::size_t> number(std::string_view trailer) const {
        std::size_t out = 0;
        const auto* from = trailer.data() + std::min<std::size_t>(4, trailer.size());
        const bool read = std::from_chars(from, trailer.data() + trailer.size(), out).ec == std::errc();
        return read ? std::optional(out) : std::nullopt;
    }

    void count(std::string_view trailer) {
        ++trailers_;
        const auto announced = number(trailer);
        if (in_group_) batch_.groups.back().announced = announced;
        in_group_ = false;
        if (!announced) return;
        ++counts_;
        total_ += *announced;
    }

    std::string_view bytes_;
    Batch batch_;
    std::optional<std::size_t> begin_;
    char separator_ = '|';
    bool in_group_ = false;  // under a BHS
    std::size_t trailers_ = 0, counts_ = 0, total_ = 0;
};

}  // namespace

bool Batch::enveloped() const {
    return !file_header.empty() ||
           std::any_of(groups.begin(), groups.end(), [](const Group& group) { return !group.header.empty(); });
}

Batch split_batch(std::string_view bytes) {
    return Splitter(bytes).run();
}

bool may_be_batch(std::string_view bytes) {
    const auto start = start_of_message(bytes);
    const auto id = bytes.substr(start, 3);
    if (id != "MSH") return true;
    const auto rest = bytes.substr(start + 3);
    return rest.find("\rMSH") != std::string_view::npos || rest.find("\nMSH") != std::string_view::npos ||
           rest.find("\rBHS") != std::string_view::npos || rest.find("\nBHS") != std::string_view::npos;
}

}  // namespace gantry::hl7
