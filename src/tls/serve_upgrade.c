/* The TLS daemon becomes a new version of itself: see between.h. */

#include <string.h>

#include <skalibs/types.h>

#include "serve_tls.h"
#include "state.h"

static void put_variable(struct state *st, char *variable)
{
  char *equal = strchr(variable, '=');
  if (!equal) return;
  *equal = 0;
  state_environment(st, variable, equal + 1);
  *equal = '=';
}

static void put_variables(struct serve_tls *t, struct state *st)
{
  char number[INT_FMT];
  char **variable = t->secrets;
  number[int_fmt(number, t->holder.fd)] = 0;
  state_environment(st, HOLDER_VARIABLE, number);
  state_keep(st, t->holder.fd);
  for (; *variable; variable++) put_variable(st, *variable);
}

/* The new program makes its context at the start, and would end if it could not: so it is tried here. Ticket keys from a file are
   read from there again. */
char const *serve_tls_save(void *context, struct state *st)
{
  static char words[TLS_WHY_MAX];
  struct serve_tls *t = context;
  struct text why = TEXT_IN(words);
  unsigned char keys[TLS_TICKETS_MAX];
  struct tls_context *fresh = serve_tls_context(t, &why);
  if (!fresh) return text_end(&why);
  tls_context_free(fresh);
  put_variables(t, st);
  if (!t->rotate_at) return 0;
  state_number(st, t->rotate_at);
  state_bytes(st, keys, tls_tickets_store(t->settings.tickets, keys));
  return 0;
}

void serve_tls_resume(void *context, char const *values)
{
  struct serve_tls *t = context;
  unsigned char keys[TLS_TICKETS_MAX];
  uint64_t rotate_at;
  size_t length;
  if (!t->rotate_at || !state_take_number(&values, &rotate_at) || !state_take_bytes(&values, keys, sizeof keys, &length)) return;
  if (tls_tickets_load(t->settings.tickets, keys, length) == 0) t->rotate_at = rotate_at;
}
