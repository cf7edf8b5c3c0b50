/* Operands: as many as a program needs, and the address before the port. */

#include <string.h>

#include "address.h"
#include "die.h"
#include "opts_internal.h"

static int takes_address(struct program const *p)
{
  return !strncmp(p->operands, "ip port", 7) || !strncmp(p->operands, "host port", 9) || !strncmp(p->operands, "host service", 12);
}

static int is_number(char const *word)
{
  return word[0] && !word[strspn(word, "0123456789")];
}

static int is_address(char const *word)
{
  struct address a;
  return !is_number(word) && address_parse(&a, word, 0) == 0;
}

/* ADDRESS:PORT, [ADDRESS]:PORT and NAME:PORT. */
static int is_pair(char const *word)
{
  char const *colon = strrchr(word, ':');
  if (!colon || !is_number(colon + 1) || colon == word) return 0;
  return colon[-1] == ']' || strchr(word, ':') == colon;
}

static char const *hint(struct program const *p, char const *first)
{
  if (!takes_address(p) || !first) return "";
  if (is_pair(first)) return ": address and port are two words";
  return is_number(first) && strcmp(first, "0") ? ": the address comes before the port, as in 127.0.0.1 7000" : "";
}

void opts_require_operands(struct opts const *o, char const *const *operands, unsigned int count)
{
  struct program const *p = o->program;
  if (count < p->min_operands)
    die_usage(count ? "too few operands" : "no operands", ": expected ", p->operands, hint(p, operands[0]));
  if (takes_address(p) && is_number(operands[0]) && is_address(operands[1]))
    die_usage("'", operands[0], "' and '", operands[1], "' are swapped: the address comes before the port");
}
