/* What the new program takes from the old one: see state.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/posixplz.h>
#include <skalibs/types.h>

#include "client_state.h"
#include "die.h"
#include "resume.h"
#include "upgrade.h"

/* ---- the file ---- */

void resume_open(struct server *s)
{
  char const *value = getenv(UPGRADE_VARIABLE);
  pid_t pid;
  int fd;
  size_t n;
  s->state_fd = -1;
  if (!value) return;
  n = pid_scan(value, &pid);
  if (n && pid == getpid() && value[n] == ':' && int0_scan(value + n + 1, &fd) && fd > 2 && coe(fd) == 0) s->state_fd = fd;
  unsetenv(UPGRADE_VARIABLE);
}

static char *read_all(int fd)
{
  off_t size = lseek(fd, 0, SEEK_END);
  char *text;
  if (size == -1 || lseek(fd, 0, SEEK_SET) == -1) return 0;
  text = malloc((size_t)size + 1);
  if (!text) return 0;
  if (allread(fd, text, (size_t)size) != (size_t)size)
  {
    free(text);
    return 0;
  }
  text[size] = 0;
  return text;
}

/* ---- the lines: each takes its values ---- */

static void take_counter(struct server *s, char const *values)
{
  struct counter_name const *c = counter_names;
  for (; c->name; c++)
  {
    size_t length = strlen(c->name);
    uint64_t n;
    if (strncmp(values, c->name, length) || values[length] != ' ') continue;
    values += length;
    if (state_take_number(&values, &n)) memcpy((char *)&s->counters + c->offset, &n, sizeof n);
    return;
  }
}

int resume_is_child(pid_t pid)
{
  siginfo_t info;
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* child PID FAMILY SOURCE START STATE */
static void take_child(struct server *s, char const *values)
{
  struct source source;
  uint64_t pid, start, state;
  if (!state_take_number(&values, &pid) || !state_take_source(&values, &source)) return;
  if (!state_take_number(&values, &start) || !state_take_number(&values, &state)) return;
  if (!resume_is_child((pid_t)pid)) return;
  if (children_reserve(&s->children) == -1 || server_reserve_slot(s) == -1) server_die(s, "allocate memory", ENOMEM);
  children_add(&s->children, (pid_t)pid, server_add_slot(s, &source), (uint32_t)start)->state = (uint32_t)state;
}

static void take_others(struct server *s, char const *values)
{
  uint64_t n;
  if (state_take_number(&values, &n)) s->others = !!n;
}

static void take_lost(struct server *s, char const *values)
{
  uint64_t n;
  if (state_take_number(&values, &n)) s->log.lost += n;
  if (state_take_number(&values, &n)) s->log.lost_ever += n;
}

static void take_part(struct server *s, char const *word, size_t length, char const *values)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->resume && strlen(part->name) == length && !memcmp(part->name, word, length)) part->resume(s, part->data, values);
}

/* ---- all of them ---- */

static void take_line(struct server *s, char const *line)
{
  static struct { char const *word; void (*take)(struct server *, char const *); } const words[] =
  {
    { "counter", &take_counter }, { "child", &take_child }, { "client", &upgrade_take_client }, { "passed", &upgrade_take_passed },
    { "others", &take_others }, { "lost", &take_lost }
  };
  size_t length = strcspn(line, " "), i = 0;
  char const *values = line + length + (line[length] == ' ');
  for (; i < sizeof words / sizeof words[0]; i++)
  {
    if (strlen(words[i].word) != length || memcmp(words[i].word, line, length)) continue;
    words[i].take(s, values);
    return;
  }
  take_part(s, line, length, values);
}

static void take_lines(struct server *s, char *text)
{
  char *end;
  for (; (end = strchr(text, '\n')); text = end + 1)
  {
    *end = 0;
    take_line(s, text);
  }
}

static void report_resumed(struct server *s)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  t = log_begin(&s->log, "info");
  text_string(t, "resumed with ");
  text_number(t, s->clients);
  text_string(t, " clients");
  log_end(&s->log);
}

/* Exits have merged while no one looked: each child is asked for once. */
void resume_take(struct server *s)
{
  char *text;
  if (s->state_fd == -1) return;
  text = read_all(s->state_fd);
  fd_close(s->state_fd);
  s->state_fd = -1;
  if (!text) server_die(s, "read the state of the old program", errno);
  if (!strncmp(text, "sallyport-state 1\n", 18)) take_lines(s, text);
  free(text);
  report_resumed(s);
  server_sweep(s);
}
