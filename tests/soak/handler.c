/* The program of the soak: an echo that ends at the end of input or after the letter q. One in 64 is started by a shell. */

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

int main(int argc, char *const *argv)
{
  char buffer[512];
  ssize_t n;
  if (argc == 1 && getpid() % 64 == 0) execl("/bin/sh", "sh", "-c", "exec \"$0\" started", argv[0], (char *)0);
  while ((n = read(0, buffer, sizeof buffer)) > 0)
  {
    int last = buffer[n - 1] == 'q';
    if (say(buffer, n - last) == -1 || last) break;
  }
  return 0;
}
