/* Learning which child ended, at a cost that does not grow with the children alive.

   waitpid(-1) walks the kernel's list of all our children for each one it finds. With few alive that is
   the simplest and quickest; with many, each SIGCHLD names one child, waited for by pid at a constant
   price. Signals merge, so that some exits have no signal of their own: those are found by asking for the
   latest children every few launches, and for all of them as often as a few percent of the time allow. */

#include <errno.h>
#include <sys/wait.h>

#include "server.h"

enum
{
  WALK_LIMIT = 128,   /* children alive up to which the kernel may walk its list */
  LAUNCHES = 64,      /* launches between two looks at the latest children */
  SWEEP_RATION = 32,  /* a sweep that spends t in vain may begin SWEEP_RATION * t after the last one */
  FULL_RATION = 4     /* likewise, while clients wait or are refused because a limit is reached */
};

static void forget(struct server *s, pid_t pid, int status)
{
  struct child *child = children_find(&s->children, pid);
  uint32_t source, count;
  int e = launcher_failure(&s->launcher, pid, status);
  if (!child)  /* the companion's, or inherited from whoever executed us: never counted */
  {
    if (s->companion) s->companion->ended(s->companion->data, pid, status, e);
    return;
  }
  if (e) report_failure(s, e);
  source = child->source;
  count = s->sources.entries[source].count - 1;
  children_remove(&s->children, child);
  report_ended(s, pid, status, source, count);
  sources_remove(&s->sources, source);
}

static int reap_one(struct server *s, pid_t pid)
{
  int status;
  pid_t r = waitpid(pid, &status, WNOHANG);
  if (r <= 0) return 0;
  forget(s, r, status);
  return 1;
}

void server_reap_child(struct server *s, pid_t pid)
{
  reap_one(s, pid);
}

void server_reap(struct server *s, pid_t hint)
{
  if (hint && s->children.count > WALK_LIMIT)
  {
    reap_one(s, hint);
    if (!s->sweep.wanted) s->sweep.wanted = 1;
    return;
  }
  /* With none of ours left the rest of the walk is for inherited children: the next signal does it. */
  while (reap_one(s, -1) && s->children.count);
  s->sweep.wanted = 0;
}

/* Asking for one that is known to be gone costs nothing. */
static void look_at_recent(struct server *s)
{
  unsigned int i = 0;
  for (; i < RECENT; i++)
    if (s->sweep.recent[i] && children_find(&s->children, s->sweep.recent[i])) reap_one(s, s->sweep.recent[i]);
  s->sweep.since = 0;
}

void server_launched(struct server *s, pid_t pid)
{
  struct sweep *w = &s->sweep;
  w->recent[w->next] = pid;
  w->next = (w->next + 1) % RECENT;
  if (++w->since >= LAUNCHES && w->wanted) look_at_recent(s);
}

/* Removal moves a later child into the place just freed: look at the same place again. One that wraps
   round the end of the table may be passed over; its turn comes with the next sweep. Returns how many
   were asked for in vain. */
static size_t reap_matching(struct server *s, uint32_t source)
{
  size_t i = 0, vain = 0;
  while (i < s->children.room)
  {
    struct child const *c = &s->children.places[i];
    if (c->pid && (source == SOURCE_NONE || c->source == source))
    {
      if (reap_one(s, c->pid)) continue;
      vain++;
    }
    i++;
  }
  return vain;
}

/* A crowd at its limit must not make us look at all of its children for each of its clients that we refuse:
   what was in vain is not repeated for FULL_RATION times what it took, a millisecond or so. */
void server_reap_source(struct server *s, uint32_t source)
{
  uint64_t began = server_now_micro(), ended;
  size_t before = s->children.count;
  if (began < s->sweep.look_due) return;
  reap_matching(s, source);
  ended = server_now_micro();
  if (s->children.count == before) s->sweep.look_due = ended + FULL_RATION * (ended - began);
}

void server_sweep(struct server *s)
{
  uint64_t began = server_now_micro(), ended;
  size_t before = s->children.count, vain = 0;
  if (began < s->sweep.due) return;
  s->sweep.wanted = 0;
  while (reap_one(s, -1) && s->children.count <= WALK_LIMIT && s->children.count);
  if (s->children.count > WALK_LIMIT) vain = reap_matching(s, SOURCE_NONE);
  ended = server_now_micro();
  if (before) s->sweep.due = ended + (ended - began) * vain / before * (server_is_full(s) ? FULL_RATION : SWEEP_RATION);
}
