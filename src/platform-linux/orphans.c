/* Whether orphans become our children. */

#include <sys/prctl.h>
#include <unistd.h>

#include "platform.h"

int platform_adopts_orphans(void)
{
  int subreaper = 0;
  if (getpid() == 1) return 1;
  return prctl(PR_GET_CHILD_SUBREAPER, &subreaper) == 0 && subreaper;
}
