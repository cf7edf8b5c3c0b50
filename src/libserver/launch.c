/* The launcher: its start and its end, and the choice between the quick way and the portable one. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/env.h>

#include "clock.h"
#include "die.h"
#include "platform.h"
#include "launch.h"
#include "launch_slots.h"
#include "program.h"

enum { MANY_DESCRIPTORS = 1 << 20 };

static int is_ours(char const *entry, char const *const *ours)
{
  size_t length = strcspn(entry, "=");
  for (; *ours; ours++)
    if (!strncmp(entry, *ours, length) && !(*ours)[length]) return 1;
  return 0;
}

/* No descriptor of ours is above what was allowed when we began: each new one is the lowest that is free. A limit of
   millions means that none has been set. */
static int descriptors(void)
{
  struct rlimit r;
  if (getrlimit(RLIMIT_NOFILE, &r) == -1 || r.rlim_cur > MANY_DESCRIPTORS) return MANY_DESCRIPTORS;
  return (int)r.rlim_cur;
}

/* With 16 clients at a time on two processors, three launches at once had the best of rate and latency; on one, one. */
static unsigned int usual_launches(void)
{
  unsigned int n = platform_processors();
  n += n / 2;
  return n < LAUNCH_SLOTS ? n : LAUNCH_SLOTS;
}

int launcher_start(struct launcher *l, char const *const *argv, char const *const *envp, char const *const *ours, int portable)
{
  size_t n = env_len(envp);
  memset(l, 0, sizeof *l);
  l->argv = argv;
  l->portable = portable;
  if (!portable && !platform_launch_works()) launcher_go_portable(l, errno);
  l->failed = argv[0];
  l->patience = LAUNCH_PATIENCE;
  l->usual = l->portable ? LAUNCH_SLOTS : usual_launches();
  l->descriptors = descriptors();
  l->inherited = malloc((n + 1) * sizeof *l->inherited);
  if (!l->inherited) return -1;
  for (; *envp; envp++)
    if (!is_ours(*envp, ours)) l->inherited[l->inherited_count++] = *envp;
  l->inherited[l->inherited_count] = 0;
  l->file = program_find(argv[0]);
  return l->file ? 0 : -1;
}

void launcher_go_portable(struct launcher *l, int e)
{
  if (!l->portable) l->refused = e;
  l->portable = 1;
}

/* A child on its way may still read the old path: it is not freed. It leaks only when the program really
   moved, which takes a person. */
void launcher_search(struct launcher *l)
{
  char *file = program_find(l->argv[0]);
  if (!file) return;
  if (strcmp(file, l->file)) l->file = file;
  else free(file);
}

int is_shortage(int e)
{
  switch (e)
  {
    case EAGAIN : case ENOMEM : case EMFILE : case ENFILE : case ENOBUFS : case ETXTBSY : return 1;
    default : return 0;
  }
}

int launcher_may_wait(struct launcher *l, int e)
{
  uint64_t now;
  if (e != ETXTBSY || !l->portable) return is_shortage(e);
  now = clock_millis();
  if (!l->written_since) l->written_since = now;
  if (now - l->written_since >= l->patience) l->in_vain = 1;
  return !l->in_vain;
}

static pid_t portably(struct launcher *l, struct launch *s, int connection)
{
  pid_t pid = launch_portably(s, connection);
  if (pid != -1) l->written_since = l->in_vain = 0;
  return pid;
}

/* What the latest launch has shown about copying a part of the descriptors. */
static void note_copying(struct launcher *l, struct launch *s)
{
  if (!s->child.apart) launcher_leave_numbers(l);
  else if (!launch_shares(s)) l->sure = 1;
}

pid_t launcher_go(struct launcher *l, struct launch *s, int connection)
{
  l->failed = s->child.argv[0];
  s->child.envp = s->first;
  s->child.patience = l->in_vain ? 0 : l->patience;
  s->child.apart = launcher_is_crowded(l) && connection < l->apart ? l->apart : 0;
  s->child.sure = l->sure;
  l->latest = s;
  if (!l->portable)
  {
    int apart = s->child.apart;
    pid_t pid = platform_launch(&s->child, connection);
    if (apart) note_copying(l, s);
    if (pid != -1) return s->pid = pid;
    if (errno != ENOSYS && errno != EPERM && errno != EINVAL) return -1;
    launcher_go_portable(l, errno);
  }
  return s->pid = portably(l, s, connection);
}

void launcher_release(struct launcher *l, int connection)
{
  l->latest->owed = connection;
  l->owing++;
  launch_settle(l->latest);
}

/* A child that was killed before it could ask the kernel to clear its word is out of our memory all the same. */
static int failure(struct launcher *l, pid_t pid)
{
  unsigned int i = 0;
  for (; i < l->count; i++)
  {
    struct launch *s = l->slots[i];
    int e = s->child.error;
    if (s->pid != pid) continue;
    s->child.busy = s->child.shares = 0;
    s->child.error = 0;
    launch_settle(s);
    if (!e) continue;
    l->failed = s->child.argv[0];
    return e;
  }
  return 0;
}

int launcher_failure(struct launcher *l, pid_t pid, int status)
{
  int e = WIFEXITED(status) && WEXITSTATUS(status) < EXIT_NOEXEC ? 0 : failure(l, pid);
  l->in_vain = e == ETXTBSY;
  return e;
}
