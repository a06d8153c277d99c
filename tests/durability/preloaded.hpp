// For libraries that are loaded into the engine with LD_PRELOAD: what they are told, what they report, and the calls
// that they stand in front of.
#pragma once
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace gantry::durability {

inline std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

inline std::uint64_t number_from_environment(const char* name) {
    return std::strtoull(from_environment(name).c_str(), nullptr, 10);
}

// Shared with the test through the file that the variable names; Report: zeros are its beginning. Ends the process when
// there is no such file.
template <class Report>
Report& shared_report(const char* variable) {
    const int file = ::open(from_environment(variable).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    void* shared = MAP_FAILED;
    if (file >= 0 && ::ftruncate(file, sizeof(Report)) == 0)
        shared = ::mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) ::close(file);
    if (shared != MAP_FAILED) return *static_cast<Report*>(shared);
    std::fprintf(stderr, "%s must name a file\n", variable);
    ::_exit(70);
}

// The function that would have been called without this library.
template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace gantry::durability
