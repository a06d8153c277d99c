#include <algorithm>

#include "engine/store/pgsql/binary.hpp"

namespace gantry::store::pgsql {
namespace {

constexpr std::size_t array_count_at = 12;  // after dimensions, null flag and element type

// Signature, flags and length of the extension area.
constexpr std::string_view copy_header("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19);

std::size_t width_of(Array::Of type) {
    switch (type) {
        case Array::Of::boolean:
            return 1;
        case Array::Of::smallint:
            return 2;
        case Array::Of::integer:
            return 4;
        default:
            return 8;
    }
}

}  // namespace

void append_integer(std::string& to, std::int64_t value, std::size_t width) {
    for (auto shift = width * 8; shift > 0; shift -= 8) to.push_back(static_cast<char>(value >> (shift - 8) & 0xff));
}

void append_value(std::string& to, std::string_view bytes) {
    append_integer(to, static_cast<std::int64_t>(bytes.size()), 4);
    to.append(bytes);
}

Array::Array(Of type) : width_(width_of(type)) {
    append_integer(bytes_, 1, 4);
    append_integer(bytes_, 0, 4);
    append_integer(bytes_, static_cast<std::int64_t>(type), 4);
    append_integer(bytes_, 0, 4);
    append_integer(bytes_, 1, 4);
}

void Array::count_one() {
    ++count_;
    for (std::size_t i = 0; i < 4; ++i) bytes_[array_count_at + i] = static_cast<char>(count_ >> (24 - 8 * i) & 0xff);
}

Array& Array::add(std::string_view value) {
    append_value(bytes_, value);
    count_one();
    return *this;
}

Array& Array::add(std::int64_t value) {
    append_integer(bytes_, static_cast<std::int64_t>(width_), 4);
    append_integer(bytes_, value, width_);
    count_one();
    return *this;
}

Parameters& Parameters::text(std::string_view value) {
    // A null pointer would be NULL.
    values_.push_back(value.data() ? value.data() : "");
    lengths_.push_back(static_cast<int>(value.size()));
    return *this;
}

Parameters& Parameters::integer(std::int64_t value) {
    std::string bytes;
    append_integer(bytes, value, 8);
    auto& kept = integers_.emplace_back();
    std::copy(bytes.begin(), bytes.end(), kept.begin());
    return text({kept.data(), kept.size()});
}

CopyRows::CopyRows(std::string_view table, const std::string& columns)
    : statement_("COPY \"" + std::string(table) + "\" (" + columns + ") FROM STDIN (FORMAT binary)"),
      bytes_(copy_header),
      columns_(static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')) + 1) {}

void CopyRows::clear() {
    bytes_.assign(copy_header);
    rows_ = 0;
}

CopyRows& CopyRows::row() {
    append_integer(bytes_, static_cast<std::int64_t>(columns_), 2);
    ++rows_;
    return *this;
}

CopyRows& CopyRows::bigint(std::int64_t value) {
    append_integer(bytes_, 8, 4);
    append_integer(bytes_, value, 8);
    return *this;
}

CopyRows& CopyRows::integer(std::int64_t value) {
    append_integer(bytes_, 4, 4);
    append_integer(bytes_, value, 4);
    return *this;
}

CopyRows& CopyRows::smallint(std::int64_t value) {
    append_integer(bytes_, 2, 4);
    append_integer(bytes_, value, 2);
    return *this;
}

CopyRows& CopyRows::boolean(bool value) {
    append_integer(bytes_, 1, 4);
    append_integer(bytes_, value, 1);
    return *this;
}

CopyRows& CopyRows::text(std::string_view value) {
    append_value(bytes_, value);
    return *this;
}

}  // namespace gantry::store::pgsql
