/* A library to preload: the wall clock of a program, which a test sets. The file that WALL_CLOCK names has a number of seconds, which are
   added to the time of day. Each question for the time of day adds a byte to the file of that name with ".asked" at its end. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void note_question(char const *file)
{
  char name[4096];
  int fd;
  snprintf(name, sizeof name, "%s.asked", file);
  fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd == -1) return;
  (void)!write(fd, "?", 1);
  close(fd);
}

static long seconds_to_add(void)
{
  char const *file = getenv("WALL_CLOCK");
  char number[32] = "";
  int fd;
  if (!file) return 0;
  note_question(file);
  fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd == -1) return 0;
  (void)!read(fd, number, sizeof number - 1);
  close(fd);
  return strtol(number, 0, 10);
}

static int is_of_the_date(clockid_t id)
{
  return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_TAI;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
  int r = (int)syscall(SYS_clock_gettime, id, t);
  if (!r && is_of_the_date(id)) t->tv_sec += seconds_to_add();
  return r;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
  struct timespec t;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &t) == -1) return -1;
  tv->tv_sec = t.tv_sec;
  tv->tv_usec = t.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *where)
{
  struct timespec t;
  if (clock_gettime(CLOCK_REALTIME, &t) == -1) return -1;
  if (where) *where = t.tv_sec;
  return t.tv_sec;
}
