# Language, warnings, third-party libraries. Presets choose the build type and sanitizers.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
option(GANTRY_TESTS "build the tests" ON)
option(GANTRY_FUZZ "build the fuzz targets (clang only)" OFF)
set(GANTRY_SANITIZE "" CACHE STRING "value for -fsanitize, empty for none")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(ENV{CCACHE_SLOPPINESS} pch_defines,time_macros)
endif()

add_library(gantry_flags INTERFACE)
target_compile_options(gantry_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                       -Wconversion -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12's flow analysis sees overruns in inlined std::string and std::filesystem code that are not there (GCC bugs 105329,
  # 105651, 107852); clang and the sanitizers look for the real ones.
  target_compile_options(gantry_flags INTERFACE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow
                         -Wno-stringop-overread -Wno-maybe-uninitialized)
  # GCC 14 takes `const auto& x = find(temporary argument)` for a dangling reference whatever find returns.
  if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    target_compile_options(gantry_flags INTERFACE -Wno-dangling-reference)
  endif()
  # ccache can only reuse a precompiled header whose time stamps do not matter.
  target_compile_options(gantry_flags INTERFACE -fpch-preprocess -Wno-missing-field-initializers)
else()
  target_compile_options(gantry_flags INTERFACE -Wno-missing-field-initializers)
endif()
if(GANTRY_SANITIZE)
  add_compile_options(-fsanitize=${GANTRY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GANTRY_SANITIZE})
endif()
if(GANTRY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
if(NOT TARGET SQLite::SQLite3)
  add_library(SQLite::SQLite3 ALIAS SQLite3::SQLite3)
endif()
find_package(Poco REQUIRED COMPONENTS Foundation Net)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(DCMTK REQUIRED)
find_package(EXPAT REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)

# DCMTK's package names plain libraries; one target keeps its include path and definitions inside engine/dicom.
add_library(Gantry::Dcmtk INTERFACE IMPORTED)
target_include_directories(Gantry::Dcmtk SYSTEM INTERFACE ${DCMTK_INCLUDE_DIRS})
target_link_libraries(Gantry::Dcmtk INTERFACE ${DCMTK_LIBRARIES})

find_path(RAPIDJSON_INCLUDE rapidjson/reader.h REQUIRED)
add_library(RapidJSON::RapidJSON INTERFACE IMPORTED)
target_include_directories(RapidJSON::RapidJSON SYSTEM INTERFACE ${RAPIDJSON_INCLUDE})

find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
# Lua compiled as C++: its errors are exceptions, so that what the sandbox holds is given back.
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4-c++)

find_program(ODB_COMPILER odb REQUIRED)
find_library(ODB_LIBRARY odb REQUIRED)
find_library(ODB_SQLITE_LIBRARY odb-sqlite REQUIRED)
find_library(ODB_PGSQL_LIBRARY odb-pgsql REQUIRED)
find_path(ODB_INCLUDE odb/database.hxx REQUIRED)
find_library(PQ_LIBRARY pq REQUIRED)
find_path(PQ_INCLUDE libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
add_library(Gantry::Odb INTERFACE IMPORTED)
# libodb 2.4.0-1 (Debian 11's, used on Debian 12) does not read as C++17; 2.4.0-2 (Debian 13) does.
file(STRINGS ${ODB_INCLUDE}/odb/details/shared-ptr/base.hxx GANTRY_ODB_OLD REGEX "throw \\(std::bad_alloc\\)")
if(GANTRY_ODB_OLD)
  target_include_directories(Gantry::Odb SYSTEM INTERFACE ${PROJECT_SOURCE_DIR}/.cmake/odb-compat)
endif()
target_include_directories(Gantry::Odb SYSTEM INTERFACE ${ODB_INCLUDE} ${PQ_INCLUDE})
# g++ 12 at -O2 takes ODB's guards, which free what was not handed on, for a use after free.
target_compile_options(Gantry::Odb INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-use-after-free>)
target_link_libraries(Gantry::Odb INTERFACE ${ODB_SQLITE_LIBRARY} ${ODB_PGSQL_LIBRARY} ${ODB_LIBRARY} ${PQ_LIBRARY})
