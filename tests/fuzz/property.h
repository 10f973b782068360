#pragma once

#include <cstdio>
#include <cstdlib>

// What must hold for every input; what does not ends the fuzzer, which keeps the input.
#define PROPERTY(condition)                                                \
  do {                                                                     \
    if (!(condition)) {                                                    \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                        \
    }                                                                      \
  } while (false)
