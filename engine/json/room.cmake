# RapidJSON's stack adds an offset to a null pointer while it is empty (internal/stack.h, Reserve): harmless, but an error
# for the sanitizer. Everything else in the file stays checked.
set_source_files_properties(${PROJECT_SOURCE_DIR}/engine/json/value.cpp PROPERTIES COMPILE_OPTIONS -fno-sanitize=pointer-overflow)
