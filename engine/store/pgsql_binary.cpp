#include <algorithm>

#include "engine/store/pgsql/binary.hpp"

namespace gantry::store::pgsql {
namespace {

constexpr std::size_t array_header = 20, array_count_at = 12;  // the count comes after dimensions, null flag and type

// Signature, flags and length of the extension area.
constexpr std::string_view copy_header("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19);

struct TypeRow {
    std::string_view name;
    std::uint32_t oid;
    std::size_t width;  // 0: any
};
constexpr std::array<TypeRow, 6> types{{{"boolean", 16, 1},
                                        {"smallint", 21, 2},
                                        {"integer", 23, 4},
                                        {"bigint", 20, 8},
                                        {"text", 25, 0},
                                        {"bytea", 17, 0}}};

const TypeRow& row_of(Type type) {
    return types[static_cast<std::size_t>(type)];
}

void append_value(std::string& to, std::string_view bytes) {
    append_integer(to, static_cast<std::int64_t>(bytes.size()), 4);
    to.append(bytes);
}

}  // namespace

void append_integer(std::string& to, std::int64_t value, std::size_t width) {
    char bytes[8];
    for (std::size_t i = 0; i < width; ++i) bytes[i] = static_cast<char>(value >> (8 * (width - 1 - i)) & 0xff);
    to.append(bytes, width);
}

std::string_view sql_name(Type type) {
    return row_of(type).name;
}

Array::Array(Type type) : width_(row_of(type).width) {
    append_integer(bytes_, 1, 4);
    append_integer(bytes_, 0, 4);
    append_integer(bytes_, row_of(type).oid, 4);
    append_integer(bytes_, 0, 4);
    append_integer(bytes_, 1, 4);
}

void Array::clear() {
    bytes_.resize(array_header);
    set_count(0);
}

void Array::set_count(std::int32_t count) {
    count_ = count;
    for (std::size_t i = 0; i < 4; ++i) bytes_[array_count_at + i] = static_cast<char>(count >> (24 - 8 * i) & 0xff);
}

Array& Array::add(std::string_view value) {
    append_value(bytes_, value);
    set_count(count_ + 1);
    return *this;
}

Array& Array::add(std::int64_t value) {
    append_integer(bytes_, static_cast<std::int64_t>(width_), 4);
    append_integer(bytes_, value, width_);
    set_count(count_ + 1);
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

ArrayRows::ArrayRows(const Columns& columns) {
    for (const auto& column : columns) columns_.emplace_back(column.type);
}

ArrayRows& ArrayRows::row() {
    next_ = 0;
    return *this;
}

ArrayRows& ArrayRows::integer(std::int64_t value) {
    columns_[next_++].add(value);
    return *this;
}

ArrayRows& ArrayRows::text(std::string_view value) {
    columns_[next_++].add(value);
    return *this;
}

void ArrayRows::clear() {
    for (auto& column : columns_) column.clear();
}

Parameters ArrayRows::parameters() const {
    Parameters out;
    for (const auto& column : columns_) out.array(column);
    return out;
}

CopyRows::CopyRows(std::string_view table, const Columns& columns)
    : statement_("COPY \"" + std::string(table) + "\" ("), bytes_(copy_header) {
    for (const auto& column : columns) {
        if (!widths_.empty()) statement_ += ", ";
        statement_.append("\"").append(column.name).append("\"");
        widths_.push_back(row_of(column.type).width);
    }
    statement_ += ") FROM STDIN (FORMAT binary)";
}

void CopyRows::clear() {
    bytes_.assign(copy_header);
    rows_ = 0;
}

CopyRows& CopyRows::row() {
    append_integer(bytes_, static_cast<std::int64_t>(widths_.size()), 2);
    ++rows_;
    next_ = 0;
    return *this;
}

CopyRows& CopyRows::integer(std::int64_t value) {
    const auto width = widths_[next_++];
    append_integer(bytes_, static_cast<std::int64_t>(width), 4);
    append_integer(bytes_, value, width);
    return *this;
}

CopyRows& CopyRows::text(std::string_view value) {
    ++next_;
    append_value(bytes_, value);
    return *this;
}

}  // namespace gantry::store::pgsql
