/* Reading what a daemon counts: see counts.h. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "counts.h"
#include "deadline.h"
#include "die.h"
#include "local_address.h"
#include "number.h"

#define PREFIX "sallyport_"

/* ---- the socket ---- */

/* Non-blocking: a full queue is reported (EAGAIN), where a blocking one would wait for ever. */
static int dial(char const *path)
{
  struct address a;
  int fd;
  if (local_parse(&a, path) == -1) return -1;
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd == -1 || ndelay_on(fd) == -1 || connect(fd, &a.sa.any, a.length) == -1)
  {
    int e = errno;
    if (fd != -1) fd_close(fd);
    errno = e;
    return -1;
  }
  return fd;
}

static ssize_t read_all(int fd, char *to, size_t size, uint64_t deadline)
{
  size_t length = 0;
  for (;;)
  {
    ssize_t n;
    if (length == size) return (ssize_t)length;
    if (deadline_poll(fd, POLLIN, deadline) == -1) return -1;
    n = read(fd, to + length, size - length);
    if (n == 0) return (ssize_t)length;
    if (n > 0) length += (size_t)n;
    else if (errno != EAGAIN && errno != EINTR) return -1;
  }
}

static void fetch(struct counts *c, uint64_t milliseconds)
{
  uint64_t deadline = deadline_after(milliseconds);
  int fd = dial(c->path);
  ssize_t n = fd == -1 ? -1 : read_all(fd, c->text, COUNTS_MAX, deadline);
  c->error = n == -1 ? errno : n ? 0 : EPROTO;
  c->text[n > 0 ? n : 0] = 0;
  if (fd != -1) fd_close(fd);
}

/* ---- the text ---- */

static int begins(char const *line, char const *with)
{
  return !strncmp(line, with, strlen(with));
}

/* Cuts the word at the first of these characters. Returns what follows, or 0 if there is none. */
static char *cut(char *s, char const *at)
{
  char *end = s + strcspn(s, at);
  if (!*end) return 0;
  *end = 0;
  return end + 1;
}

static void take_sample(struct counts *c, char *line)
{
  struct sample *s = &c->samples[c->count];
  char *brace = strchr(line, '{'), *rest;
  s->name = line + sizeof PREFIX - 1;
  s->labels = "";
  if (brace)
  {
    *brace = 0;
    s->labels = brace + 1;
    rest = strstr(brace + 1, "\"} ");
    if (!rest) return;
    rest[1] = 0;
    s->value = rest + 3;
  }
  else
  {
    s->value = cut(line, " ");
    if (!s->value) return;
  }
  c->count++;
}

/* "# HELP NAME TEXT", and the "# TYPE NAME WORD" that follows it. */
static void take_comment(struct counts *c, char *line)
{
  char *name = line + 7 + sizeof PREFIX - 1, *rest = cut(name, " ");
  if (!rest) return;
  if (begins(line, "# HELP "))
  {
    c->families[c->family_count].name = name;
    c->families[c->family_count].type = "untyped";
    c->families[c->family_count++].help = rest;
  }
  else if (c->family_count && !strcmp(c->families[c->family_count - 1].name, name)) c->families[c->family_count - 1].type = rest;
}

static size_t count_lines(char const *s)
{
  size_t n = 1;
  for (; *s; s++) n += *s == '\n';
  return n;
}

static void understand(struct counts *c)
{
  size_t lines = count_lines(c->text);
  char *line = c->text, *next;
  c->samples = calloc(lines, sizeof *c->samples);
  c->families = calloc(lines, sizeof *c->families);
  if (!c->samples || !c->families) die_system("allocate memory");
  for (; line; line = next)
  {
    next = cut(line, "\n");
    if (begins(line, PREFIX)) take_sample(c, line);
    else if (begins(line, "# HELP " PREFIX) || begins(line, "# TYPE " PREFIX)) take_comment(c, line);
  }
}

void counts_read(struct counts *c, char const *path, uint64_t milliseconds)
{
  c->path = path;
  c->count = c->family_count = 0;
  fetch(c, milliseconds);
  if (c->error) return;
  free(c->samples);
  free(c->families);
  understand(c);
  if (!counts_number(c, "clients_limit", 0)) c->error = EPROTO;  /* the socket of another program */
}

/* ---- what it means ---- */

uint64_t counts_number(struct counts const *c, char const *name, char const *labels)
{
  size_t i = 0;
  for (; i < c->count; i++)
    if (!strcmp(c->samples[i].name, name) && (!labels || !strcmp(c->samples[i].labels, labels))) return strtoull(c->samples[i].value, 0, 10);
  return 0;
}

char *sample_label(struct sample const *s, char const *label, char *to, size_t size)
{
  size_t length = strlen(label);
  char const *at = s->labels;
  to[0] = 0;
  for (; at; at = strchr(at, ','), at += !!at)
  {
    if (strncmp(at, label, length) || at[length] != '=' || at[length + 1] != '"') continue;
    at += length + 2;
    length = strcspn(at, "\"");
    if (length >= size) length = size - 1;
    memcpy(to, at, length);
    to[length] = 0;
    return to;
  }
  return to;
}

static int is_full(struct counts const *c)
{
  return counts_number(c, "clients", 0) >= counts_number(c, "clients_limit", 0);
}

char const *counts_state(struct counts const *c)
{
  if (c->error) return "no answer";
  if (counts_number(c, "draining", 0)) return "draining";
  if (counts_number(c, "holding", 0)) return "holding";
  return is_full(c) ? "full" : "serving";
}

int counts_accepting(struct counts const *c)
{
  return !c->error && !counts_number(c, "draining", 0) && !is_full(c);
}
