// Stands between a process and the system calls by which it changes a journal's files: writes a trace of them, and lets some fail.
//   HONE_CALLS_FILE   the database; its -wal, -journal and -shm belong to it, and .acks, where the process says what was acknowledged
//   HONE_CALLS_TRACE  file that gets the trace; none without it
//   HONE_CALLS_FAIL   "k error persists after syncs": the k-th call fails with this error; those after it too where persists is 1; after its effect where after is 1; counting syncs alone where syncs is 1
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE = 2, SYNC = 3 };
enum { NONE = -1, DATABASE = 0, LOG = 1, ACKNOWLEDGED = 2, FOLDER = 3, ROLLBACK = 4, INDEX = 5 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static char base[PATH_MAX];
static char folder[PATH_MAX];
static int trace = -1;
static long calls, fail_at;
static int fail_error, fail_persists, fail_after, fail_syncs;

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("HONE_CALLS_FILE"), *to = getenv("HONE_CALLS_TRACE"), *fail = getenv("HONE_CALLS_FAIL");
    if (!file)
        return;
    snprintf(base, sizeof base, "%s", file);
    snprintf(folder, sizeof folder, "%s", file);
    *strrchr(folder, '/') = 0;
    if (to)
        trace = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fail && sscanf(fail, "%ld %d %d %d %d", &fail_at, &fail_error, &fail_persists, &fail_after, &fail_syncs) != 5)
        abort();
}

static int which(int fd)
{
    char link[64], path[PATH_MAX];
    if (!base[0])
        return NONE;
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length <= 0)
        return NONE;
    path[length] = 0;
    if (!strcmp(path, folder))
        return FOLDER;
    size_t known = strlen(base);
    if (strncmp(path, base, known))
        return NONE;
    const char *rest = path + known;
    return !*rest ? DATABASE : !strcmp(rest, "-wal") ? LOG : !strcmp(rest, ".acks") ? ACKNOWLEDGED : !strcmp(rest, "-journal") ? ROLLBACK : !strcmp(rest, "-shm") ? INDEX : NONE;
}

static int fails(int file, int call)
{
    if (!fail_at || file == ACKNOWLEDGED || file == FOLDER || (fail_syncs && call != SYNC))
        return 0;
    calls++;
    return calls == fail_at || (fail_persists && calls > fail_at);
}

static void tell(int call, int file, int64_t offset, const void *data, size_t length)
{
    if (trace < 0)
        return;
    int kept = errno;
    uint8_t head[14] = { (uint8_t)call, (uint8_t)file };
    uint32_t bytes = (uint32_t)length;
    memcpy(head + 2, &offset, 8);
    memcpy(head + 10, &bytes, 4);
    struct iovec parts[2] = { { head, sizeof head }, { (void *)data, length } };
    if (writev(trace, parts, 2) != (ssize_t)(sizeof head + length))
        abort();
    errno = kept;
}

static ssize_t put(int fd, const void *data, size_t length, off_t offset, int positioned)
{
    int file = which(fd);
    if (file == NONE)
        return positioned ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
    pthread_mutex_lock(&gate);
    int failing = fails(file, WRITE);
    ssize_t done = -1;
    off_t at = positioned ? offset : lseek(fd, 0, SEEK_CUR);
    if (!failing || fail_after)
    {
        done = positioned ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
        if (done > 0)
            tell(WRITE, file, at, data, (size_t)done);
    }
    pthread_mutex_unlock(&gate);
    if (!failing)
        return done;
    errno = fail_error;
    return -1;
}

static int run(int call, int number, int fd, off_t size)
{
    int file = which(fd);
    if (file == NONE)
        return (int)syscall(number, fd, size);
    pthread_mutex_lock(&gate);
    int failing = fails(file, call);
    int done = 0;
    if (!failing || fail_after)
    {
        done = (int)syscall(number, fd, size);
        if (done == 0)
            tell(call, file, size, 0, 0);
    }
    pthread_mutex_unlock(&gate);
    if (!failing)
        return done;
    errno = fail_error;
    return -1;
}

ssize_t write(int fd, const void *data, size_t length) { return put(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return put(fd, data, length, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return put(fd, data, length, offset, 1); }
int fsync(int fd) { return run(SYNC, SYS_fsync, fd, 0); }
int fdatasync(int fd) { return run(SYNC, SYS_fdatasync, fd, 0); }
int ftruncate(int fd, off_t size) { return run(TRUNCATE, SYS_ftruncate, fd, size); }
int ftruncate64(int fd, off64_t size) { return run(TRUNCATE, SYS_ftruncate, fd, size); }
