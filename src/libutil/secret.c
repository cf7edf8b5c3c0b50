/* A secret for a hash: see secret.h. */

#define _DEFAULT_SOURCE  /* getentropy */
#include <fcntl.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "secret.h"

static int from_device(void *s, size_t length)
{
  int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC | O_NOCTTY);
  size_t n = fd == -1 ? 0 : allread(fd, s, length);
  if (fd != -1) fd_close(fd);
  return n == length;
}

/* The time, our process, and where the system has put our stack and code, stirred (the constants are those of
   splitmix64). */
static void from_circumstances(unsigned char *s, size_t length)
{
  struct timespec t;
  uint64_t x, z = 0;
  size_t i = 0;
  clock_gettime(CLOCK_REALTIME, &t);
  x = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
  x ^= (uint64_t)(uintptr_t)&t << 20 ^ (uint64_t)(uintptr_t)&from_device << 7 ^ (uint64_t)getpid() << 48;
  for (; i < length; i++)
  {
    if (i % 8 == 0)
    {
      z = x += UINT64_C(0x9e3779b97f4a7c15);
      z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
      z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
      z ^= z >> 31;
    }
    s[i] = (unsigned char)(z >> i % 8 * 8);
  }
}

void secret_fill(void *s, size_t length)
{
  if (length <= 256 && getentropy(s, length) == 0) return;  /* POSIX.1-2024: GETENTROPY_MAX */
  if (!from_device(s, length)) from_circumstances(s, length);
}
