// dl_iterate_phdr is an extension of glibc and musl. Its header stays out of ctufa.h: Swift would
// give that module types which its own module of the C library has too.
#define _GNU_SOURCE
#include "ctufa.h"

#ifdef __linux__
#include <link.h>

struct search {
    uintptr_t address;
    size_t index;
    const void *notes;
    size_t length;
};

static int look(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    const ElfW(Phdr) *segments = object->dlpi_phdr;
    int is_here = 0;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        uintptr_t start = object->dlpi_addr + segments[i].p_vaddr;
        is_here |= segments[i].p_type == PT_LOAD && search->address - start < segments[i].p_memsz;
    }
    if (!is_here) return 0;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        if (segments[i].p_type != PT_NOTE || search->index-- != 0) continue;
        search->notes = (const void *)(object->dlpi_addr + segments[i].p_vaddr);
        search->length = segments[i].p_memsz;
        break;
    }
    return 1;
}
#endif

const void *tufa_notes(const void *address, size_t index, size_t *length) {
#ifdef __linux__
    struct search search = {(uintptr_t)address, index, NULL, 0};
    dl_iterate_phdr(look, &search);
    *length = search.length;
    return search.notes;
#else
    (void)address;
    (void)index;
    *length = 0;
    return NULL;
#endif
}
