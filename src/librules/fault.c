/* Which entry of a ruleset was wrong, and why. */

#include <errno.h>
#include <string.h>

#include "rules_internal.h"

void fault_clear(struct rules_fault *t)
{
  t->entry.s = t->space;
  t->entry.max = sizeof t->space;
  t->entry.length = 0;
  t->entry.cut = 0;
  t->why = 0;
  text_end(&t->entry);
}

int fault_note(struct rules_fault *t, char const *entry, size_t length, char const *why)
{
  int e = errno;
  fault_clear(t);
  if (entry) text_scrubbed(&t->entry, entry, length);
  text_end(&t->entry);
  t->why = why ? why : strerror(e);
  errno = e;
  return -1;
}

void file_state_take(struct file_state *f, struct stat const *st)
{
  f->dev = st->st_dev;
  f->ino = st->st_ino;
  f->size = st->st_size;
  f->modified = st->st_mtim;
  f->changed = st->st_ctim;
}

static int same_time(struct timespec const *a, struct timespec const *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

int file_state_same(struct file_state const *a, struct file_state const *b)
{
  return a->ino == b->ino && a->dev == b->dev && a->size == b->size
    && same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}
