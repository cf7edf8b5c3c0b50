/* PR_SET_NO_NEW_PRIVS, where there is such a thing: see identity.h. */

#include <errno.h>

#include "config.h"
#include "identity.h"

#if SALLYPORT_WITH_NO_NEW_PRIVS
#include <sys/prctl.h>
#endif

int no_new_privs(void)
{
#if SALLYPORT_WITH_NO_NEW_PRIVS
  return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
#else
  return (errno = ENOSYS, -1);
#endif
}
