/* What goes wrong under the program, at which of its calls of the operating system.
 *
 * Loaded with LD_PRELOAD into the program as it is built, so that the program itself needs no hook for it. The test writes the plan
 * below into a file, whose path is in VOEL_EERST_FAULTS, and may change it while the program runs; faults.rs is the other side. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* As in faults.rs. Numbers are as the machine writes them. */
struct plan {
    _Atomic int64_t clock;   /* seconds that the time of day is ahead */
    _Atomic int64_t uptime;  /* seconds that the time since the machine's start is ahead */
    _Atomic uint32_t strike; /* what happens, see below */
    _Atomic uint32_t calls;  /* which calls count, a bit for each kind */
    _Atomic uint32_t left;   /* it strikes at the call that makes this 0; 0 is never */
    _Atomic uint32_t seen;   /* how many calls have counted */
    _Atomic uint32_t error;  /* the errno of FAIL */
    char name[220];          /* only files whose path ends with this, or has it in it where it ends with a slash */
};

enum { NOTHING, KILL_BEFORE, KILL_AFTER, KILL_HALFWAY, FAIL, SKIP, STALL };

enum { WRITE = 1, SYNC = 2, NEW = 4, NAME = 8, LENGTH = 16 };

static struct plan *plan;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("VOEL_EERST_FAULTS");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *found = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(struct plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    if (found == MAP_FAILED) {
        fputs("faults: no plan\n", stderr);
        abort();
    }
    plan = found;
}

/* The function that the program meant. */
#define REAL(type, name, ...)                                    \
    static type (*real)(__VA_ARGS__);                            \
    if (!real)                                                   \
        real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static int is_meant(const char *path) {
    size_t length = strlen(path), wanted = strlen(plan->name);
    if (path[0] != '/')
        return 0;
    if (wanted > 0 && plan->name[wanted - 1] == '/')
        return strstr(path, plan->name) != NULL;
    return length >= wanted && strcmp(path + length - wanted, plan->name) == 0;
}

/* What is to happen at this call. */
static int strikes(uint32_t call, const char *path) {
    uint32_t strike = plan ? atomic_load(&plan->strike) : NOTHING;
    if (strike == NOTHING || !(atomic_load(&plan->calls) & call) || !is_meant(path))
        return NOTHING;
    atomic_fetch_add(&plan->seen, 1);
    if (strike == SKIP)
        return SKIP;
    if (strike == STALL) {
        while (atomic_load(&plan->strike) == STALL)
            usleep(1000);
        return NOTHING;
    }
    uint32_t left = atomic_load(&plan->left);
    while (left > 1 || (left == 1 && strike != FAIL)) {
        if (atomic_compare_exchange_weak(&plan->left, &left, left - 1)) {
            if (left > 1)
                return NOTHING;
            break;
        }
    }
    /* What fails goes on failing until the plan is changed. */
    if (left == 0)
        return NOTHING;
    if (strike == FAIL)
        errno = (int)atomic_load(&plan->error);
    if (strike == KILL_BEFORE)
        die();
    return (int)strike;
}

static int strikes_fd(uint32_t call, int fd) {
    if (!plan || atomic_load(&plan->strike) == NOTHING)
        return NOTHING;
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return NOTHING;
    path[length] = 0;
    return strikes(call, path);
}

static int strikes_at(uint32_t call, int dir, const char *name) {
    if (!plan || atomic_load(&plan->strike) == NOTHING)
        return NOTHING;
    char path[4096];
    if (name[0] != '/') {
        char link[32];
        snprintf(link, sizeof link, dir == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", dir);
        ssize_t length = readlink(link, path, sizeof path - 1);
        if (length < 0)
            return NOTHING;
        snprintf(path + length, sizeof path - (size_t)length, "/%s", name);
        name = path;
    }
    return strikes(call, name);
}

#define AROUND(strike, failed, call)  \
    int what = strike;                \
    if (what == FAIL)                 \
        return failed;                \
    if (what == SKIP)                 \
        return 0;                     \
    __typeof__(call) done = call;     \
    if (what != NOTHING)              \
        die();                        \
    return done

/* Writing. */

#define HALFWAY(what, half) \
    if (what == KILL_HALFWAY) { \
        (void)!(half);      \
        die();              \
    }

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int what = strikes_fd(WRITE, fd);
    if (what == FAIL)
        return -1;
    HALFWAY(what, real(fd, bytes, count / 2));
    ssize_t done = real(fd, bytes, count);
    if (what == KILL_AFTER)
        die();
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    int what = strikes_fd(WRITE, fd);
    if (what == FAIL)
        return -1;
    HALFWAY(what, real(fd, bytes, count / 2, at));
    ssize_t done = real(fd, bytes, count, at);
    if (what == KILL_AFTER)
        die();
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    return pwrite64(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    int what = strikes_fd(WRITE, fd);
    if (what == FAIL)
        return -1;
    HALFWAY(what, real(fd, parts, count / 2));
    ssize_t done = real(fd, parts, count);
    if (what == KILL_AFTER)
        die();
    return done;
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t count, unsigned flags) {
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    int what = strikes_fd(WRITE, to);
    if (what == FAIL)
        return -1;
    HALFWAY(what, real(from, from_at, to, to_at, count / 2, flags));
    ssize_t done = real(from, from_at, to, to_at, count, flags);
    if (what == KILL_AFTER)
        die();
    return done;
}

/* Making it last. */

int fsync(int fd) {
    REAL(int, "fsync", int);
    AROUND(strikes_fd(SYNC, fd), -1, real(fd));
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    AROUND(strikes_fd(SYNC, fd), -1, real(fd));
}

/* New files and folders. */

static int is_new(int flags) {
    return (flags & O_CREAT) != 0;
}

int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = is_new(flags) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    AROUND(is_new(flags) ? strikes_at(NEW, AT_FDCWD, path) : NOTHING, -1, real(path, flags, mode));
}

int openat64(int dir, const char *path, int flags, ...) {
    REAL(int, "openat64", int, const char *, int, ...);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = is_new(flags) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    AROUND(is_new(flags) ? strikes_at(NEW, dir, path) : NOTHING, -1, real(dir, path, flags, mode));
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    AROUND(strikes_at(NEW, AT_FDCWD, path), -1, real(path, mode));
}

/* Names. */

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    AROUND(strikes_at(NAME, AT_FDCWD, to), -1, real(from, to));
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    AROUND(strikes_at(NAME, AT_FDCWD, path), -1, real(path));
}

int unlinkat(int dir, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    AROUND(strikes_at(NAME, dir, path), -1, real(dir, path, flags));
}

int rmdir(const char *path) {
    REAL(int, "rmdir", const char *);
    AROUND(strikes_at(NAME, AT_FDCWD, path), -1, real(path));
}

/* Lengths. */

int ftruncate64(int fd, off64_t length) {
    REAL(int, "ftruncate64", int, off64_t);
    AROUND(strikes_fd(LENGTH, fd), -1, real(fd, length));
}

/* The time of day, and the time since the start. */

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int done = real(clock, time);
    if (done == 0 && clock == CLOCK_REALTIME && plan)
        time->tv_sec += atomic_load(&plan->clock);
    if (done == 0 && clock == CLOCK_MONOTONIC && plan)
        time->tv_sec += atomic_load(&plan->uptime);
    return done;
}
