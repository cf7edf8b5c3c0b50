/* The context of the TLS daemon, and what replaces it while the daemon runs: see serve_tls.h. */

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "serve_tls.h"

/* ---- the context ---- */

static int add_pair(struct serve_tls *t, struct tls_context *c, uint32_t number, struct text *why)
{
  char *name;
  struct tls_pair *p = holder_pair(&t->holder, number, &name, why);
  int r = p ? tls_context_pair(c, name, p, why) : -1;
  free(name);
  return r;
}

struct tls_context *serve_tls_context(struct serve_tls *t, struct text *why)
{
  struct tls_context *c = tls_context_new(&t->settings, why);
  uint32_t count, i = 0;
  if (!c) return 0;
  if (t->settings.ask != TLS_ASK_NOTHING && tls_context_trust(c, why) == -1) count = 0;
  else if (holder_count(&t->holder, &count) == -1)
  {
    text_string(why, "the holder of the keys does not answer");
    count = 0;
  }
  while (i < count && add_pair(t, c, i, why) == 0) i++;
  if (count && i == count)
  {
    tls_context_warm(c);
    return c;
  }
  tls_context_free(c);
  errno = 0;
  return 0;
}

/* ---- what changes while the daemon runs ---- */

/* New files: the holder has read and matched them. Until all of that is here the old context serves. */
static void renew(struct serve_tls *t, struct server *s)
{
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  struct tls_context *fresh = serve_tls_context(t, &why);
  struct text *line;
  if (fresh)
  {
    tls_context_free(t->context);
    t->context = fresh;
  }
  if (!log_wants(server_log(s), fresh ? LOG_EVENT : LOG_WARNING)) return;
  line = log_begin(server_log(s), fresh ? "info" : "warning");
  if (fresh) text_string(line, "new certificates");
  else
  {
    text_string(line, "unable to use the new certificates: ");
    text_string(line, text_end(&why));
  }
  log_end(server_log(s));
}

void serve_tls_prepare(void *context, struct server *s)
{
  struct serve_tls *t = context;
  uint64_t now = clock_millis();
  if (t->rotate_at && now >= t->rotate_at)
  {
    tls_tickets_rotate(t->settings.tickets);
    t->rotate_at = now + SERVE_ROTATE_EVERY;
  }
  if (now < t->looked + SERVE_LOOK_EVERY) return;
  t->looked = now;
  switch (holder_is_new(&t->holder))
  {
    case 1 : renew(t, s); break;
    case -1 : if (errno == EPIPE || errno == ECONNRESET) server_die(s, "go on without the holder of the keys, which is gone", 0);
  }
}
