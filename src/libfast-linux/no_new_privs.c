/* PR_SET_NO_NEW_PRIVS. */

#include <sys/prctl.h>

#include "fast.h"

int fast_no_new_privs(void)
{
  return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
}
