#include "engine/store/record_search.hpp"

namespace gantry::store {

Criterion all_of(std::vector<Criterion> parts) {
    Criterion out;
    out.parts = std::move(parts);
    return out;
}

Criterion any_of(std::vector<Criterion> parts) {
    Criterion out;
    out.is = Criterion::Is::any;
    out.parts = std::move(parts);
    return out;
}

Criterion none_of(std::vector<Criterion> parts) {
    Criterion out;
    out.is = Criterion::Is::none;
    out.parts = std::move(parts);
    return out;
}

namespace {

Criterion of_column(Criterion::Is is, std::string_view column, std::vector<std::string> texts,
                    std::vector<std::int64_t> numbers) {
    Criterion out;
    out.is = is;
    out.column = column;
    out.texts = std::move(texts);
    out.numbers = std::move(numbers);
    return out;
}

}  // namespace

Criterion equal(std::string_view column, std::vector<std::string> texts) {
    return of_column(Criterion::Is::equal, column, std::move(texts), {});
}

Criterion equal(std::string_view column, std::vector<std::int64_t> numbers) {
    return of_column(Criterion::Is::equal, column, {}, std::move(numbers));
}

Criterion contains(std::string_view column, std::vector<std::string> texts) {
    return of_column(Criterion::Is::contains, column, std::move(texts), {});
}

Criterion contains_between(std::string_view front, std::string_view column, std::string_view back,
                           std::vector<std::string> texts) {
    auto out = contains(column, std::move(texts));
    out.front = front;
    out.back = back;
    return out;
}

Criterion begins(std::string_view column, std::string text) {
    return of_column(Criterion::Is::begins, column, {std::move(text)}, {});
}

Criterion holds(std::string_view column, std::vector<std::string> texts) {
    return of_column(Criterion::Is::holds, column, std::move(texts), {});
}

Criterion from(std::string_view column, std::string text) {
    return of_column(Criterion::Is::from, column, {std::move(text)}, {});
}

Criterion from(std::string_view column, std::int64_t number) {
    return of_column(Criterion::Is::from, column, {}, {number});
}

Criterion before(std::string_view column, std::string text) {
    return of_column(Criterion::Is::before, column, {std::move(text)}, {});
}

Criterion before(std::string_view column, std::int64_t number) {
    return of_column(Criterion::Is::before, column, {}, {number});
}

Criterion linked(std::string_view column, Table table, std::string_view foreign, std::vector<Criterion> parts) {
    Criterion out;
    out.is = Criterion::Is::linked;
    out.column = column;
    out.table = table;
    out.foreign = foreign;
    out.parts = std::move(parts);
    return out;
}

Criterion attended(std::string_view column, Table table, std::string_view foreign, std::vector<Criterion> parts) {
    auto out = linked(column, table, foreign, std::move(parts));
    out.is = Criterion::Is::attended;
    return out;
}

}  // namespace gantry::store
