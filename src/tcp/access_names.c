/* Names of both ends, and the user at the other one. A name from the reverse zone of a client is what the
   client claims: it counts only if the forward zone leads back to the client's address. */

#include <errno.h>
#include <string.h>

#include "deadline.h"
#include "die.h"
#include "tcp_access.h"

/* Something about the client is not known. */
static void unknown(struct access const *a, int code, char const *what, char const *why)
{
  if (a->settings.strict) access_refuse(a, code, what, why);
  if (a->settings.verbosity >= 2) strerr_warnw(what, why);
}

static int code_of(struct dns_query const *q)
{
  switch (q->outcome)
  {
    case DNS_ABSENT : return EXIT_REFUSED;
    case DNS_TIMEOUT : return EXIT_TIMEOUT;
    default : return EXIT_SYSTEM;
  }
}

/* A name that was looked up is complete, which its final dot shows. */
static void take_name(char *name, struct dns_query const *q)
{
  size_t length = strlen(q->name);
  memcpy(name, q->name, length);
  name[length] = '.';
  name[length + 1] = 0;
}

/* A definite "no such address" is as much a lie as another address. */
static void confirm(struct access *a, struct dns_query const *reverse)
{
  struct dns_query forward;
  if (dns_ask_addresses(&forward, reverse->name, reverse->address.sa.any.sa_family, 0) == -1)
  {
    unknown(a, EXIT_SYSTEM, "the client's name is not the name of a host", "");
    return;
  }
  dns_resolve(&a->settings.dns, &forward, 1, a->deadline);
  if (forward.outcome == DNS_FOUND && dns_confirms(&forward, &a->remote))
  {
    take_name(a->remote_name, reverse);
    return;
  }
  if (forward.outcome != DNS_FOUND && forward.outcome != DNS_ABSENT)
  {
    unknown(a, code_of(&forward), "unable to confirm the client's name: ", forward.reason);
    return;
  }
  if (a->settings.paranoid) access_refuse(a, EXIT_REFUSED, "its name does not lead back to it: ", reverse->name);
  unknown(a, EXIT_REFUSED, "its name does not lead back to it: ", reverse->name);
}

void access_find_names(struct access *a)
{
  struct dns_query questions[2];
  unsigned int count = a->settings.local_name ? 1 : 2;
  if (!a->settings.names) return;
  dns_ask_name(&questions[0], &a->remote);
  dns_ask_name(&questions[1], &a->local);
  dns_resolve(&a->settings.dns, questions, count, a->deadline);
  if (questions[0].outcome == DNS_FOUND) confirm(a, &questions[0]);
  else unknown(a, code_of(&questions[0]), "unable to find the client's name: ", questions[0].reason);
  if (count == 1) return;
  if (questions[1].outcome == DNS_FOUND) take_name(a->local_name, &questions[1]);
  else if (a->settings.verbosity >= 2) strerr_warnw("unable to find the name of this host: ", questions[1].reason);
}

void access_find_user(struct access *a)
{
  struct text user = TEXT_IN(a->user);
  uint64_t deadline = deadline_sooner(a->deadline, deadline_after(ACCESS_IDENT_LIMIT));
  if (!a->settings.ident) return;
  switch (ident_ask(&user, &a->local, &a->remote, deadline))
  {
    case IDENT_USER :
      text_end(&user);
      a->has_user = 1;
      break;
    case IDENT_NO :
      unknown(a, EXIT_NO_USER, "the client's host does not name the owner of the connection: ", text_end(&user));
      break;
    case IDENT_TIMEOUT :
      unknown(a, EXIT_TIMEOUT, "the client's host did not name the owner of the connection in time", "");
      break;
    case IDENT_FAILED :
      unknown(a, EXIT_SYSTEM, "unable to ask the client's host for the owner of the connection: ", strerror(errno));
      break;
  }
}
