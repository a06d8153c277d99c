# The ODB compiler reads engine/records once; its output lives in the build tree and is compiled once per database.
# The hand-written migrations become a table of strings.
set(generated ${PROJECT_BINARY_DIR}/generated/engine/records)
file(MAKE_DIRECTORY ${generated})
file(GLOB record_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/engine/records/*.hxx)
set(record_outputs records-odb.cxx records-odb-sqlite.cxx records-odb-pgsql.cxx records-odb.hxx records-odb.ixx
    records-odb-sqlite.hxx records-odb-sqlite.ixx records-odb-pgsql.hxx records-odb-pgsql.ixx records-sqlite.sql
    records-pgsql.sql)
list(TRANSFORM record_outputs PREPEND ${generated}/)
add_custom_command(OUTPUT ${record_outputs} DEPENDS ${record_headers}
  COMMAND ${ODB_COMPILER} --multi-database dynamic -d common -d sqlite -d pgsql --generate-query --generate-schema
          --schema-format sql --generate-prepared --at-once --input-name records --std c++14 --include-prefix engine/records
          -I ${PROJECT_SOURCE_DIR} -o ${generated} ${PROJECT_SOURCE_DIR}/engine/records/records.hxx
  COMMENT "ODB: engine/records" VERBATIM)

add_library(gantry_records_odb STATIC ${generated}/records-odb.cxx ${generated}/records-odb-sqlite.cxx
            ${generated}/records-odb-pgsql.cxx)
target_include_directories(gantry_records_odb PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_include_directories(gantry_records_odb SYSTEM PUBLIC ${generated})
target_link_libraries(gantry_records_odb PUBLIC Gantry::Odb)
# Generated code is slow to sanitise. It is optimised all the same: every row of a worklist answer goes through it.
target_compile_options(gantry_records_odb PRIVATE -w -Wno-unknown-pragmas)
if(GANTRY_SANITIZE)
  target_compile_options(gantry_records_odb PRIVATE -O0 -fno-sanitize=all)
endif()
# Each database's code registers itself from a static initialiser, which a linker would drop from an archive.
target_link_libraries(gantry_engine_store PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,gantry_records_odb>)
target_compile_options(gantry_engine_store PRIVATE -Wno-unknown-pragmas)

foreach(database sqlite pgsql)
  file(GLOB migrations CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/engine/store/migrations/${database}/*.sql)
  list(SORT migrations)
  set(rows "")
  foreach(migration IN LISTS migrations)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${migration})
    file(READ ${migration} text)
    string(APPEND rows "R\"sql(${text})sql\",\n")
  endforeach()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/engine/store/migrations_${database}.inc CONTENT "${rows}" @ONLY)
endforeach()
