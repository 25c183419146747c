/* Loaded before libc: each fsync and fdatasync takes some milliseconds more, as on a disk that has to turn. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

static volatile unsigned int more_microseconds;

void slow_sync_by(unsigned int microseconds) { more_microseconds = microseconds; }

static int slowly(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int done = real(file);
    if (more_microseconds) usleep(more_microseconds);
    return done;
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
