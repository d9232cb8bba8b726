#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include <libstemmer.h>

#if defined(__linux__)
// To tell which build of the library the loader has found.
#include <link.h>
#endif
