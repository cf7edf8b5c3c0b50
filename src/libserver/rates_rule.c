/* The limits that a rule brings: TCPRATE and TCPCONNMAX, or IPCRATE and IPCCONNMAX, among its variables. */

#include <string.h>

#include "engine.h"
#include "number.h"
#include "rates.h"

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

static int judge_rate(struct rates *x, struct client const *client, struct verdict *v, struct refusal *r)
{
  struct rate rate;
  uint64_t debt;
  char const *value = value_in(v, protocol_of(client), "RATE");
  x->rule_has_price = !!value;
  if (!value) return 1;
  v->has_rate = 1;
  x->rule = (struct price){ .cost = 0, .tolerance = UINT64_MAX };
  if (!strcmp(value, "none")) return 1;
  if (rate_parse(&rate, value) == -1) return mistaken(r, "its rule has a RATE that is neither N/S nor none");
  x->rule = rates_price(&rate);
  debt = gcra_debt(&x->table, &client->source, gcra_now());
  rates_allow(x, &x->rule);
  if (client->exempt || debt <= x->rule.tolerance) return 1;
  rates_why(x, r, &x->rule, &rate, debt);
  return x->only_report;
}

int rates_judge(struct server *s, void *data, struct client const *client, struct verdict *v, struct refusal *r)
{
  struct rates *x = data;
  (void)s;
  x->rule_has_price = 0;
  if (!v->environment_length) return 1;
  return judge_count(client, v, r) && judge_rate(x, client, v, r);
}
