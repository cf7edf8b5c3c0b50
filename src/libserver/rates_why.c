/* Prices, and the words for a client that comes too fast. */

#include "engine.h"
#include "rates.h"
#include "text.h"

struct price rates_price(struct rate const *r)
{
  struct price p = { .cost = ((uint64_t)r->seconds * GCRA_UNITS + r->count / 2) / r->count };
  p.tolerance = p.cost * (r->count - 1);
  return p;
}

void rates_allow(struct rates *x, struct price const *price)
{
  if (price->tolerance + price->cost > x->most_allowed) x->most_allowed = price->tolerance + price->cost;
}

uint64_t rates_seconds(uint64_t units)
{
  return (units + GCRA_UNITS - 1) / GCRA_UNITS;
}

static void put_rate(struct text *t, struct rate const *r)
{
  text_string(t, "rate ");
  text_number(t, r->count);
  text_string(t, "/");
  text_number(t, r->seconds);
}

static void put_penalty(struct text *t, uint64_t units)
{
  text_string(t, "penalty ");
  text_number(t, rates_seconds(units));
  text_string(t, " s");
}

void rates_why(struct rates *x, struct refusal *r, struct price const *price, struct rate const *rate, uint64_t debt)
{
  struct text t = TEXT_IN(x->why);
  int by_penalty = x->penalty && debt > price->tolerance + price->cost;
  if (by_penalty) put_penalty(&t, debt - price->tolerance);
  else put_rate(&t, rate);
  if (x->only_report) text_string(&t, " only-report");
  r->reason = by_penalty ? REASON_PENALTY : REASON_RATE;
  r->only_report = x->only_report;
  r->why = text_end(&t);
}
