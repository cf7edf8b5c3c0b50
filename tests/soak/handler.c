/* The program of the soak: an echo that ends at the end of input or after one of these letters, which it does not echo:
     q  at once
     x  with the exit code 3
     u  likewise at once: more has come than was read
     g  and leaves a child, which lives for long
     k  not at all, and not for SIGTERM either
   One in 64 is started by a shell. */

#include <signal.h>
#include <string.h>
#include <unistd.h>

static int say(char const *s, ssize_t length)
{
  while (length)
  {
    ssize_t n = write(1, s, (size_t)length);
    if (n == -1) return -1;
    s += n;
    length -= n;
  }
  return 0;
}

static void stay(void)
{
  for (;;) pause();
}

static int leave_a_child(void)
{
  if (fork()) return 0;
  close(0);
  close(1);
  stay();
  return 0;
}

static int end(int letter)
{
  if (letter == 'x') return 3;
  if (letter == 'g') return leave_a_child();
  if (letter != 'k') return 0;
  signal(SIGTERM, SIG_IGN);
  stay();
  return 0;
}

int main(int argc, char *const *argv)
{
  char buffer[512];
  ssize_t n;
  if (argc == 1 && getpid() % 64 == 0) execl("/bin/sh", "sh", "-c", "exec \"$0\" started", argv[0], (char *)0);
  while ((n = read(0, buffer, sizeof buffer)) > 0)
  {
    int last = buffer[n - 1];
    int is_last = !!strchr("qxugk", last);
    if (say(buffer, n - is_last) == -1) break;
    if (is_last) return end(last);
  }
  return 0;
}
