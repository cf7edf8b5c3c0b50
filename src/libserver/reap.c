/* Learning which child ended, at a cost that does not grow with the children alive.

   waitpid(-1) walks the kernel's list of all our children for each one it finds. With few alive that is
   the simplest and quickest; with many, each SIGCHLD names one child, waited for by pid at a constant
   price. Signals merge, so that some exits have no signal of their own: those are found by asking for the
   latest children every few launches, and for all of them as often as a few percent of the time allow.

   Children that no table knows come too: those of the program that executed us, every orphan if we are PID 1 or a
   subreaper, and the processes between clients and programs. Only waitpid(-1) finds them: where there can be any, both ways
   end by walking until nothing is left. */

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "engine.h"

enum
{
  WALK_LIMIT = 128,   /* children alive up to which the kernel may walk its list */
  WALK_STEPS = 64,    /* children of others that one walk finds while more than that are alive */
  LAUNCHES = 64,      /* launches between two looks at the latest children */
  SWEEP_RATION = 32,  /* a sweep that spends t on living children may begin SWEEP_RATION * t after the last one */
  FULL_RATION = 4     /* likewise, while clients wait or are refused because a limit is reached */
};

static uint32_t const session_ends[SESSION_BUCKETS - 1] = { 10, 100, 1000, 10000, 60000, 600000, 3600000 };  /* milliseconds */

uint32_t session_bucket_end(unsigned int bucket)
{
  return session_ends[bucket];
}

static void count_length(struct counters *c, uint32_t lasted)
{
  unsigned int i = 0;
  while (i < SESSION_BUCKETS - 1 && lasted > session_ends[i]) i++;
  c->sessions[i]++;
  c->session_millis += lasted;
}

static void count_end(struct counters *c, int status)
{
  if (WIFSIGNALED(status)) c->ended_signal++;
  else if (WEXITSTATUS(status)) c->ended_code++;
  else c->ended_ok++;
}

/* The program may only have moved: look for it again, once for each failure that is logged. */
static void note_failure(struct server *s, int e)
{
  s->counters.launch_failures++;
  if (report_failure(s, e)) launcher_search(&s->launcher);
}

static void forget_client(struct server *s, struct child *child, struct ended *ended)
{
  struct source source = s->sources.entries[child->source].source;
  int keep;
  ended->source = child->source;
  ended->lasted = (uint32_t)clock_millis() - child->start;
  ended->state = child->state;
  children_remove(&s->children, child);
  count_end(&s->counters, ended->status);
  count_length(&s->counters, ended->lasted);
  keep = parts_ended(s, ended);
  if (!keep) server_release_slot(s, ended->source);
  report_ended(s, ended, &source, server_count_of(s, &source));
}

static void forget(struct server *s, pid_t pid, int status)
{
  struct child *child = children_find(&s->children, pid);
  struct ended ended = { .pid = pid, .status = status, .error = launcher_failure(&s->launcher, pid, status) };
  if (!child)  /* of a part, or not ours: never counted */
  {
    parts_child_ended(s, &ended);
    return;
  }
  if (ended.error) note_failure(s, ended.error);
  forget_client(s, child, &ended);
}

/* Ends what is left of the process group of a client's program that has ended. Before it is reaped, no other process and no
   other group can have its number. Returns its pid, or 0 if there is none. */
static pid_t end_group(struct server *s, pid_t pid)
{
  siginfo_t info;
  struct child const *child;
  info.si_pid = 0;
  if (waitid(pid == -1 ? P_ALL : P_PID, pid == -1 ? 0 : (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1 || !info.si_pid) return 0;
  child = children_find(&s->children, info.si_pid);
  if (!child) return info.si_pid;
  kill(-info.si_pid, child->state & CHILD_TOLD_KILL ? SIGKILL : SIGTERM);
  kill(-info.si_pid, SIGCONT);
  return info.si_pid;
}

static int reap_one(struct server *s, pid_t pid)
{
  int status;
  pid_t r;
  if (s->launcher.own_groups)
  {
    pid = end_group(s, pid);
    if (!pid) return 0;
  }
  r = waitpid(pid, &status, WNOHANG);
  if (r <= 0) return 0;
  forget(s, r, status);
  return 1;
}

void server_reap_child(struct server *s, pid_t pid)
{
  reap_one(s, pid);
}

/* Inherited children and orphans are children that no table knows. Called before we have any of our own. */
void server_look_for_others(struct server *s)
{
  siginfo_t info;
  int none = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
  s->others = !none || platform_adopts_orphans() || s->family->between;
}

/* With many alive each step has a price that grows with them: it is paid for a few that no signal names, and the
   next sweep goes on. */
static void walk(struct server *s)
{
  unsigned int steps = 0;
  for (;;)
  {
    size_t before = s->children.count;
    if (!reap_one(s, -1) || (!s->children.count && !s->others)) return;
    if (before <= WALK_LIMIT || (s->children.count == before && ++steps < WALK_STEPS)) continue;
    s->sweep.wanted = 1;
    return;
  }
}

void server_reap(struct server *s, pid_t hint)
{
  if (hint && s->children.count > WALK_LIMIT)
  {
    reap_one(s, hint);
    s->sweep.wanted = 1;
    return;
  }
  s->sweep.wanted = 0;
  walk(s);
}

/* Asking for one that is known to be gone costs nothing. */
static void look_at_recent(struct server *s)
{
  unsigned int i = 0;
  for (; i < RECENT; i++)
    if (s->sweep.recent[i] && children_find(&s->children, s->sweep.recent[i])) reap_one(s, s->sweep.recent[i]);
  s->sweep.since = 0;
}

void server_note_launch(struct server *s, pid_t pid)
{
  struct sweep *w = &s->sweep;
  w->recent[w->next] = pid;
  w->next = (w->next + 1) % RECENT;
  if (++w->since >= LAUNCHES && w->wanted) look_at_recent(s);
}

/* Removal moves a later child into the place just freed: look at the same place again. One that wraps
   round the end of the table may be passed over; its turn comes with the next sweep. Returns how many
   were still alive. */
static size_t reap_matching(struct server *s, uint32_t source)
{
  size_t i = 0, alive = 0;
  while (i < s->children.room)
  {
    struct child const *c = &s->children.places[i];
    if (c->pid && (source == SOURCE_NONE || c->source == source))
    {
      if (reap_one(s, c->pid)) continue;
      alive++;
    }
    i++;
  }
  return alive;
}

/* A crowd at its limit must not make us look at all of its children for each of its clients that we refuse:
   a look that found none is not repeated for FULL_RATION times what it took, a millisecond or so. */
void server_reap_source(struct server *s, uint32_t source)
{
  uint64_t began = clock_micros(), ended;
  size_t before = s->children.count;
  if (began < s->sweep.by_source_due) return;
  reap_matching(s, source);
  ended = clock_micros();
  if (s->children.count == before) s->sweep.by_source_due = ended + FULL_RATION * (ended - began);
}

void server_sweep(struct server *s)
{
  uint64_t began = clock_micros(), ended;
  size_t before = s->children.count, alive = 0;
  if (began < s->sweep.due) return;
  s->sweep.wanted = 0;
  if (s->children.count > WALK_LIMIT) alive = reap_matching(s, SOURCE_NONE);
  if (s->others || s->children.count <= WALK_LIMIT) walk(s);
  ended = clock_micros();
  if (before) s->sweep.due = ended + (ended - began) * alive / before * (server_is_full(s) ? FULL_RATION : SWEEP_RATION);
}
