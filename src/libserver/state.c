/* Writing and reading the lines of a state: see state.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "state.h"

enum { FIRST_ROOM = 4096 };

/* ---- writing ---- */

static int reserve(struct state *st, size_t more)
{
  size_t room = st->room ? st->room : FIRST_ROOM;
  char *bigger;
  if (st->failed) return 0;
  if (st->length + more <= st->room) return 1;
  while (room < st->length + more) room *= 2;
  bigger = realloc(st->s, room);
  if (!bigger) return (st->failed = ENOMEM, 0);
  st->s = bigger;
  st->room = room;
  return 1;
}

static void put(struct state *st, char const *s, size_t length)
{
  if (!reserve(st, length)) return;
  memcpy(st->s + st->length, s, length);
  st->length += length;
}

void state_word(struct state *st, char const *word)
{
  put(st, word, strlen(word));
}

void state_number(struct state *st, uint64_t n)
{
  char digits[1 + UINT64_FMT] = " ";
  put(st, digits, 1 + uint64_fmt(digits + 1, n));
}

void state_bytes(struct state *st, void const *bytes, size_t length)
{
  static char const digits[] = "0123456789abcdef";
  uint8_t const *b = bytes;
  size_t i = 0;
  put(st, length ? " " : " -", length ? 1 : 2);
  for (; i < length; i++)
  {
    char const pair[] = { digits[b[i] >> 4], digits[b[i] & 15] };
    put(st, pair, sizeof pair);
  }
}

void state_line(struct state *st)
{
  put(st, "\n", 1);
}

void state_keep(struct state *st, int fd)
{
  size_t room = st->count_room ? 2 * st->count_room : 16;
  int *more;
  if (st->count == st->count_room)
  {
    more = realloc(st->descriptors, room * sizeof *more);
    if (!more)
    {
      st->failed = ENOMEM;
      return;
    }
    st->descriptors = more;
    st->count_room = room;
  }
  st->descriptors[st->count++] = fd;
}

void state_descriptor(struct state *st, int fd)
{
  state_number(st, (uint64_t)fd);
  state_keep(st, fd);
}

void state_environment(struct state *st, char const *name, char const *value)
{
  size_t length = strlen(name), size = length + strlen(value) + 2;
  char **more = realloc(st->environment, (st->variables + 1) * sizeof *more);
  char *variable = malloc(size);
  if (more) st->environment = more;
  if (!more || !variable)
  {
    free(variable);
    st->failed = ENOMEM;
    return;
  }
  memcpy(variable, name, length);
  variable[length] = '=';
  memcpy(variable + length + 1, value, size - length - 1);
  st->environment[st->variables++] = variable;
}

void state_release(struct state const *st, int inherit)
{
  int e = errno;
  size_t i = 0;
  for (; i < st->count; i++) fcntl(st->descriptors[i], F_SETFD, inherit ? 0 : FD_CLOEXEC);
  errno = e;
}

void state_free(struct state *st)
{
  free(st->s);
  free(st->descriptors);
  while (st->variables) free(st->environment[--st->variables]);
  free(st->environment);
  memset(st, 0, sizeof *st);
}

/* ---- reading ---- */

/* The next value: its length, 0 if there is none. */
static size_t next_value(char const **values)
{
  while (**values == ' ') ++*values;
  return strcspn(*values, " \n");
}

int state_take_number(char const **values, uint64_t *n)
{
  size_t length = next_value(values);
  if (!length || uint64_scan(*values, n) != length) return 0;
  *values += length;
  return 1;
}

static int digit(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

int state_take_bytes(char const **values, void *bytes, size_t max, size_t *length)
{
  size_t digits = next_value(values), i = 0;
  uint8_t *b = bytes;
  int none = digits == 1 && **values == '-';
  if (!none && (!digits || digits % 2 || digits / 2 > max)) return 0;
  *length = none ? 0 : digits / 2;
  for (; i < *length; i++)
  {
    int high = digit((*values)[2 * i]), low = digit((*values)[2 * i + 1]);
    if (high == -1 || low == -1) return 0;
    b[i] = (uint8_t)(16 * high + low);
  }
  *values += digits;
  return 1;
}

int state_take_descriptor(char const **values, int *fd)
{
  uint64_t n;
  if (!state_take_number(values, &n) || n > INT32_MAX || coe((int)n) == -1) return 0;
  *fd = (int)n;
  return 1;
}
