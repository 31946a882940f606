/* Writes down what a process changes below TRACE_ROOT, for tests/archivetracing.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int trace = -1;
static const char *root;
static size_t root_len;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("TRACE_FILE");
  root = getenv("TRACE_ROOT");
  if (!file || !root) { root = NULL; return; }
  root_len = strlen(root);
  trace = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}
static int mine(const char *path) {
  return trace >= 0 && strncmp(path, root, root_len) == 0 &&
         (path[root_len] == '/' || path[root_len] == 0);
}
static int of_fd(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, 4095);
  if (n < 0) return 0;
  path[n] = 0;
  return mine(path);
}
static int of_path(int dir, const char *given, char *path) {
  if (given[0] == '/') { snprintf(path, 4096, "%s", given); return mine(path); }
  char above[4096];
  if (dir == AT_FDCWD) { if (!getcwd(above, sizeof above)) return 0; }
  else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, above, 4095);
    if (n < 0) return 0;
    above[n] = 0;
  }
  if (snprintf(path, 4096, "%s/%s", above, given) >= 4096) return 0;
  return mine(path);
}
static void put(const void *data, size_t n) {
  const char *p = data;
  while (n) { ssize_t did = syscall(SYS_write, trace, p, n); if (did <= 0) _exit(99); p += did; n -= did; }
}
static void say(const char *op, const char *a, const char *b, long long off, const void *data, size_t n) {
  char head[9000];
  int len = snprintf(head, sizeof head, "%s\t%s\t%s\t%lld\t%zu\n", op, a, b ? b : "", off, n);
  put(head, len);
  if (n) put(data, n);
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define HOLD int saved; pthread_mutex_lock(&lock)
#define DROP saved = errno; pthread_mutex_unlock(&lock); errno = saved

static int opening(int dir, const char *given, int flags, mode_t mode) {
  char path[4096];
  HOLD;
  int here = (flags & (O_CREAT | O_TRUNC)) && of_path(dir, given, path);
  int was = here ? (int)syscall(SYS_faccessat, dir, given, F_OK) : 0;
  int fd = syscall(SYS_openat, dir, given, flags, mode);
  if (here && fd >= 0) {
    if (was != 0) say("create", path, NULL, 0, NULL, 0);
    else if (flags & O_TRUNC) say("truncate", path, NULL, 0, NULL, 0);
  }
  DROP;
  return fd;
}
#define MODE mode_t mode = 0; if (flags & O_CREAT) { va_list v; va_start(v, flags); mode = va_arg(v, mode_t); va_end(v); }
int open(const char *p, int flags, ...) { MODE return opening(AT_FDCWD, p, flags, mode); }
int open64(const char *p, int flags, ...) { MODE return opening(AT_FDCWD, p, flags, mode); }
int openat(int d, const char *p, int flags, ...) { MODE return opening(d, p, flags, mode); }
int openat64(int d, const char *p, int flags, ...) { MODE return opening(d, p, flags, mode); }

static ssize_t writing(int fd, const void *data, size_t n, long long off) {
  char path[4096];
  HOLD;
  int here = of_fd(fd, path);
  long long at = off;
  if (here && off < 0) {
    int flags = syscall(SYS_fcntl, fd, F_GETFL);
    at = (flags & O_APPEND) ? syscall(SYS_lseek, fd, 0, SEEK_END) : syscall(SYS_lseek, fd, 0, SEEK_CUR);
  }
  ssize_t did = off < 0 ? syscall(SYS_write, fd, data, n) : syscall(SYS_pwrite64, fd, data, n, off);
  if (here && did > 0) say("write", path, NULL, at, data, did);
  DROP;
  return did;
}
ssize_t write(int fd, const void *d, size_t n) { return writing(fd, d, n, -1); }
ssize_t pwrite(int fd, const void *d, size_t n, off_t o) { return writing(fd, d, n, o); }
ssize_t pwrite64(int fd, const void *d, size_t n, off64_t o) { return writing(fd, d, n, o); }
ssize_t writev(int fd, const struct iovec *v, int n) {
  ssize_t all = 0;
  for (int i = 0; i < n; i++) { ssize_t did = writing(fd, v[i].iov_base, v[i].iov_len, -1); if (did < 0) return all ? all : did; all += did; }
  return all;
}
static int cutting(int fd, long long size) {
  char path[4096];
  HOLD;
  int here = of_fd(fd, path);
  int did = syscall(SYS_ftruncate, fd, size);
  if (here && did == 0) say("truncate", path, NULL, size, NULL, 0);
  DROP;
  return did;
}
int ftruncate(int fd, off_t n) { return cutting(fd, n); }
int ftruncate64(int fd, off64_t n) { return cutting(fd, n); }
static int flushing(int fd, long call) {
  char path[4096];
  HOLD;
  int here = of_fd(fd, path);
  int did = here ? 0 : syscall(call, fd);
  if (here) say("flush", path, NULL, 0, NULL, 0);
  DROP;
  return did;
}
int fsync(int fd) { return flushing(fd, SYS_fsync); }
int fdatasync(int fd) { return flushing(fd, SYS_fdatasync); }
static int moving(int d1, const char *a, int d2, const char *b) {
  char from[4096], to[4096];
  HOLD;
  int h1 = of_path(d1, a, from), h2 = of_path(d2, b, to);
  int did = syscall(SYS_renameat, d1, a, d2, b);
  if ((h1 || h2) && did == 0) say("rename", from, to, 0, NULL, 0);
  DROP;
  return did;
}
int rename(const char *a, const char *b) { return moving(AT_FDCWD, a, AT_FDCWD, b); }
int renameat(int d1, const char *a, int d2, const char *b) { return moving(d1, a, d2, b); }
static int removing(int dir, const char *given, int flags) {
  char path[4096];
  HOLD;
  int here = of_path(dir, given, path);
  int did = syscall(SYS_unlinkat, dir, given, flags);
  if (here && did == 0) say("remove", path, NULL, 0, NULL, 0);
  DROP;
  return did;
}
int unlink(const char *p) { return removing(AT_FDCWD, p, 0); }
int unlinkat(int d, const char *p, int f) { return removing(d, p, f); }
int rmdir(const char *p) { return removing(AT_FDCWD, p, AT_REMOVEDIR); }
int remove(const char *p) { return removing(AT_FDCWD, p, 0); }
static int making(int dir, const char *given, mode_t mode) {
  char path[4096];
  HOLD;
  int here = of_path(dir, given, path);
  int did = syscall(SYS_mkdirat, dir, given, mode);
  if (here && did == 0) say("mkdir", path, NULL, 0, NULL, 0);
  DROP;
  return did;
}
int mkdir(const char *p, mode_t m) { return making(AT_FDCWD, p, m); }
int mkdirat(int d, const char *p, mode_t m) { return making(d, p, m); }
