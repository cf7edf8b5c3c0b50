/* What is printed about a race without a winner: see race.h. */

#include <errno.h>

#include "die.h"
#include "race.h"

/* The words for an attempt. */
struct names
{
  char ip[ADDRESS_TEXT_MAX];
  char port[8];
};

static void name_attempt(struct names *n, struct attempt const *a)
{
  struct text ip = TEXT_IN(n->ip), port = TEXT_IN(n->port);
  address_put(&ip, &a->remote);
  text_number(&port, address_port(&a->remote));
  text_end(&ip);
  text_end(&port);
}

void race_warn(struct race const *r)
{
  struct names n = { "", "" };
  unsigned int i = 0;
  for (; i < r->count; i++)
  {
    if (i == r->last || !r->attempts[i].error) continue;
    name_attempt(&n, &r->attempts[i]);
    errno = r->attempts[i].error;
    strerr_warnwusys("connect to ", n.ip, " port ", n.port);
  }
}

static char const *no_address(struct race const *r)
{
  return r->skipped ? "it has no address of the family of the local address" : "it has no address";
}

void race_die(struct race const *r, char const *host)
{
  struct attempt const *a = &r->attempts[r->last];
  struct names n = { "", "" };
  char space[16];
  struct text count = TEXT_IN(space);
  if (!r->count) strerr_dief(EXIT_SYSTEM, "unable to connect to ", host, ": ", no_address(r));
  name_attempt(&n, a);
  text_number(&count, r->count);
  errno = a->error;
  if (r->count == 1) die_system("connect to ", n.ip, " port ", n.port);
  die_system("connect to ", host, ", the last of ", text_end(&count), " addresses being ", n.ip, " port ", n.port);
}
