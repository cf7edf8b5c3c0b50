/* Noticing that the file of a compiled ruleset has changed. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "rules_internal.h"

enum { RETRY = 1000 };  /* milliseconds until a fault is tried again */

/* A fault may be the system's and pass, so it is tried again now and then, silently. */
static int is_known_fault(struct rules *r, struct file_state const *state, int e)
{
  return r->broken_error == e && file_state_same(state, &r->broken);
}

static int retake(struct rules *r, struct file_state *state)
{
  int e;
  if (database_take(r, state) == 0)
  {
    r->broken_error = 0;
    return 1;
  }
  e = errno;
  r->broken_at = clock_millis();
  if (is_known_fault(r, state, e)) return 0;
  r->broken = *state;
  r->broken_error = e;
  return (errno = e, -1);
}

int rules_refresh(struct rules *r)
{
  struct file_state state;
  struct stat st;
  if (r->form != RULES_CDB) return 0;
  memset(&state, 0, sizeof state);
  if (stat(r->path, &st) == 0) file_state_take(&state, &st);
  if (file_state_same(&state, &r->seen))
  {
    r->broken_error = 0;
    return 0;
  }
  if (r->broken_error && file_state_same(&state, &r->broken) && clock_millis() - r->broken_at < RETRY) return 0;
  return retake(r, &state);
}
