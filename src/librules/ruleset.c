/* A ruleset as a whole: its beginning, its end, and what it forgets between two lookups. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/cdb.h>

#include "rules_internal.h"

void ruleset_begin(struct rules *r, char const *path, enum rules_use use)
{
  memset(r, 0, sizeof *r);
  r->path = path;
  r->use = use;
  r->fd = -1;
  overflow_read(&r->overflow);
  ruleset_forget(r);
}

void ruleset_forget(struct rules *r)
{
  r->key = (struct text)TEXT_IN(r->key_space);
  text_end(&r->key);
  fault_clear(&r->fault);
}

void rules_close(struct rules *r)
{
  if (r->form == RULES_CDB) cdb_free(&r->image);
  r->form = RULES_NONE;
  gids_free(&r->gids);
}
