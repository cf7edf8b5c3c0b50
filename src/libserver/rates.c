/* The part that limits how fast each source comes (--source-rate), bans for a while the sources of clients whose programs
   complain by their exit code (--penalty), and spares others (--exempt). A rule may bring limits of its own: TCPRATE
   and TCPCONNMAX, or IPCRATE and IPCCONNMAX, among its variables. */

#include <stdlib.h>
#include <signal.h>
#include <sys/wait.h>

#include "die.h"
#include "engine.h"
#include "parts.h"
#include "rates.h"
#include "wait_status.h"

/* Seconds: what a source may owe where no rate sets it, and what penalties can add up to. */
enum { TOLERANCE = 15, MOST_PENALTY = 600, SOURCES_DEFAULT = 65536 };

/* ---- one client ---- */

static int is_exempt(struct rates const *x, struct client const *client)
{
  if (address_is_ip(&client->remote)) return source_list_has_address(&x->exempt, &client->remote);
  return source_list_has_user(&x->exempt, client->uid);
}

static int limit(struct server *s, void *data, struct client *client, struct refusal *r)
{
  struct rates *x = data;
  uint64_t debt;
  (void)s;
  if (is_exempt(x, client)) client->exempt = 1;
  if (client->exempt || !(x->rate.count || x->penalty)) return 0;
  debt = gcra_debt(&x->table, &client->source, gcra_now());
  if (debt <= x->price.tolerance) return 0;
  rates_why(x, r, &x->price, &x->rate, debt);
  return 1;
}

/* ---- what it costs ---- */

static void charge(struct server *s, struct rates *x, struct source const *source, uint64_t units)
{
  uint64_t before = x->table.unrecorded;
  gcra_charge(&x->table, source, gcra_now(), units);
  s->counters.untracked += x->table.unrecorded - before;
}

static void launched(struct server *s, void *data, struct client const *client, pid_t pid)
{
  struct rates *x = data;
  uint64_t cost = x->rule_has_price ? x->rule.cost : x->rate.count ? x->price.cost : 0;
  x->rule_has_price = 0;
  if (client->exempt) children_find(&s->children, pid)->state |= CHILD_EXEMPT;
  if (cost && !client->exempt && x->table.entries) charge(s, x, &client->source, cost);
}

static void put_penalty(struct text *t, struct server const *s, struct occurrence const *o)
{
  text_string(t, "penalty ");
  source_put(t, o->source, s->prefix4, s->prefix6);
  text_string(t, " ");
  text_number(t, o->count);
  text_string(t, " s ");
  status_put(t, o->error);
}

static void report_penalty(struct server *s, struct source const *source, uint64_t units, int status)
{
  static struct repeat_kind const kind = { .level = "info", .others = "penalty other sources", .put = &put_penalty };
  struct occurrence o = { .kind = &kind, .source = source, .count = (uint32_t)rates_seconds(units), .error = status };
  repeat_note(s, &o);
}

/* The signals by which a session is ended from outside are no fault of the client. */
static int is_complaint(struct rates const *x, int status)
{
  if (!WIFSIGNALED(status)) return x->exits.has[WEXITSTATUS(status)];
  switch (WTERMSIG(status))
  {
    case SIGTERM : case SIGKILL : case SIGHUP : case SIGPIPE : return 0;
    default : return 1;
  }
}

/* Penalties of sessions that end together add up, but only so far. What the rule of this client allows is not known any more: the
   source of one that may owe much must not be out of reach of penalties. */
static void charge_penalty(struct server *s, struct rates *x, struct source const *source)
{
  uint64_t most = x->most_allowed + (uint64_t)MOST_PENALTY * GCRA_UNITS;
  uint64_t debt = gcra_debt(&x->table, source, gcra_now());
  uint64_t left = debt < most ? most - debt : 0;
  if (left) charge(s, x, source, x->penalty < left ? x->penalty : left);
}

static int ended(struct server *s, void *data, struct ended const *e)
{
  struct rates *x = data;
  struct source const *source = &s->sources.entries[e->source].source;
  uint64_t debt;
  if (!x->penalty || e->error || !is_complaint(x, e->status) || e->state & CHILD_EXEMPT) return 0;
  charge_penalty(s, x, source);
  debt = gcra_debt(&x->table, source, gcra_now());
  if (debt > x->price.tolerance) report_penalty(s, source, debt - x->price.tolerance, e->status);
  return 0;
}

/* ---- */

static void read_rate(struct rates *x, struct opts const *o)
{
  char const *word = opts_value(o, "source-rate", 0);
  x->price.tolerance = (uint64_t)TOLERANCE * GCRA_UNITS;
  if (!word) return;
  rate_parse(&x->rate, word);
  x->price = rates_price(&x->rate);
}

static void read_options(struct rates *x, struct opts const *o)
{
  char const *exempt = opts_value(o, "exempt", 0);
  read_rate(x, o);
  x->penalty = opts_number(o, "penalty", 0) * GCRA_UNITS;
  rates_allow(x, &x->price);
  exit_list_parse(&x->exits, opts_value(o, "penalty-exits", "1"));
  if (exempt) source_list_parse(&x->exempt, exempt);
  x->only_report = opts_has(o, "only-report");
}

static int is_wanted(struct opts const *o)
{
  return opts_has(o, "source-rate") || opts_has(o, "penalty") || opts_has(o, "exempt") ||
    (opts_offers(o, "rules-dir") && (opts_has(o, "rules-dir") || opts_has(o, "rules-cdb")));
}

static void start_table(struct rates *x, struct opts const *o)
{
  uint32_t sources = (uint32_t)opts_number(o, "rate-sources", SOURCES_DEFAULT);
  if (gcra_start(&x->table, sources, RATE_SECONDS_MAX + MOST_PENALTY) == -1) die_system("make the table of rates");
}

static char const *save(struct server *s, void *data, struct state *st)
{
  struct rates const *x = data;
  (void)s;
  gcra_save(&x->table, st, x->part.name);
  return 0;
}

static void resume(struct server *s, void *data, char const *values)
{
  struct rates *x = data;
  (void)s;
  gcra_resume(&x->table, values);
}

/* The table is made also where only rules can ask for rates: its pages are touched when they do. */
void part_rates(struct server *s)
{
  struct rates *x;
  if (!is_wanted(s->opts)) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  read_options(x, s->opts);
  start_table(x, s->opts);
  x->part = (struct part){
    .name = "rates",
    .data = x,
    .limit = &limit,
    .judge = &rates_judge,
    .launched = &launched,
    .ended = &ended,
    .save = &save,
    .resume = &resume
  };
  server_add_part(s, &x->part);
}
