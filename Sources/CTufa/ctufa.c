#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "ctufa.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { lane_length = 1024 };

// tables[k][b]: what byte b adds when k more bytes follow it.
static uint32_t tables[8][256];
// shifts[k][b]: byte k of a checksum, carried over lane_length bytes of zeros.
static uint32_t shifts[4][256];

static uint32_t step(uint32_t crc, uint8_t byte) {
    return tables[0][(crc ^ byte) & 255] ^ crc >> 8;
}

// Runs once when the program is loaded, so that no call has to ask whether the tables are there.
__attribute__((constructor)) static void fill_tables(void) {
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t crc = b;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
        tables[0][b] = crc;
    }
    for (uint32_t b = 0; b < 256; b++)
        for (int k = 1; k < 8; k++) tables[k][b] = step(tables[k - 1][b], 0);
    // Carrying over zeros is linear, so the 32 single bits give every other value.
    uint32_t carried[32];
    for (int bit = 0; bit < 32; bit++) {
        uint32_t crc = 1u << bit;
        for (int i = 0; i < lane_length; i++) crc = step(crc, 0);
        carried[bit] = crc;
    }
    for (int k = 0; k < 4; k++)
        for (uint32_t b = 0; b < 256; b++) {
            uint32_t sum = 0;
            for (int bit = 0; bit < 8; bit++)
                if (b >> bit & 1) sum ^= carried[8 * k + bit];
            shifts[k][b] = sum;
        }
}

static uint64_t load64(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word;
}

uint32_t tufa_crc32c_portable(uint32_t seed, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    uint32_t crc = ~seed;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; length >= 8; length -= 8, at += 8) {
        uint64_t word = load64(at) ^ crc;
        crc = tables[7][word & 255] ^ tables[6][word >> 8 & 255] ^ tables[5][word >> 16 & 255]
            ^ tables[4][word >> 24 & 255] ^ tables[3][word >> 32 & 255]
            ^ tables[2][word >> 40 & 255] ^ tables[1][word >> 48 & 255] ^ tables[0][word >> 56];
    }
#endif
    for (; length > 0; length--, at++) crc = step(crc, *at);
    return ~crc;
}

#if defined(__x86_64__)
#define HARDWARE __attribute__((target("sse4.2")))
#define CRC8(crc, byte) __builtin_ia32_crc32qi(crc, byte)
#define CRC64(crc, word) (uint32_t) __builtin_ia32_crc32di(crc, word)
#elif defined(__aarch64__) && (defined(__APPLE__) || defined(__ARM_FEATURE_CRC32))
#define HARDWARE
#define CRC8(crc, byte) __builtin_arm_crc32cb(crc, byte)
#define CRC64(crc, word) __builtin_arm_crc32cd(crc, word)
#elif defined(__aarch64__) && defined(__linux__) && defined(__clang__)
#include <sys/auxv.h>
#define HARDWARE __attribute__((target("crc")))
#define CRC8(crc, byte) __builtin_arm_crc32cb(crc, byte)
#define CRC64(crc, word) __builtin_arm_crc32cd(crc, word)
#endif

#ifdef HARDWARE
static uint32_t carry(uint32_t crc) {
    return shifts[0][crc & 255] ^ shifts[1][crc >> 8 & 255] ^ shifts[2][crc >> 16 & 255]
        ^ shifts[3][crc >> 24];
}

// The instruction takes three cycles and one can start in each, so three lanes run side by side.
HARDWARE static uint32_t crc32c_hardware(uint32_t seed, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    uint32_t crc = ~seed;
    for (; length >= 3 * lane_length; length -= 3 * lane_length, at += 3 * lane_length) {
        uint32_t second = 0, third = 0;
        for (size_t i = 0; i < lane_length; i += 8) {
            crc = CRC64(crc, load64(at + i));
            second = CRC64(second, load64(at + i + lane_length));
            third = CRC64(third, load64(at + i + 2 * lane_length));
        }
        crc = carry(carry(crc) ^ second) ^ third;
    }
    for (; length >= 8; length -= 8, at += 8) crc = CRC64(crc, load64(at));
    for (; length > 0; length--, at++) crc = CRC8(crc, *at);
    return ~crc;
}
#endif

uint32_t tufa_crc32c(uint32_t seed, const void *bytes, size_t length) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return crc32c_hardware(seed, bytes, length);
#elif defined(HARDWARE) && defined(__linux__) && !defined(__ARM_FEATURE_CRC32)
    if (getauxval(AT_HWCAP) & HWCAP_CRC32) return crc32c_hardware(seed, bytes, length);
#elif defined(HARDWARE)
    return crc32c_hardware(seed, bytes, length);
#endif
    return tufa_crc32c_portable(seed, bytes, length);
}

int64_t tufa_count_below_portable(const uint64_t *words, int64_t count, uint64_t limit) {
    int64_t low = 0;
    while (count > 1) {
        int64_t half = count >> 1;
        // A move and no branch, as far as compilers listen.
#ifdef __clang__
        low += __builtin_unpredictable(words[low + half - 1] < limit) ? half : 0;
#else
        low += words[low + half - 1] < limit ? half : 0;
#endif
        count -= half;
    }
    return count == 1 && words[low] < limit ? low + 1 : low;
}

#if defined(__x86_64__)
// All comparisons go on side by side, so that no step waits for the line that the last one chose.
__attribute__((target("avx512f,popcnt"))) static int64_t count_below_wide(
    const uint64_t *words, int64_t count, uint64_t limit) {
    __m512i limits = _mm512_set1_epi64((int64_t)limit);
    int64_t below = 0, at = 0;
    for (; at + 8 <= count; at += 8)
        below += __builtin_popcount(
            _mm512_cmplt_epu64_mask(_mm512_loadu_si512(words + at), limits));
    if (at < count) {
        __mmask8 there = (__mmask8)((1u << (count - at)) - 1);
        below += __builtin_popcount(_mm512_mask_cmplt_epu64_mask(
            there, _mm512_maskz_loadu_epi64(there, words + at), limits));
    }
    return below;
}

static int64_t (*count_below)(const uint64_t *, int64_t, uint64_t) = tufa_count_below_portable;

// Runs once when the program is loaded, as the tables are filled.
__attribute__((constructor)) static void choose_count_below(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("popcnt"))
        count_below = count_below_wide;
}

int64_t tufa_count_below(const uint64_t *words, int64_t count, uint64_t limit) {
    return count_below(words, count, limit);
}
#else
int64_t tufa_count_below(const uint64_t *words, int64_t count, uint64_t limit) {
    return tufa_count_below_portable(words, count, limit);
}
#endif

int tufa_sync_data(int descriptor) {
#if defined(__APPLE__)
    // File systems without F_FULLFSYNC (a network share) still have fsync.
    if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
    if (errno != ENOTSUP && errno != EINVAL) return -1;
    return fsync(descriptor);
#else
    return fdatasync(descriptor);
#endif
}

#ifdef __linux__
// Where the call is not there, or a sandbox or file system does not know it, nothing is done.
static int write_range(int descriptor, int64_t offset, int64_t length, unsigned steps) {
    if (sync_file_range(descriptor, offset, length, steps) == 0) return 0;
    int isUnknown = errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL || errno == EPERM;
    return isUnknown ? 0 : -1;
}
#endif

int tufa_start_writing(int descriptor, int64_t offset, int64_t length) {
#ifdef __linux__
    return write_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
#else
    (void)descriptor, (void)offset, (void)length;
    return 0;
#endif
}

int tufa_write_out(int descriptor, int64_t offset, int64_t length) {
#ifdef __linux__
    return write_range(
        descriptor, offset, length,
        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
#else
    (void)descriptor, (void)offset, (void)length;
    return 0;
#endif
}

int tufa_lock(int descriptor, int exclusive) {
    return flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
}

int tufa_open(const char *path, int flags) { return open(path, flags | O_CLOEXEC, 0644); }

void tufa_release(void *pages, size_t length) {
#if defined(__APPLE__)
    madvise(pages, length, MADV_FREE);
#else
    madvise(pages, length, MADV_DONTNEED);
#endif
}

void *tufa_map(size_t length) {
    const size_t page = 2 << 20;
    char *pages = mmap(NULL, length + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (pages == MAP_FAILED) return NULL;
    size_t before = (page - (uintptr_t)pages % page) % page;
    if (before > 0) munmap(pages, before);
    munmap(pages + before + length, page - before);
    return pages + before;
}

void tufa_unmap(void *pages, size_t length) { munmap(pages, length); }

void tufa_advise_large_pages(void *pages, size_t length) {
#ifdef __linux__
    madvise(pages, length, MADV_HUGEPAGE);
#else
    (void)pages, (void)length;
#endif
}

void tufa_advise_small_pages(void *pages, size_t length) {
#ifdef __linux__
    madvise(pages, length, MADV_NOHUGEPAGE);
#else
    (void)pages, (void)length;
#endif
}

void tufa_populate(void *pages, size_t length) {
#ifdef MADV_POPULATE_WRITE
    // Where the system does not know it, pages come when they are touched.
    (void)madvise(pages, length, MADV_POPULATE_WRITE);
#else
    (void)pages, (void)length;
#endif
}

int tufa_processor_count(void) {
#ifdef __linux__
    // Beyond 1,024 processors the set is too short, and those that are there are counted.
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

struct start {
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

uintptr_t tufa_thread_start(void (*body)(void *), void *context) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) return 0;
    *start = (struct start){body, context};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int problem = pthread_create(&thread, NULL, run, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (problem != 0) {
        free(start);
        return 0;
    }
    return (uintptr_t)thread;
}

void tufa_thread_join(uintptr_t thread) { pthread_join((pthread_t)thread, NULL); }
