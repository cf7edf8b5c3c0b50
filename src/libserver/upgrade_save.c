/* What the old program writes for the new one, and becoming it. Each line is explained where it is read, in resume.c. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/env.h>
#include <skalibs/posixplz.h>
#include <skalibs/types.h>

#include "client_state.h"
#include "upgrade.h"

#define COUNTER(name, member) { name, offsetof(struct counters, member) }

struct counter_name const counter_names[] =
{
  COUNTER("accepted", accepted),
  COUNTER("launched", launched),
  COUNTER("launch-failures", launch_failures),
  COUNTER("refused-source", refused[REASON_SOURCE]),
  COUNTER("refused-rate", refused[REASON_RATE]),
  COUNTER("refused-penalty", refused[REASON_PENALTY]),
  COUNTER("refused-rules", refused[REASON_RULES]),
  COUNTER("refused-proxy", refused[REASON_PROXY]),
  COUNTER("refused-check", refused[REASON_CHECK]),
  COUNTER("refused-silent", refused[REASON_SILENT]),
  COUNTER("refused-handshake", refused[REASON_HANDSHAKE]),
  COUNTER("refused-full", refused[REASON_FULL]),
  COUNTER("refused-unidentified", refused[REASON_UNIDENTIFIED]),
  COUNTER("refused-unjudged", refused[REASON_UNJUDGED]),
  COUNTER("ended-ok", ended_ok),
  COUNTER("ended-code", ended_code),
  COUNTER("ended-signal", ended_signal),
  COUNTER("ended-by-limit", ended_by_limit),
  COUNTER("session-millis", session_millis),
  COUNTER("sessions-0", sessions[0]),
  COUNTER("sessions-1", sessions[1]),
  COUNTER("sessions-2", sessions[2]),
  COUNTER("sessions-3", sessions[3]),
  COUNTER("sessions-4", sessions[4]),
  COUNTER("sessions-5", sessions[5]),
  COUNTER("sessions-6", sessions[6]),
  COUNTER("sessions-7", sessions[7]),
  COUNTER("held-millis", held_millis),
  COUNTER("untracked", untracked),
  COUNTER("only-reported", only_reported),
  { 0, 0 }
};

/* A counter that is not in the table does not compile. */
typedef char all_counters_are_saved[sizeof counter_names / sizeof counter_names[0] - 1 == sizeof(struct counters) / sizeof(uint64_t) ? 1 : -1];

static void save_counters(struct server const *s, struct state *st)
{
  struct counter_name const *c = counter_names;
  for (; c->name; c++)
  {
    uint64_t n;
    memcpy(&n, (char const *)&s->counters + c->offset, sizeof n);
    state_word(st, "counter ");
    state_word(st, c->name);
    state_number(st, n);
    state_line(st);
  }
  state_word(st, "lost");
  state_number(st, s->log.lost);
  state_number(st, s->log.lost_ever);
  state_line(st);
}

static void save_children(struct server const *s, struct state *st)
{
  size_t i = 0;
  for (; i < s->children.room; i++)
  {
    struct child const *c = &s->children.places[i];
    struct source const *source;
    if (!c->pid) continue;
    source = &s->sources.entries[c->source].source;
    state_word(st, "child");
    state_number(st, (uint64_t)c->pid);
    state_put_source(st, source);
    state_number(st, c->start);
    state_number(st, c->state & CHILD_TOLD_TERM ? c->state : c->state & ((1 << CHILD_FLAG_BITS) - 1));
    state_line(st);
  }
}

/* ---- all of it ---- */

static char const *save_parts(struct server *s, struct state *st)
{
  struct part *part = s->parts;
  char const *why = 0;
  for (; part && !why; part = part->next)
    if (part->save) why = part->save(s, part->data, st);
  return why;
}

char const *upgrade_save(struct server *s, struct state *st)
{
  char const *why;
  unsigned int i = 0;
  state_word(st, "sallyport-state");
  state_number(st, UPGRADE_FORMAT);
  state_line(st);
  state_word(st, "others");
  state_number(st, (uint64_t)s->others);
  state_line(st);
  for (; i < s->listener_count; i++) state_keep(st, s->listeners[i].fd);
  save_counters(s, st);
  save_children(s, st);
  upgrade_save_clients(s, st);
  why = save_parts(s, st);
  return why ? why : st->failed ? strerror(st->failed) : 0;
}

static int write_file(struct state *st)
{
  int fd = platform_memory_file();
  if (fd == -1) return -1;
  state_keep(st, fd);
  if (!st->failed && allwrite(fd, st->s, st->length) == st->length && lseek(fd, 0, SEEK_SET) == 0) return fd;
  fd_close(fd);
  st->count--;
  return -1;
}

static void set_variable(struct state *st, int fd)
{
  char value[2 * INT_FMT];
  size_t n = pid_fmt(value, getpid());
  value[n++] = ':';
  n += int_fmt(value + n, fd);
  value[n] = 0;
  state_environment(st, UPGRADE_VARIABLE, value);
}

/* Ours, then that of the state; from malloc, the variables themselves are not copied. 0 with errno. */
static char **whole_environment(struct state const *st)
{
  size_t n = env_len((char const *const *)environ);
  char **all = malloc((n + st->variables + 1) * sizeof *all);
  if (!all) return 0;
  memcpy(all, environ, n * sizeof *all);
  if (st->variables) memcpy(all + n, st->environment, st->variables * sizeof *all);
  all[n + st->variables] = 0;
  return all;
}

/* A signal that has a handler here would end the new program before it has one of its own. Returns why. */
static char const *execute(struct server *s, char const *file, struct state *st, char **environment)
{
  int e;
  sigset_t all, before;
  state_release(st, 1);
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  execve(file, (char *const *)s->opts->argv, environment);
  e = errno;
  sigprocmask(SIG_SETMASK, &before, 0);
  state_release(st, 0);
  return strerror(e);
}

char const *upgrade_execute(struct server *s, char const *file, struct state *st)
{
  int fd = write_file(st);
  char const *why = fd == -1 ? strerror(errno) : 0;
  char **environment = 0;
  if (!why)
  {
    set_variable(st, fd);
    environment = whole_environment(st);
    why = st->failed || !environment ? strerror(ENOMEM) : execute(s, file, st, environment);
  }
  free(environment);
  if (fd != -1) fd_close(fd);
  return why;
}
