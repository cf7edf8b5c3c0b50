/* Counts for people, in a screen. */

#include <string.h>

#include <skalibs/buffer.h>

#include "facts.h"
#include "show.h"
#include "text.h"

enum { BAR = 40, LINE = 1024, COLUMN = 12 };

static void put(char const *s)
{
  buffer_puts(buffer_1, s);
}

static void line(char const *name, struct text *t)
{
  size_t n = strlen(name);
  put("  ");
  put(name);
  for (; n < COLUMN; n++) put(" ");
  put(text_end(t));
  put("\n");
  t->length = 0;
}

static void put_fact(char const *name, void (*fact)(struct text *, struct counts const *), struct counts const *c)
{
  char space[LINE];
  struct text t = TEXT_IN(space);
  fact(&t, c);
  line(name, &t);
}

static void put_bar(struct text *t, uint64_t n, uint64_t most)
{
  uint64_t i = 0, filled = most ? (n * BAR + most - 1) / most : 0;
  text_string(t, "[");
  for (; i < BAR; i++) text_string(t, i < filled ? "#" : " ");
  text_string(t, "]");
}

static void put_clients(struct counts const *c)
{
  char space[LINE];
  struct text t = TEXT_IN(space);
  uint64_t n = counts_number(c, "clients", 0), most = counts_number(c, "clients_limit", 0);
  put_bar(&t, n, most);
  text_string(&t, " ");
  text_number(&t, n);
  text_string(&t, " of ");
  text_number(&t, most);
  line("clients", &t);
  text_number(&t, counts_number(c, "sources", 0));
  text_string(&t, ", each with at most ");
  text_number(&t, counts_number(c, "source_clients_limit", 0));
  text_string(&t, " clients");
  line("sources", &t);
  text_number(&t, counts_sum(c, "backlog"));
  text_string(&t, " in the backlog, ");
  text_number(&t, counts_number(c, "pending", 0));
  text_string(&t, " accepted without a program");
  line("waiting", &t);
}

static void put_totals(struct counts const *c)
{
  char space[LINE];
  struct text t = TEXT_IN(space);
  text_number(&t, counts_number(c, "accepted_total", 0));
  text_string(&t, ", of which ");
  text_number(&t, counts_number(c, "launched_total", 0));
  text_string(&t, " were served and ");
  text_number(&t, counts_sum(c, "refused_total"));
  text_string(&t, " refused");
  line("accepted", &t);
}

static void show_one(struct counts const *c)
{
  put(c->service ? c->service : c->path);
  put(": ");
  put(counts_state(c));
  put("\n");
  put_fact("", &put_remark, c);
  if (c->error) return;
  put_fact("", &put_program, c);
  put_clients(c);
  put_totals(c);
  put_fact("refused", &put_refusals, c);
  put_fact("ended", &put_endings, c);
  put_fact("sessions", &put_lengths, c);
  put_fact("most", &put_sources, c);
  put_fact("troubles", &put_troubles, c);
}

void show_text(struct counts const *all, size_t count)
{
  size_t i = 0;
  for (; i < count; i++)
  {
    if (i) put("\n");
    show_one(&all[i]);
  }
}
