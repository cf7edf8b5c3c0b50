/* The part that limits how fast each source comes (--source-rate), bans for a while the sources of clients whose programs
   complain by their exit code (--penalty), and spares others (--exempt). A rule may bring limits of its own: TCPRATE
   and TCPCONNMAX, or IPCRATE and IPCCONNMAX, among its variables. */

#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/wait.h>

#include "die.h"
#include "engine.h"
#include "exit_list.h"
#include "gcra.h"
#include "number.h"
#include "parts.h"
#include "rate.h"
#include "source_list.h"
#include "status.h"

/* Seconds: what a source may owe where no rate sets it, and what penalties can add up to. */
enum { TOLERANCE = 15, MOST_PENALTY = 600, SOURCES_DEFAULT = 65536 };

/* What a client costs its source, and what the source may owe before, in units of gcra.h. */
struct price
{
  uint64_t cost;
  uint64_t tolerance;
};

struct rates
{
  struct part part;
  struct gcra table;
  struct rate rate;         /* count 0: none is given */
  struct price price;
  uint64_t rate_can_owe;    /* what is above it comes from a penalty */
  uint64_t penalty;         /* units; 0: none is given */
  struct exit_list exits;
  struct source_list exempt;
  int only_report;
  struct price rule;        /* of the client that was judged latest; cost 0 and tolerance UINT64_MAX: no limit */
  int rule_has_price;
  char why[REPEAT_WHY_MAX];
};

static struct price price_of(struct rate const *r)
{
  struct price p = { .cost = ((uint64_t)r->seconds * GCRA_UNITS + r->count / 2) / r->count };
  p.tolerance = p.cost * (r->count - 1);
  return p;
}

static uint64_t seconds_of(uint64_t units)
{
  return (units + GCRA_UNITS - 1) / GCRA_UNITS;
}

/* ---- why a client is refused ---- */

static void put_rate(struct text *t, char const *name, struct rate const *r)
{
  text_string(t, name);
  text_number(t, r->count);
  text_string(t, "/");
  text_number(t, r->seconds);
}

static void fill(struct rates *x, struct refusal *r, enum reason reason, struct text *why)
{
  if (x->only_report) text_string(why, " only-report");
  r->reason = reason;
  r->why = text_end(why);
}

static void fill_rate(struct rates *x, struct refusal *r, char const *name, struct rate const *rate)
{
  struct text t = TEXT_IN(x->why);
  put_rate(&t, name, rate);
  fill(x, r, REASON_RATE, &t);
}

static void fill_penalty(struct rates *x, struct refusal *r, uint64_t debt)
{
  struct text t = TEXT_IN(x->why);
  text_string(&t, "penalty ");
  text_number(&t, seconds_of(debt - x->price.tolerance));
  text_string(&t, " s");
  fill(x, r, REASON_PENALTY, &t);
}

/* Returns true if the client is to be refused, and not only reported. */
static int decide(struct server *s, struct rates const *x, struct client const *client, struct refusal const *r)
{
  if (!x->only_report) return 1;
  s->counters.only_reported++;
  report_refused(s, client, r);
  return 0;
}

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
  if (is_exempt(x, client)) client->exempt = 1;
  if (client->exempt || !x->table.entries) return 0;
  debt = gcra_debt(&x->table, &client->source, gcra_now());
  if (debt <= x->price.tolerance) return 0;
  if (debt > x->rate_can_owe) fill_penalty(x, r, debt);
  else fill_rate(x, r, "rate ", &x->rate);
  return decide(s, x, client, r);
}

/* ---- limits that a rule brings ---- */

static char const *protocol_of(struct client const *client)
{
  return address_is_ip(&client->remote) ? "TCP" : "IPC";
}

/* The value of the protocol's variable of that name in a modification string, or 0. The last one counts. */
static char const *value_in(struct verdict const *v, char const *protocol, char const *name)
{
  char const *value = 0, *at = v->environment, *end = at + v->environment_length;
  size_t first = strlen(protocol), second = strlen(name);
  for (; at < end; at += strlen(at) + 1)
  {
    if (strncmp(at, protocol, first) || strncmp(at + first, name, second)) continue;
    if (at[first + second] == '=') value = at + first + second + 1;
  }
  return value;
}

static int mistaken(struct refusal *r, char const *why)
{
  r->reason = REASON_RULES;
  r->why = why;
  return 0;
}

static int judge_count(struct client const *client, struct verdict *v, struct refusal *r)
{
  uint64_t n;
  char const *value = value_in(v, protocol_of(client), "CONNMAX");
  if (!value) return 1;
  if (number_parse(value, 10, CLIENTS_CEILING, &n) == -1) return mistaken(r, "its rule has a CONNMAX that is not a number");
  v->has_max_per_source = 1;
  v->max_per_source = (uint32_t)n;
  return 1;
}

static int judge_rate(struct server *s, struct rates *x, struct client const *client, struct verdict *v, struct refusal *r)
{
  struct rate rate;
  char const *value = value_in(v, protocol_of(client), "RATE");
  x->rule_has_price = !!value;
  if (!value) return 1;
  v->has_rate = 1;
  x->rule = (struct price){ .cost = 0, .tolerance = UINT64_MAX };
  v->has_no_rate = !strcmp(value, "none");
  if (v->has_no_rate) return 1;
  if (rate_parse(&rate, value) == -1) return mistaken(r, "its rule has a RATE that is neither N/S nor none");
  x->rule = price_of(&rate);
  if (gcra_debt(&x->table, &client->source, gcra_now()) <= x->rule.tolerance) return 1;
  fill_rate(x, r, "rate ", &rate);
  return !decide(s, x, client, r);
}

static int judge(struct server *s, void *data, struct client const *client, struct verdict *v, struct refusal *r)
{
  struct rates *x = data;
  x->rule_has_price = 0;
  if (!v->environment_length) return 1;
  return judge_count(client, v, r) && judge_rate(s, x, client, v, r);
}

/* ---- what it costs ---- */

static void charge(struct server *s, struct rates *x, struct source const *source, uint64_t units)
{
  gcra_charge(&x->table, source, gcra_now(), units);
  s->counters.untracked = x->table.unrecorded;
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
  struct occurrence o = { .kind = &kind, .source = source, .count = (uint32_t)seconds_of(units), .error = status };
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

static int ended(struct server *s, void *data, struct ended const *e)
{
  struct rates *x = data;
  struct source const *source = &s->sources.entries[e->source].source;
  uint64_t debt;
  if (!x->penalty || e->error || !is_complaint(x, e->status) || e->state & CHILD_EXEMPT) return 0;
  charge(s, x, source, x->penalty);
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
  x->price = price_of(&x->rate);
  x->rate_can_owe = x->price.tolerance + x->price.cost;
}

static void read_options(struct rates *x, struct opts const *o)
{
  char const *exempt = opts_value(o, "exempt", 0);
  read_rate(x, o);
  x->penalty = opts_number(o, "penalty", 0) * GCRA_UNITS;
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
    .judge = &judge,
    .launched = &launched,
    .ended = &ended,
    .save = &save,
    .resume = &resume
  };
  server_add_part(s, &x->part);
}
