/* The sandbox, part by part: see sandbox.h. */

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "config.h"
#include "identity.h"
#include "sandbox_parts.h"

#if SALLYPORT_WITH_NO_NEW_PRIVS
#include <sys/prctl.h>
#endif

enum { FILES_MAX = 64 };

static int fail(struct text *why, char const *what)
{
  text_string(why, what);
  text_string(why, ": ");
  text_string(why, strerror(errno));
  return -1;
}

/* Never more than it may be already. */
static int limit(int resource, rlim_t most)
{
  struct rlimit r;
  if (getrlimit(resource, &r) == -1) return -1;
  if (r.rlim_max > most) r.rlim_max = most;
  if (r.rlim_cur > r.rlim_max) r.rlim_cur = r.rlim_max;
  return setrlimit(resource, &r);
}

static int limit_all(void)
{
  if (limit(RLIMIT_CORE, 0) == -1 || limit(RLIMIT_NOFILE, FILES_MAX) == -1) return -1;
#ifdef RLIMIT_NPROC
  if (limit(RLIMIT_NPROC, 0) == -1) return -1;
#endif
  return 0;
}

/* ptrace(2), /proc/PID/mem: closed to other processes of the same user id. */
static int hide_memory(void)
{
#if SALLYPORT_WITH_NO_NEW_PRIVS
  return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
#else
  return 0;
#endif
}

int sandbox_enter(struct sandbox const *s, struct text *why)
{
  if (no_new_privs() == -1 && errno != ENOSYS) return fail(why, "unable to forbid new privileges");
  if (hide_memory() == -1) return fail(why, "unable to hide the memory");
  if (limit_all() == -1) return fail(why, "unable to set limits");
  if (landlock_files(s->calls & SANDBOX_FILES ? s->readable : 0) == -1) return fail(why, "unable to close the file system");
  if (seccomp_calls(s->calls) == -1) return fail(why, "unable to close the system calls");
  return 0;
}
