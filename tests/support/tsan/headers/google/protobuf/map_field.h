// Stands before protobuf's header of this name in what is built with TSan. A map that sees TSan counts its accesses, in
// fields of its own that maps of the library, which was built without TSan, do not have: each would take the other's map
// for one of its own. Here it does not see it. TSan looks at maps all the same, only without that help.
#pragma once

// What the standard library makes of TSan is settled before.
#include <atomic>

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include_next <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")
