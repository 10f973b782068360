// Gives the processes that load it another time of day, for tests of what takes days:
//
//   LD_PRELOAD=libtravel.so ANJU_TRAVEL=<file of 8 bytes, the seconds to be added, as int64>
//
// The file may be written at any time and counts at once. Stop-watches (CLOCK_MONOTONIC) go on as they are. A wait until a time of day
// is translated back, because the kernel knows nothing of all this: libfaketime leaves out the futexes of abseil, which then spin.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t* ahead_s;

__attribute__((constructor)) static void Open(void) {
  const char* path = getenv("ANJU_TRAVEL");
  if (path == NULL) return;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void* mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) ahead_s = mapped;
}

static int64_t Ahead(void) { return ahead_s == NULL ? 0 : *ahead_s; }

#define REAL(name) \
  static __typeof__(name)* real; \
  if (real == NULL) real = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)

static struct timespec Back(const struct timespec* until) {
  struct timespec real = *until;
  real.tv_sec -= Ahead();
  if (real.tv_sec < 0) real.tv_sec = 0;
  return real;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  REAL(clock_gettime);
  const int result = real(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += Ahead();
  return result;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  REAL(gettimeofday);
  const int result = real(now, zone);
  if (result == 0) now->tv_sec += Ahead();
  return result;
}

time_t time(time_t* to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to != NULL) *to = now.tv_sec;
  return now.tv_sec;
}

// Waits here are for a time of day, or for a stop-watch whose times are small: none of ours is older than the machine.
static int IsTimeOfDay(const struct timespec* until) { return until->tv_sec > 1000000000; }

int pthread_cond_timedwait(pthread_cond_t* restrict cond, pthread_mutex_t* restrict mutex, const struct timespec* restrict until) {
  REAL(pthread_cond_timedwait);
  const struct timespec back = IsTimeOfDay(until) ? Back(until) : *until;
  return real(cond, mutex, &back);
}

int pthread_cond_clockwait(pthread_cond_t* restrict cond, pthread_mutex_t* restrict mutex, clockid_t clock,
                           const struct timespec* restrict until) {
  REAL(pthread_cond_clockwait);
  const struct timespec back = clock == CLOCK_REALTIME ? Back(until) : *until;
  return real(cond, mutex, clock, &back);
}

int sem_timedwait(sem_t* restrict semaphore, const struct timespec* restrict until) {
  REAL(sem_timedwait);
  const struct timespec back = Back(until);
  return real(semaphore, &back);
}

long syscall(long number, ...) {
  REAL(syscall);
  va_list arguments;
  va_start(arguments, number);
  long a[6];
  for (int i = 0; i < 6; ++i) a[i] = va_arg(arguments, long);
  va_end(arguments);
  const struct timespec* until = (const struct timespec*)a[3];
  if (number == SYS_futex && (a[1] & FUTEX_CLOCK_REALTIME) != 0 && until != NULL) {
    const struct timespec back = Back(until);
    return real(number, a[0], a[1], a[2], &back, a[4], a[5]);
  }
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
