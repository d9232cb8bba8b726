#ifndef CTUFA_H
#define CTUFA_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `length` bytes, continued from `seed`: the result of the bytes before
/// these, or 0. Uses the instructions of SSE4.2 or ARMv8 where the processor has them.
uint32_t tufa_crc32c(uint32_t seed, const void *bytes, size_t length);

/// The same by tables alone, so that a test can compare the two.
uint32_t tufa_crc32c_portable(uint32_t seed, const void *bytes, size_t length);

/// Makes what was written to a file survive a power cut: fdatasync, or F_FULLFSYNC on Darwin.
/// Returns 0, or -1 with `errno` set.
int tufa_sync_data(int descriptor);

/// Has part of a file on its way to the disk and waits until it has left: sync_file_range, nothing
/// where there is none. No promise that it survives a power cut. Returns 0, or -1 with `errno` set.
int tufa_write_out(int descriptor, int64_t offset, int64_t length);

/// Has part of a file on its way to the disk and does not wait: sync_file_range, nothing where
/// there is none. Returns 0, or -1 with `errno` set.
int tufa_start_writing(int descriptor, int64_t offset, int64_t length);

/// Takes an exclusive (or shared) flock at once or fails: 0, or -1 with `errno` set.
int tufa_lock(int descriptor, int exclusive);

/// Opens a file with the mode 0644 and close-on-exec: a descriptor, or -1 with `errno` set.
int tufa_open(const char *path, int flags);

/// Asks the processor to fetch the line of the cache that holds an address; any address will do.
static inline void tufa_prefetch(const void *address) { __builtin_prefetch(address); }

/// How many of `count` ascending words are below `limit`. Eight are compared at once where the
/// processor has AVX-512; else it is a binary search without a branch, for words that may be
/// anywhere, of which a processor would guess every second wrong.
int64_t tufa_count_below(const uint64_t *words, int64_t count, uint64_t limit);

/// The same by a search alone, so that a test can compare the two.
int64_t tufa_count_below_portable(const uint64_t *words, int64_t count, uint64_t limit);

/// Gives the memory behind whole pages back to the system. The addresses stay valid: what is read
/// there later is what was there or zeros, and what is written is kept.
void tufa_release(void *pages, size_t length);

/// Zeroed pages, the first of them at a multiple of 2 MiB; they take memory as they are touched.
/// NULL where there are none. `length` is a multiple of the system's pages.
void *tufa_map(size_t length);

/// Gives pages of `tufa_map` back.
void tufa_unmap(void *pages, size_t length);

/// Asks for large pages behind whole pages of memory; a hint, which changes no contents.
void tufa_advise_large_pages(void *pages, size_t length);

/// Asks for no large pages behind whole pages of memory; a hint, which changes no contents.
void tufa_advise_small_pages(void *pages, size_t length);

/// The segment of notes with an index, in the ELF file of this process that holds an address; its
/// bytes stay while the file is loaded. NULL where there is none, and on systems without ELF.
const void *tufa_notes(const void *address, size_t index, size_t *length);

/// Has pages of memory at hand, zeroed if new, which changes no contents and takes a while:
/// MADV_POPULATE_WRITE of Linux 5.14, nothing elsewhere.
void tufa_populate(void *pages, size_t length);

/// How many processors the calling thread may run on, and with it those that it starts: at least 1.
int tufa_processor_count(void);

/// Whether a control group gives this process a share of time only, as a container's limit does.
///
/// `root` comes before the paths of /proc and /sys, for tests.
int tufa_processors_are_rationed(const char *root);

/// Whether a filter looks at this process's calls to the system, and may end it for one: seccomp.
int tufa_calls_are_filtered(const char *root);

/// Returns after so many nanoseconds, without giving the processor away.
void tufa_stay_awake(int64_t nanoseconds);

/// A thread that keeps the processor of another one from halting while that one waits.
typedef struct tufa_companion tufa_companion;

/// Starts a companion, which never ends: a thread of its class that a busy processor does not let
/// run would not end soon. NULL where no thread can be had, or the system is not Linux.
tufa_companion *tufa_companion_start(void);

/// Keeps the processor of the calling thread awake until `tufa_companion_end`, for `length`
/// nanoseconds at most; 0 where another thread has it, or it may not run.
int tufa_companion_begin(tufa_companion *companion, int64_t length);

/// Ends what `tufa_companion_begin` has begun where that gave 1.
void tufa_companion_end(tufa_companion *companion);

/// The number by which the system knows the thread; 0 until it runs, -1 where it may not.
int tufa_companion_number(tufa_companion *companion);

/// Starts a thread that runs `body(context)`, with every signal blocked: its name, or 0.
uintptr_t tufa_thread_start(void (*body)(void *), void *context);

/// Waits until a thread has ended.
void tufa_thread_join(uintptr_t thread);

#endif
