#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "ctufa.h"

#include <stdlib.h>
#include <time.h>

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void pause_a_moment(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void tufa_stay_awake(int64_t length) {
    int64_t end = nanoseconds() + length;
    do pause_a_moment();
    while (nanoseconds() < end);
}

#ifdef __linux__

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

struct tufa_companion {
    // The thread's number for the system; 0 until it runs, -1 where it may not run like this.
    _Atomic int number;
    // Whether somebody is accompanied.
    _Atomic int is_taken;
    // The wait that is under way, by its number; 0 for none.
    _Atomic uint32_t wait;
    // 1 while the thread looks at what is above, 0 while it sleeps; a futex.
    _Atomic uint32_t awake;
    // How long it is accompanied, in nanoseconds.
    _Atomic int64_t length;
    // Those of whoever has taken it.
    uint32_t last_wait;
    int processor;
};

// Keeps the processor for as long as a wait is under way, but none longer than it may be.
static void spin(struct tufa_companion *companion) {
    uint32_t wait = atomic_load(&companion->wait), given_up = 0;
    int64_t end = nanoseconds() + atomic_load(&companion->length);
    while (wait != 0 && wait != given_up) {
        for (int i = 0; i < 32; i++) pause_a_moment();
        uint32_t next = atomic_load(&companion->wait);
        if (next != wait) {
            wait = next;
            end = nanoseconds() + atomic_load(&companion->length);
        } else if (nanoseconds() >= end) {
            given_up = wait;
        }
    }
    atomic_store(&companion->awake, 0);
    // Whoever began before that has woken nobody.
    uint32_t now = atomic_load(&companion->wait);
    if (now != 0 && now != given_up) atomic_store(&companion->awake, 1);
}

static void run(void *context) {
    struct tufa_companion *companion = context;
    struct sched_param parameters = {0};
    pthread_setname_np(pthread_self(), "tufa.awake");
    // The class of those that run only where nobody else wants to: without it, it would be in
    // the way. Called directly, for not every C library has it.
    if (syscall(SYS_sched_setscheduler, 0, SCHED_IDLE, &parameters) != 0) {
        atomic_store(&companion->number, -1);
        return;
    }
    atomic_store(&companion->number, (int)syscall(SYS_gettid));
    for (;;) {
        spin(companion);
        syscall(SYS_futex, &companion->awake, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    }
}

struct tufa_companion *tufa_companion_start(void) {
    struct tufa_companion *companion = calloc(1, sizeof *companion);
    if (companion == NULL) return NULL;
    companion->processor = -1;
    atomic_store(&companion->awake, 1);
    uintptr_t thread = tufa_thread_start(run, companion);
    if (thread == 0) {
        free(companion);
        return NULL;
    }
    pthread_detach((pthread_t)thread);
    return companion;
}

int tufa_companion_begin(struct tufa_companion *companion, int64_t length) {
    int number = atomic_load(&companion->number);
    if (number <= 0 || atomic_exchange(&companion->is_taken, 1) != 0) return 0;
    int processor = sched_getcpu();
    if (processor >= 0 && processor < CPU_SETSIZE && processor != companion->processor) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(processor, &set);
        if (sched_setaffinity(number, sizeof set, &set) == 0) companion->processor = processor;
    }
    atomic_store(&companion->length, length);
    if (++companion->last_wait == 0) companion->last_wait = 1;
    atomic_store(&companion->wait, companion->last_wait);
    if (atomic_exchange(&companion->awake, 1) == 0)
        syscall(SYS_futex, &companion->awake, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    return 1;
}

void tufa_companion_end(struct tufa_companion *companion) {
    atomic_store(&companion->wait, 0);
    atomic_store(&companion->is_taken, 0);
}

int tufa_companion_number(struct tufa_companion *companion) {
    return atomic_load(&companion->number);
}

#else

struct tufa_companion *tufa_companion_start(void) { return NULL; }
int tufa_companion_begin(struct tufa_companion *companion, int64_t length) {
    return (void)companion, (void)length, 0;
}
void tufa_companion_end(struct tufa_companion *companion) { (void)companion; }
int tufa_companion_number(struct tufa_companion *companion) { return (void)companion, -1; }

#endif
