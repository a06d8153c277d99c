// Stands before libodb 2.4.0-1's header of the same name on the include path and reads that one with its dynamic
// exception specifications (`throw (std::bad_alloc)`, `throw ()`) taken away: they are an error since C++17. Everything the
// original includes is read first, so that the macro meets no other header. No guard of its own: the original has one.
#pragma GCC system_header
#include <new>
#include <cstddef>
#include <typeinfo>

#include <odb/details/export.hxx>
#include <odb/details/shared-ptr/counter-type.hxx>
#include <odb/details/meta/answer.hxx>
#include <odb/details/meta/polymorphic-p.hxx>

#define throw(...)
#include_next <odb/details/shared-ptr/base.hxx>
#undef throw
