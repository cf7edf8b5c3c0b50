/* The names of the ways to show counts, and the shortest of them. */

#include <string.h>

#include <skalibs/buffer.h>
#include <skalibs/types.h>

#include "show.h"

static struct
{
  char const *name;
  show_function *show;
} const ways[] =
{
  { "text", &show_text },
  { "prometheus", &show_prometheus },
  { "openmetrics", &show_openmetrics },
  { "http", &show_http },
  { "agent", &show_agent },
  { "html", &show_html }
};

show_function *show_of(char const *name)
{
  size_t i = 0;
  for (; i < sizeof ways / sizeof ways[0]; i++)
    if (!strcmp(ways[i].name, name)) return ways[i].show;
  return 0;
}

/* Section 5.2 of HAProxy's configuration manual, agent-check. Never "up": that would override a health check that has failed. */
void show_agent(struct counts const *c, size_t count)
{
  char number[UINT64_FMT];
  uint64_t limit, clients, percent;
  (void)count;
  if (c->error || counts_number(c, "draining", 0))
  {
    buffer_putsnoflush(buffer_1, "drain\n");
    return;
  }
  limit = counts_number(c, "clients_limit", 0);
  clients = counts_number(c, "clients", 0);
  percent = clients < limit ? 100 * (limit - clients) / limit : 0;
  number[uint64_fmt(number, percent ? percent : 1)] = 0;
  buffer_putsnoflush(buffer_1, "ready ");
  buffer_putsnoflush(buffer_1, number);
  buffer_putsnoflush(buffer_1, "%\n");
}
