/* The crossings go over to the new program of an upgrade: see part.h and state.h. Each has a line that begins with its kind. A
   process that speaks with its client goes on doing so, and reports to the new program. */

#include <errno.h>

#include "client_state.h"
#include "crossings.h"
#include "die.h"
#include "resume.h"

enum line { OF_FAMILY, WAITING, LAUNCHED };

/* ---- a process that has not reported yet ---- */

struct saving
{
  struct server const *server;
  struct crossings const *crossings;
  struct state *state;
};

static void put_waiting(void *data, struct pending const *p, struct pending_kind const *kind)
{
  struct saving const *x = data;
  struct state *st = x->state;
  if (kind != &x->crossings->kind) return;
  state_word(st, "between");
  state_number(st, WAITING);
  state_number(st, (uint64_t)crossing_of_fd(x->crossings, p->client.fd)->process);
  state_put_client(st, x->server, &p->client);
  state_line(st);
}

/* Without its line, or with one that is damaged, the process sees that its socket is closed, and ends. */
static void take_waiting(struct server *s, struct crossings *m, char const *values)
{
  struct client client;
  uint64_t process;
  uint32_t number;
  if (!state_take_number(&values, &process) || !state_take_client(s, &values, &client)) return;
  if (!resume_is_child((pid_t)process))
  {
    server_close_client(&client);
    return;
  }
  client.next = m->part.next;
  if (pending_wait(s, m->queue, &client) == -1 || (number = crossing_new(m, client.fd)) == NOBODY
    || crossing_add_pid(m, (pid_t)process, number) == -1) server_die(s, "allocate memory", ENOMEM);
  m->all[number].process = (pid_t)process;
  m->all[number].waits = 1;
}

/* ---- a process and its program ---- */

static void put_launched(struct server const *s, struct state *st, struct crossing const *c)
{
  state_word(st, "between");
  state_number(st, LAUNCHED);
  state_number(st, (uint64_t)c->process);
  state_number(st, (uint64_t)c->program);
  state_number(st, (uint64_t)c->keeps_slot);
  if (c->keeps_slot) state_put_source(st, &s->sources.entries[c->slot].source);
  state_line(st);
}

static int add_if_child(struct crossings *m, uint64_t pid, uint32_t number, pid_t *member)
{
  if (!pid || !resume_is_child((pid_t)pid)) return 0;
  *member = (pid_t)pid;
  return crossing_add_pid(m, (pid_t)pid, number);
}

static void take_launched(struct server *s, struct crossings *m, char const *values)
{
  struct source source;
  struct crossing *c;
  uint64_t process, program, keeps;
  uint32_t number;
  if (!state_take_number(&values, &process) || !state_take_number(&values, &program) || !state_take_number(&values, &keeps)) return;
  if (keeps && !state_take_source(&values, &source)) return;
  if (!resume_is_child((pid_t)process)) return;
  number = crossing_new(m, -1);
  if (number == NOBODY || server_reserve_slot(s) == -1) server_die(s, "allocate memory", ENOMEM);
  c = m->all + number;
  if (add_if_child(m, process, number, &c->process) == -1 || add_if_child(m, program, number, &c->program) == -1)
    server_die(s, "allocate memory", ENOMEM);
  if (!keeps) return;
  c->keeps_slot = 1;
  c->slot = server_add_slot(s, &source);
}

/* ---- all of them ---- */

char const *crossings_save(struct server *s, void *data, struct state *st)
{
  struct crossings *m = data;
  struct saving x = { s, m, st };
  char const *why;
  uint32_t i = 0;
  state_word(st, "between");
  state_number(st, OF_FAMILY);
  why = m->between->save(m->between->context, st);
  state_line(st);
  if (why) return why;
  pending_visit(s, &put_waiting, &x);
  for (; i < m->room; i++)
    if (m->all[i].process && !m->all[i].waits) put_launched(s, st, m->all + i);
  return 0;
}

void crossings_resume(struct server *s, void *data, char const *values)
{
  struct crossings *m = data;
  uint64_t line;
  if (!state_take_number(&values, &line)) return;
  switch (line)
  {
    case OF_FAMILY : m->between->resume(m->between->context, values); break;
    case WAITING : take_waiting(s, m, values); break;
    case LAUNCHED : take_launched(s, m, values); break;
    default : break;
  }
}
