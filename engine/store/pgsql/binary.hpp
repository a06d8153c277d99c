// Values in PostgreSQL's binary format: parameters, arrays, and rows for COPY. Integers are big-endian; texts are UTF-8
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
void append_value(std::string& to, std::string_view bytes);  // its length, then itself

// A one-dimensional array; every element of one type.
class Array {
  public:
    enum class Of : std::uint32_t { boolean = 16, bytes = 17, bigint = 20, smallint = 21, integer = 23, text = 25 };
    explicit Array(Of type);
    Array& add(std::string_view value);  // text or bytes
    Array& add(std::int64_t value);      // the others
    bool empty() const { return count_ == 0; }
    std::int32_t size() const { return count_; }
    std::string_view bytes() const { return bytes_; }

  private:
    void count_one();
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

// Rows for COPY … FROM STDIN (FORMAT binary).
class CopyRows {
  public:
    // columns: comma-separated quoted names.
    CopyRows(std::string_view table, const std::string& columns);
    // Begins a row; as many values must follow as there are columns.
    CopyRows& row();
    CopyRows& bigint(std::int64_t value);
    CopyRows& integer(std::int64_t value);
    CopyRows& smallint(std::int64_t value);
    CopyRows& boolean(bool value);
    CopyRows& text(std::string_view value);  // or bytes

    bool empty() const { return rows_ == 0; }
    void clear();
    const std::string& statement() const { return statement_; }
    std::string_view bytes() const { return bytes_; }

  private:
    std::string statement_, bytes_;
    std::size_t columns_, rows_ = 0;
};

}  // namespace gantry::store::pgsql
