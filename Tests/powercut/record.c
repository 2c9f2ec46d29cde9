/* Records every change to files under RECORD_FOLDER, in order and with its data, into RECORD_LOG:
 * what reached the kernel, and when it was asked to make it durable. replay.py makes of it every
 * state in which a power cut could have left the disk. Preloaded by scripts/test-powercut.
 *
 * A record is a line "OP OFFSET COUNT PATH-LENGTH", the path, and COUNT bytes. OP is W (write),
 * T (truncate to OFFSET), S (sync), U (unlink), R (rename; the data is the new path) or A
 * (acknowledgement OFFSET). The file of shared memory is no part of the disk's state.
 *
 *     gcc -shared -fPIC -O1 -Wall -Wextra -Werror -o librecord.so record.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The C library's own function of that name. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_file = -2;

static int is_recorded(const char *path) {
    const char *folder = getenv("RECORD_FOLDER");
    return folder && *folder && strncmp(path, folder, strlen(folder)) == 0 &&
           !strstr(path, "-shm");
}

static int recorded_path(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t count = readlink(link, path, PATH_MAX - 1);
    if (count < 0) return 0;
    path[count] = 0;
    return path[0] == '/' && is_recorded(path);
}

static void put(const void *bytes, size_t count) {
    if (REAL(write)(log_file, bytes, count) != (ssize_t)count) {
        perror("recorder");
        _exit(70);
    }
}

static void record(char op, const char *path, uint64_t offset, const void *data, uint64_t count) {
    int saved = errno;
    pthread_mutex_lock(&lock);
    if (log_file == -2) {
        const char *name = getenv("RECORD_LOG");
        int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
        log_file = name ? REAL(open64)(name, flags, 0644) : -1;
    }
    if (log_file >= 0) {
        char line[96];
        int length = snprintf(line, sizeof line, "%c %llu %llu %zu\n", op,
                              (unsigned long long)offset, (unsigned long long)count, strlen(path));
        put(line, (size_t)length);
        put(path, strlen(path));
        if (count > 0) put(data, count);
    }
    pthread_mutex_unlock(&lock);
    errno = saved;
}

/* Called by the program under test when it would tell the world that entry `number` stands. */
void record_acknowledgement(uint64_t number) { record('A', "-", number, NULL, 0); }

static ssize_t write_at(int file, const void *bytes, size_t count, off64_t offset) {
    char path[PATH_MAX];
    ssize_t written = REAL(pwrite64)(file, bytes, count, offset);
    if (written > 0 && recorded_path(file, path)) {
        record('W', path, (uint64_t)offset, bytes, (uint64_t)written);
    }
    return written;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    return write_at(file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return write_at(file, bytes, count, offset);
}

ssize_t write(int file, const void *bytes, size_t count) {
    char path[PATH_MAX];
    if (file <= 2 || file == log_file || !recorded_path(file, path)) {
        return REAL(write)(file, bytes, count);
    }
    off64_t offset = lseek64(file, 0, SEEK_CUR);
    ssize_t written = REAL(write)(file, bytes, count);
    if (written > 0) {
        if (fcntl(file, F_GETFL) & O_APPEND) offset = lseek64(file, 0, SEEK_CUR) - written;
        record('W', path, (uint64_t)offset, bytes, (uint64_t)written);
    }
    return written;
}

static int truncated(int result, int file, off64_t size) {
    char path[PATH_MAX];
    if (result == 0 && recorded_path(file, path)) record('T', path, (uint64_t)size, NULL, 0);
    return result;
}

int ftruncate64(int file, off64_t size) {
    return truncated(REAL(ftruncate64)(file, size), file, size);
}

int ftruncate(int file, off_t size) { return truncated(REAL(ftruncate64)(file, size), file, size); }

static int synced(int result, int file) {
    char path[PATH_MAX];
    if (result == 0 && recorded_path(file, path)) record('S', path, 0, NULL, 0);
    return result;
}

int fsync(int file) { return synced(REAL(fsync)(file), file); }

int fdatasync(int file) { return synced(REAL(fdatasync)(file), file); }

int unlink(const char *path) {
    int result = REAL(unlink)(path);
    if (result == 0 && is_recorded(path)) record('U', path, 0, NULL, 0);
    return result;
}

int rename(const char *from, const char *to) {
    int result = REAL(rename)(from, to);
    if (result == 0 && is_recorded(to)) record('R', from, 0, to, strlen(to));
    return result;
}
