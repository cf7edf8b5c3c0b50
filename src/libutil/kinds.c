/* What the arguments of options may be: see opts.h. */

#include <net/if.h>
#include <string.h>
#include <stdlib.h>

#include "die.h"
#include "number.h"
#include "opts.h"

static int at_most(char const *word, uint64_t max)
{
  uint64_t n;
  return !number_parse(word, 10, max, &n);
}

/* A number, however large. */
static int is_number(char const *word)
{
  uint64_t n;
  return !number_clamp(word, 10, UINT64_MAX, &n);
}

static int is_any(char const *word) { (void)word; return 1; }
static int is_text(char const *word) { return word[0] != 0; }

/* listen(2) takes a negative number for the most that there can be. */
static int is_backlog(char const *word) { return is_number(word) || !strcmp(word, "-1"); }
static int is_waiting(char const *word) { return is_backlog(word) && strcmp(word, "0"); }

static int is_id(char const *word) { return at_most(word, ID_MAX); }
static int is_inherited(char const *word)
{
  uint64_t n;
  return !number_parse(word, 10, 1048575, &n) && n >= 3;
}

static int is_port(char const *word) { return at_most(word, 65535); }
static int is_prefix4(char const *word) { return at_most(word, 32); }
static int is_prefix6(char const *word) { return at_most(word, 128); }
static int is_penalty(char const *word)
{
  uint64_t n;
  return !number_parse(word, 10, 600, &n) && n;
}

static int is_octal(char const *word, uint64_t max)
{
  uint64_t n;
  return !number_parse(word, 8, max, &n);
}

static int is_mode(char const *word) { return is_octal(word, 0777); }
static int is_socket_mode(char const *word) { return is_octal(word, 07777); }

static int is_ids(char const *word)
{
  gid_t *list;
  size_t n;
  if (gidlist_parse(word, &list, &n) == -1) return 0;
  free(list);
  return 1;
}

static int is_interface(char const *word)
{
  return word[0] && strlen(word) < IF_NAMESIZE && !strchr(word, '/');
}

/* How long it may be is decided by the system. */
static int is_local(char const *word)
{
  return word[0] && strcmp(word, "@");
}

struct kind const kind_any = { is_any, "a word", 0 };
struct kind const kind_text = { is_text, "a word", 0 };
struct kind const kind_count = { is_number, "a number from 0 to 1000000", 1000000 };
struct kind const kind_backlog = { is_backlog, "a number from 0 to 2147483647", INT32_MAX };
struct kind const kind_waiting = { is_waiting, "a number from 1 to 2147483647", INT32_MAX };
struct kind const kind_id = { is_id, "an id in numbers, from 0 to 4294967294", 0 };
struct kind const kind_ids = { is_ids, "group ids separated by commas", 0 };
struct kind const kind_mode = { is_mode, "an octal mode from 0 to 0777", 0 };
struct kind const kind_socket_mode = { is_socket_mode, "an octal mode from 0 to 0777", 0777 };
struct kind const kind_inherited = { is_inherited, "a descriptor from 3 to 1048575", 0 };
struct kind const kind_port = { is_port, "a port number from 0 to 65535", 0 };
struct kind const kind_prefix4 = { is_prefix4, "a prefix length from 0 to 32", 0 };
struct kind const kind_prefix6 = { is_prefix6, "a prefix length from 0 to 128", 0 };
struct kind const kind_seconds = { is_number, "seconds from 0 to 1000000", 1000000 };
struct kind const kind_penalty = { is_penalty, "seconds from 1 to 600", 0 };
struct kind const kind_millis = { is_number, "milliseconds from 0 to 1000000000", 1000000000 };
struct kind const kind_verbosity = { is_number, "a number from 0 to 9", 9 };
struct kind const kind_local = { is_local, "a path, or @ and a name", 0 };
struct kind const kind_interface = { is_interface, "the name of a network interface", 0 };

void require_operand(char const *what, char const *word, struct kind const *kind)
{
  if (kind->accepts(word)) return;
  die_usage(what, " must be ", kind->expects, ", not '", word, "'", word[0] == '-' && word[1] ? ": options come before the operands" : "");
}
