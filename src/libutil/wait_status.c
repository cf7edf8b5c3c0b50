/* How a process ended: see wait_status.h. */

#include <sys/wait.h>

#include "wait_status.h"

void status_put(struct text *t, int status)
{
  text_string(t, WIFSIGNALED(status) ? "signal " : "exitcode ");
  text_number(t, (uint64_t)(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
}
