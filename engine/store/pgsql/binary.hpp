// Values in PostgreSQL's binary format: parameters, arrays, and rows in bulk. Integers are big-endian; texts are UTF-8
// without NUL, which the caller has made sure of.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::store::pgsql {

void append_integer(std::string& to, std::int64_t value, std::size_t width);

enum class Type : std::uint8_t { boolean, smallint, integer, bigint, text, bytes };
std::string_view sql_name(Type type);

struct Column {
    std::string_view name;  // a literal, or a name of the field table
    Type type;
};
using Columns = std::vector<Column>;

// A one-dimensional array.
class Array {
  public:
    explicit Array(Type type);
    Array& add(std::string_view value);  // text or bytes
    Array& add(std::int64_t value);      // the others
    bool empty() const { return count_ == 0; }
    std::int32_t size() const { return count_; }
    std::string_view bytes() const { return bytes_; }
    void clear();

  private:
    void set_count(std::int32_t count);
    std::size_t width_;
    std::int32_t count_ = 0;
    std::string bytes_;
};

// The parameters of one call, in order. Texts and arrays are not copied.
class Parameters {
  public:
    Parameters() = default;
    Parameters(Parameters&&) = default;  // a copy would point into the original
    Parameters& text(std::string_view value);
    Parameters& integer(std::int64_t value);  // ::bigint
    Parameters& array(const Array& value) { return text(value.bytes()); }

    int count() const { return static_cast<int>(values_.size()); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }

  private:
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::deque<std::array<char, 8>> integers_;
};

// Rows as one array per column, for INSERT or UPDATE from unnest(): the cheaper way for few columns, because many such
// statements fit into one round trip.
class ArrayRows {
  public:
    explicit ArrayRows(const Columns& columns);
    // Begins a row; as many values must follow as there are columns.
    ArrayRows& row();
    ArrayRows& integer(std::int64_t value);   // boolean: 0 or 1
    ArrayRows& text(std::string_view value);  // or bytes

    std::int32_t size() const { return columns_.front().size(); }
    bool empty() const { return columns_.front().empty(); }
    void clear();
    Parameters parameters() const;

  private:
    std::vector<Array> columns_;
    std::size_t next_ = 0;
};

// Rows for COPY … FROM STDIN (FORMAT binary): the cheaper way for many columns.
class CopyRows {
  public:
    CopyRows(std::string_view table, const Columns& columns);
    CopyRows& row();
    CopyRows& integer(std::int64_t value);
    CopyRows& text(std::string_view value);

    bool empty() const { return rows_ == 0; }
    void clear();
    const std::string& statement() const { return statement_; }
    std::string_view bytes() const { return bytes_; }

  private:
    std::string statement_, bytes_;
    std::vector<std::size_t> widths_;
    std::size_t rows_ = 0, next_ = 0;
};

}  // namespace gantry::store::pgsql
