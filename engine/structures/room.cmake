# mappings/structures/*.json become arrays (rows.hpp), written by a small program that is built first.
add_executable(compile_structures ${PROJECT_SOURCE_DIR}/engine/structures/compiler/compile_structures.cpp
               ${PROJECT_SOURCE_DIR}/engine/structures/compiler/notation.cpp)
target_link_libraries(compile_structures PRIVATE gantry_flags gantry_engine_json)
set(generated ${PROJECT_BINARY_DIR}/generated/engine/structures)
file(MAKE_DIRECTORY ${generated})
set(versions 2.1 2.2 2.3 2.3.1 2.4 2.5 2.5.1 2.6 2.7 2.7.1 2.8)
list(TRANSFORM versions REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/mappings/structures/\\1.json" OUTPUT_VARIABLE documents)
list(APPEND documents ${PROJECT_SOURCE_DIR}/mappings/structures/tables.json)
add_custom_command(OUTPUT ${generated}/rows.cpp DEPENDS compile_structures ${documents}
  COMMAND compile_structures ${generated}/rows.cpp ${documents}
  COMMENT "HL7 structures: mappings/structures" VERBATIM)
target_sources(gantry_engine_structures PRIVATE ${generated}/rows.cpp)
set_source_files_properties(${generated}/rows.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
