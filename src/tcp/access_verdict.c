/* What s6-tcpserver-access logs about its verdict. */

#include <unistd.h>

#include <skalibs/types.h>

#include "die.h"
#include "tcp_access.h"

static char const *put_pid(char *digits)
{
  digits[pid_fmt(digits, getpid())] = 0;
  return digits;
}

void access_say_allowed(struct access const *a)
{
  char pid[PID_FMT + 1];
  if (a->settings.verbosity) strerr_warni("allow pid ", put_pid(pid), " ip ", a->remote_ip);
}

void access_refuse(struct access const *a, int code, char const *words, char const *detail)
{
  char pid[PID_FMT + 1];
  if (a->settings.verbosity) strerr_warni("refuse pid ", put_pid(pid), " ip ", a->remote_ip, " ", words, detail);
  _exit(code);
}
