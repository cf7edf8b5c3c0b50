/* The log lines of datagram services: see datagram_report.h. */

#include <string.h>

#include "clock.h"
#include "datagram_report.h"
#include "local_address.h"
#include "wait_status.h"

enum { COMPLAINT = 60000 };  /* milliseconds between two complaints about a datagram that is left alone */

/* What a sender calls itself is scrubbed: a Unix-domain name may have any bytes. */
static void put_name(struct text *t, struct address const *a)
{
  char space[LOCAL_TEXT_MAX];
  struct text name = TEXT_IN(space);
  if (address_is_ip(a))
  {
    address_put(t, a);
    text_string(t, "_");
    text_number(t, address_port(a));
    return;
  }
  if (a->length) local_put(&name, a);
  if (name.length) text_scrubbed(t, name.s, name.length);
  else text_string(t, "anonymous");
}

void datagrams_report(struct datagrams const *d)
{
  unsigned int i = 0;
  if (!log_wants(server_log(d->server), LOG_EVENT)) return;
  for (; i < d->count; i++)
  {
    struct text *t = log_begin(server_log(d->server), "info");
    text_string(t, "starting - bound for datagrams to ");
    put_name(t, &d->all[i].socket.local);
    log_end(server_log(d->server));
  }
}

void datagram_report_start(struct server *s, struct datagram_service const *d)
{
  struct text *t;
  if (!log_wants(server_log(s), LOG_EVENT)) return;
  t = log_begin(server_log(s), "info");
  text_string(t, "receive ");
  put_name(t, &d->first.sender);
  text_string(t, " pid ");
  text_number(t, (uint64_t)d->owner);
  text_string(t, " at ");
  put_name(t, &d->socket.local);
  log_end(server_log(s));
}

void datagram_report_end(struct server *s, struct datagram_service const *d, int status)
{
  struct text *t;
  if (!log_wants(server_log(s), LOG_EVENT)) return;
  t = log_begin(server_log(s), "info");
  text_string(t, "end pid ");
  text_number(t, (uint64_t)d->owner);
  text_string(t, " ");
  status_put(t, status);
  text_string(t, " at ");
  put_name(t, &d->socket.local);
  log_end(server_log(s));
}

static void put_unread(struct text *t, struct server *s, struct datagram_service const *d)
{
  text_string(t, server_launcher(s)->argv[0]);
  text_string(t, " ended and left the datagram of ");
  put_name(t, &d->first.sender);
  text_string(t, " at ");
  put_name(t, &d->socket.local);
  text_string(t, " unread");
}

static void put_failure(struct text *t, struct server *s, int error)
{
  text_string(t, "unable to launch ");
  text_string(t, server_launcher(s)->argv[0]);
  text_string(t, ": ");
  text_string(t, strerror(error));
}

/* Once for many: who sends such a datagram must not fill the log. */
void datagram_complain(struct server *s, struct datagram_service *d, int error)
{
  uint64_t now = clock_millis();
  struct text *t;
  if (!log_wants(server_log(s), LOG_WARNING) || (d->complained && now < d->complained + COMPLAINT)) return;
  d->complained = now;
  t = log_begin(server_log(s), "warning");
  if (error) put_failure(t, s, error);
  else put_unread(t, s, d);
  text_string(t, ": trying at most 4 times a second");
  log_end(server_log(s));
}
