/* Giving up what root can do without its user id, where the system has such a thing (capabilities(7)): see
   identity.h. */

#define _GNU_SOURCE  /* syscall */

#include "config.h"
#include "die.h"
#include "identity.h"

#if SALLYPORT_WITH_CAPABILITIES

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

/* libc has no functions for these two calls, and libcap would be one more library for two lines. */
static int capabilities_read(struct __user_cap_data_struct *sets)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  return (int)syscall(SYS_capget, &header, sets);
}

static int capabilities_write(struct __user_cap_data_struct const *sets)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  return (int)syscall(SYS_capset, &header, sets);
}

static int is_empty(struct __user_cap_data_struct const *set)
{
  return !(set->effective | set->permitted | set->inheritable);
}

/* Ambient capabilities are always inheritable, and go with those. */
void shed_capabilities(void)
{
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
  if (capabilities_read(sets) == -1)
  {
    if (errno == ENOSYS) return;
    die_system("read the capabilities");
  }
  if (is_empty(sets) && is_empty(sets + 1)) return;
  memset(sets, 0, sizeof sets);
  if (capabilities_write(sets) == -1) die_system("give up the capabilities");
  if (capabilities_read(sets) == -1) die_system("verify the capabilities");
  if (!is_empty(sets) || !is_empty(sets + 1)) strerr_dief(EXIT_SYSTEM, "the capabilities did not go");
}

#else

void shed_capabilities(void)
{
}

#endif
