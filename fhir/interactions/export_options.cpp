#include "fhir/interactions/export_options.hpp"

namespace gantry::fhir {

const settings::Schema<ExportOptions>& export_schema() {
    using settings::ByteSize;
    static const auto schema =
        settings::Schema<ExportOptions>("fhir_export", "What a bulk export ($export) may take.")
            .option("jobs", &ExportOptions::jobs, "exports asked for and not finished; a further one is answered 429")
            .range(1, 100)
            .option("age", &ExportOptions::age, "files of an export are removed so long after it was asked for")
            .range(std::chrono::hours(1), std::chrono::hours(24 * 365))
            .option("size", &ExportOptions::size, "of all exports together; one that would need more fails")
            .range(ByteSize(1'000'000), ByteSize(std::size_t{1} << 53))
            .option("keep_free", &ExportOptions::keep_free,
                    "of the file system of the data directory; an export that would leave less fails")
            .range(ByteSize(0), ByteSize(std::size_t{1} << 53))
            .option("part", &ExportOptions::part, "size of one file, about; larger exports have several of a type")
            .range(ByteSize(4096), ByteSize(256u << 20));
    return schema;
}

}  // namespace gantry::fhir
