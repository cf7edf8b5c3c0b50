/* Which options of the engine go together: see daemon_opts.h. */

#include <stddef.h>
#include <string.h>

#include "daemon_opts.h"
#include "die.h"
#include "text.h"

/* ---- the rules, one row each ---- */

struct pair
{
  char const *name;
  char const *other;
};

/* The first needs the second. Ends with 0. */
static struct pair const needs[] =
{
  { "proxy", "proxy-from" },
  { "proxy-from", "proxy" },
  { "proxy-deadline", "proxy" },
  { "proxy-direct", "proxy" },
  { "proxy-close-local", "proxy" },
  { "proxy-variables", "proxy" },
  { "penalty-exits", "penalty" },
  { 0, 0 }
};

enum { OTHERS_MAX = 4, WORDS_MAX = 128 };

struct choice
{
  char const *name;
  char const *others[OTHERS_MAX + 1];
};

/* The first does nothing without one of the others. Ends with 0. */
static struct choice const needs_one[] =
{
  { "kill-after", { "max-session", "max-idle", "drain-deadline", 0 } },
  { "only-report", { "source-rate", "penalty", "rules-dir", "rules-cdb", 0 } },
  { "rate-sources", { "source-rate", "penalty", "rules-dir", "rules-cdb", 0 } },
  { 0, { 0 } }
};

/* These two cannot be given together. Ends with 0. */
static struct pair const excludes[] =
{
  { "reset-refused", "refuse-with" },
  { "status-socket", "status-fd" },
  { "max-idle", "mptcp" },
  { 0, 0 }
};

/* ---- */

/* A word that a wrapper writes for another option, as --proxy=any for -L, gives that option, too. */
static int is_written(struct opts const *o, char const *name)
{
  size_t length = strlen(name), i = 0;
  for (; i < o->count; i++)
  {
    char const *word = o->given[i].opt->forward;
    if (word && !strncmp(word, "--", 2) && !strncmp(word + 2, name, length) && (!word[2 + length] || word[2 + length] == '=')) return 1;
  }
  return 0;
}

static int is_given(struct opts const *o, char const *name)
{
  return (opts_offers(o, name) && opts_has(o, name)) || is_written(o, name);
}

static int one_is_given(struct opts const *o, char const *const *names)
{
  for (; *names; names++)
    if (is_given(o, *names)) return 1;
  return 0;
}

/* Those that the program offers: "--a, --b or --c". */
static char const *put_names(struct text *t, struct opts const *o, char const *const *names)
{
  char const *held = 0;
  for (; *names; names++)
  {
    if (!opts_offers(o, *names)) continue;
    if (held) text_string(t, t->length ? ", --" : "--"), text_string(t, held);
    held = *names;
  }
  text_string(t, t->length ? " or --" : "--");
  text_string(t, held);
  return text_end(t);
}

static void require_one(struct opts const *o, struct choice const *c)
{
  char words[WORDS_MAX];
  struct text t = TEXT_IN(words);
  if (is_given(o, c->name) && !one_is_given(o, c->others)) die_usage("--", c->name, " needs ", put_names(&t, o, c->others));
}

void die_idle_local(void)
{
  die_usage("--max-idle is for TCP listeners");
}

void require_engine_opts(struct opts const *o)
{
  struct pair const *p;
  struct choice const *c;
  for (p = needs; p->name; p++)
    if (is_given(o, p->name) && !is_given(o, p->other)) die_usage("--", p->name, " needs --", p->other);
  for (c = needs_one; c->name; c++) require_one(o, c);
  for (p = excludes; p->name; p++)
    if (is_given(o, p->name) && is_given(o, p->other)) die_usage("--", p->name, " and --", p->other, " cannot be given together");
}
