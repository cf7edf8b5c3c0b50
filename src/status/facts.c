/* What people want to know of one service: see facts.h. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "facts.h"

enum { WORD_MAX = 128 };

static void comma(struct text *t, size_t begun)
{
  if (t->length > begun) text_string(t, ", ");
}

static void put_pair(struct text *t, uint64_t n, char const *words)
{
  text_number(t, n);
  text_string(t, words);
}

/* The two largest units, so that a glance is enough. */
static void put_duration(struct text *t, uint64_t seconds)
{
  if (seconds >= 86400)
  {
    put_pair(t, seconds / 86400, " d ");
    put_pair(t, seconds % 86400 / 3600, " h");
  }
  else if (seconds >= 3600)
  {
    put_pair(t, seconds / 3600, " h ");
    put_pair(t, seconds % 3600 / 60, " min");
  }
  else if (seconds >= 60)
  {
    put_pair(t, seconds / 60, " min ");
    put_pair(t, seconds % 60, " s");
  }
  else put_pair(t, seconds, " s");
}

static struct sample const *find(struct counts const *c, char const *name)
{
  size_t i = 0;
  for (; i < c->count; i++)
    if (!strcmp(c->samples[i].name, name)) return &c->samples[i];
  return 0;
}

static void put_label(struct text *t, struct sample const *s, char const *label)
{
  char word[WORD_MAX];
  if (s) text_string(t, sample_label(s, label, word, sizeof word));
}

void put_program(struct text *t, struct counts const *c)
{
  uint64_t started = counts_number(c, "start_time_seconds", 0), now = (uint64_t)time(0);
  put_label(t, find(c, "info"), "program");
  text_string(t, " ");
  put_label(t, find(c, "info"), "version");
  text_string(t, ", up ");
  put_duration(t, now > started ? now - started : 0);
}

void put_remark(struct text *t, struct counts const *c)
{
  char const *state = counts_state(c);
  if (!strcmp(state, "full")) text_string(t, "the client limit is reached, further clients wait");
  else if (!strcmp(state, "draining")) text_string(t, "no new clients, the end when the last one has gone");
  else if (!strcmp(state, "holding")) text_string(t, "a shortage of processes, memory or descriptors, clients wait");
  else if (!strcmp(state, "no answer")) text_string(t, strerror(c->error));
  else text_string(t, "new clients are served");
}

uint64_t counts_sum(struct counts const *c, char const *name)
{
  uint64_t n = 0;
  size_t i = 0;
  for (; i < c->count; i++)
    if (!strcmp(c->samples[i].name, name)) n += strtoull(c->samples[i].value, 0, 10);
  return n;
}

/* Every sample of that name which is not 0: its label and its value. */
static void put_samples(struct text *t, struct counts const *c, char const *name, char const *label)
{
  size_t i = 0, begun = t->length;
  for (; i < c->count; i++)
  {
    struct sample const *s = &c->samples[i];
    if (strcmp(s->name, name) || !strcmp(s->value, "0")) continue;
    comma(t, begun);
    put_label(t, s, label);
    text_string(t, " ");
    text_string(t, s->value);
  }
  if (t->length == begun) text_string(t, "none");
}

void put_refusals(struct text *t, struct counts const *c)
{
  put_samples(t, c, "refused_total", "reason");
}

void put_sources(struct text *t, struct counts const *c)
{
  put_samples(t, c, "source_clients", "source");
}

void put_endings(struct text *t, struct counts const *c)
{
  put_pair(t, counts_number(c, "ended_total", "how=\"ok\""), " ok, ");
  put_pair(t, counts_number(c, "ended_total", "how=\"code\""), " with other codes, ");
  put_pair(t, counts_number(c, "ended_total", "how=\"signal\""), " by a signal");
}

/* The end of the first bucket with at least that share of the sessions. */
static void put_share(struct text *t, struct counts const *c, unsigned int percent, char const *words)
{
  uint64_t all = counts_number(c, "session_seconds_count", 0);
  char end[WORD_MAX];
  size_t i = 0;
  for (; i < c->count; i++)
  {
    struct sample const *s = &c->samples[i];
    if (strcmp(s->name, "session_seconds_bucket") || strtoull(s->value, 0, 10) * 100 < all * percent) continue;
    text_string(t, words);
    sample_label(s, "le", end, sizeof end);
    if (!strcmp(end, "+Inf")) text_string(t, "over an hour");
    else
    {
      text_string(t, "within ");
      text_string(t, end);
      text_string(t, " s");
    }
    return;
  }
}

void put_lengths(struct text *t, struct counts const *c)
{
  uint64_t all = counts_number(c, "session_seconds_count", 0);
  if (!all)
  {
    text_string(t, "none has ended");
    return;
  }
  put_share(t, c, 50, "50 % ");
  put_share(t, c, 90, ", 90 % ");
  put_share(t, c, 99, ", 99 % ");
}

void put_troubles(struct text *t, struct counts const *c)
{
  static struct { char const *name; char const *words; } const troubles[] =
  {
    { "launch_failures_total", " launches failed" },
    { "held_seconds_total", " s in shortages" },
    { "log_lines_lost_total", " log lines lost" },
    { "untracked_total", " sources without a place in the table of rates" },
    { "told_to_end_total", " sessions ended by --max-session" }
  };
  size_t i = 0, begun = t->length;
  for (; i < sizeof troubles / sizeof troubles[0]; i++)
  {
    uint64_t n = counts_sum(c, troubles[i].name);
    if (!n) continue;
    comma(t, begun);
    put_pair(t, n, troubles[i].words);
  }
  if (t->length == begun) text_string(t, "none");
}
