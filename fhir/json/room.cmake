# fhir/definitions/*.json become arrays (rows.hpp), written by a small program that is built first.
add_executable(compile_definitions ${PROJECT_SOURCE_DIR}/fhir/json/compiler/compile_definitions.cpp)
target_link_libraries(compile_definitions PRIVATE gantry_flags gantry_engine_json)
set(generated ${PROJECT_BINARY_DIR}/generated/fhir/json)
file(MAKE_DIRECTORY ${generated})
set(documents types codes search_parameters)
list(TRANSFORM documents REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/fhir/definitions/\\1.json")
add_custom_command(OUTPUT ${generated}/rows.cpp DEPENDS compile_definitions ${documents}
  COMMAND compile_definitions ${generated}/rows.cpp ${documents}
  COMMENT "FHIR R4: fhir/definitions" VERBATIM)
target_sources(gantry_fhir_json PRIVATE ${generated}/rows.cpp)
set_source_files_properties(${generated}/rows.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
# As of engine/json/value.cpp: the offset that RapidJSON's stack adds to a null pointer while it is empty.
set_source_files_properties(${PROJECT_SOURCE_DIR}/fhir/json/json_tokens.cpp PROPERTIES COMPILE_OPTIONS -fno-sanitize=pointer-overflow)
