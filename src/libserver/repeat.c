/* Lines that are logged at most once a second: see repeat.h. */

#include <string.h>

#include "engine.h"

enum { SECOND = 1000 };  /* milliseconds */

/* A row has the beginning of a long one. */
static int has_why(struct repeat_row const *row, char const *why)
{
  return !why || !strncmp(row->why, why, sizeof row->why - 1);
}

static int is_of(struct repeat_row const *row, struct occurrence const *o)
{
  if (row->what.kind != o->kind || row->what.reason != o->reason) return 0;
  return !o->source || (source_same(&row->source, o->source) && has_why(row, o->why));
}

static struct repeat_row *find(struct repeats *r, struct occurrence const *o)
{
  unsigned int i = 0;
  for (; i < r->used; i++)
    if (is_of(&r->rows[i], o)) return &r->rows[i];
  return 0;
}

static void remember_why(struct repeat_row *row, char const *why)
{
  struct text t = TEXT_IN(row->why);
  row->what.why = 0;
  if (!why) return;
  text_string(&t, why);
  row->what.why = text_end(&t);
}

/* Those that are about no source are few, and always have a row. */
static struct repeat_row *make_row(struct repeats *r, struct occurrence const *o)
{
  struct repeat_row *row = &r->rows[r->used];
  if (o->source ? r->sources == REPEAT_SOURCES : r->used == REPEAT_ROWS) return 0;
  r->used++;
  row->what = *o;
  row->what.client = 0;
  row->what.sum = 1;
  row->repeated = 0;
  row->due = clock_millis() + SECOND;
  remember_why(row, o->why);
  if (!o->source) return row;
  r->sources++;
  row->source = *o->source;
  return row;
}

static void put(struct server *s, struct occurrence const *o, uint32_t repeated)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  t = log_begin(&s->log, o->kind->level);
  o->kind->put(t, s, o);
  if (repeated)
  {
    text_string(t, " repeated=");
    text_number(t, repeated);
  }
  log_end(&s->log);
}

static void count_other(struct repeats *r, struct occurrence const *o)
{
  if (!r->others_due) r->others_due = clock_millis() + SECOND;
  r->others_level = o->kind->level;
  r->others_words = o->kind->others;
  r->others++;
}

int repeat_note(struct server *s, struct occurrence const *o)
{
  struct repeats *r = &s->repeats;
  struct repeat_row *row = find(r, o);
  if (row)
  {
    row->repeated++;
    row->what.error = o->error;
    row->what.count = o->count;
    return 0;
  }
  if (!make_row(r, o))
  {
    count_other(r, o);
    return 0;
  }
  put(s, o, 0);
  return 1;
}

uint64_t repeat_appointment(struct server const *s)
{
  struct repeats const *r = &s->repeats;
  uint64_t when = UINT64_MAX;
  unsigned int i = 0;
  for (; i < r->used; i++) clock_sooner(&when, r->rows[i].due);
  clock_sooner(&when, r->others_due);
  return when == UINT64_MAX ? 0 : when;
}

static void sum_up_others(struct server *s)
{
  struct repeats *r = &s->repeats;
  struct text *t;
  if (r->others && log_wants(&s->log, LOG_WARNING))
  {
    t = log_begin(&s->log, r->others_level);
    text_string(t, r->others_words);
    text_string(t, " repeated=");
    text_number(t, r->others);
    log_end(&s->log);
  }
  r->others = 0;
  r->others_due = 0;
}

/* Rows keep their order: the sums are logged in that of the first lines. */
void repeat_sum_up(struct server *s, uint64_t now)
{
  struct repeats *r = &s->repeats;
  unsigned int i = 0, kept = 0;
  for (; i < r->used; i++)
  {
    struct repeat_row *row = &r->rows[i];
    if (now < row->due)
    {
      if (kept != i) r->rows[kept] = *row;
      kept++;
      continue;
    }
    row->what.source = row->what.source ? &row->source : 0;
    row->what.why = row->what.why ? row->why : 0;
    if (row->repeated) put(s, &row->what, row->repeated);
    if (row->what.source) r->sources--;
  }
  r->used = kept;
  if (r->others_due && now >= r->others_due) sum_up_others(s);
}
