/* Shows what running daemons count: reads their status sockets once, or again and again. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/buffer.h>

#include "counts.h"
#include "deadline.h"
#include "die.h"
#include "gentle_end.h"
#include "show.h"
#include "status_opts.h"

enum { TIMEOUT = 2000, LINGER = 2000 };  /* milliseconds */

static void read_all(struct counts *all, char const *const *paths, size_t count, uint64_t timeout)
{
  size_t i = 0;
  for (; i < count; i++) counts_read(&all[i], paths[i], timeout);
}

/* The names of the services in the order of the paths. Of several services each has one, so that their samples differ. */
static void name_all(struct counts *all, char const *const *paths, size_t count, struct opts const *o)
{
  size_t i = 0, n = 0;
  for (; i < o->count; i++)
  {
    if (o->given[i].opt->letter != 'l') continue;
    if (n == count) die_usage("there are more labels than paths");
    all[n++].service = o->given[i].argument;
  }
  for (; count > 1 && n < count; n++) all[n].service = paths[n];
}

static int none_answers(struct counts const *all, size_t count)
{
  size_t i = 0;
  for (; i < count; i++)
    if (!all[i].error) return 0;
  return 1;
}

static int check(struct counts const *all, size_t count)
{
  size_t i = 0;
  if (none_answers(all, count)) return EXIT_SYSTEM;
  for (; i < count; i++)
    if (!counts_accepting(&all[i])) return 1;
  return 0;
}

static void show(struct counts const *all, size_t count, show_function *way)
{
  (*way)(all, count);
  if (!buffer_flush(buffer_1)) die_system("write to stdout");
}

/* The terminal is cleared before each time. */
static void watch(struct counts *all, char const *const *paths, size_t count, uint64_t timeout, unsigned int seconds)
{
  for (;;)
  {
    buffer_puts(buffer_1, "\033[H\033[2J");
    show(all, count, &show_text);
    sleep(seconds);
    read_all(all, paths, count, timeout);
  }
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct counts *all;
  size_t count = 0;
  uint64_t timeout;
  char const *format;
  (void)argc;

  argv = opts_parse(&given, &status_opts, SERVERSTAT, argv);
  while (argv[count]) count++;
  all = calloc(count, sizeof *all);
  if (!all) die_system("allocate memory");
  timeout = opts_number(&given, "timeout", TIMEOUT);
  format = opts_value(&given, "format", "text");
  name_all(all, argv, count, &given);

  read_all(all, argv, count, timeout);
  if (opts_has(&given, "check")) return check(all, count);
  if (opts_has(&given, "watch")) watch(all, argv, count, timeout, (unsigned int)opts_number(&given, "watch", 1));
  show(all, count, show_of(format));
  if (!strcmp(format, "http") || !strcmp(format, "agent")) gentle_end(0, 1, deadline_after(LINGER));
  return none_answers(all, count) ? EXIT_SYSTEM : 0;
}
