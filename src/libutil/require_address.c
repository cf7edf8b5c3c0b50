/* The operands "ip port" of the binders, and what is printed of words that are no addresses. */

#include <errno.h>
#include <string.h>

#include "address.h"
#include "die.h"
#include "number.h"
#include "opts.h"

/* 127.0.0.1:80 and [::1]:80 are one word elsewhere. */
static char const *hint(char const *what, char const *word)
{
  char const *colon = strchr(word, ':');
  if (word[0] == '[') return ": an address has no brackets here, and the port is a word of its own";
  if (colon && !strchr(colon + 1, ':') && strchr(word, '.')) return ": address and port are two words";
  if (!word[strspn(word, "0123456789")]) return ": the address comes before the port";
  if (!strcmp(what, "ip") && !colon && word[strspn(word, "0123456789.")]) return ": tcp-socket-listen takes names";
  return "";
}

void address_die(char const *what, char const *word, char const *expected)
{
  if (errno == ENODEV) die_usage(what, " '", word, "' names an interface that does not exist");
  die_usage(what, " must be ", expected, ", not '", word, "'", hint(what, word));
}

void require_scope(struct address const *a, char const *what, char const *word)
{
  if (address_lacks_scope(a)) die_usage(what, " '", word, "' is link-local: it needs a % and an interface after it, as in fe80::1%eth0");
}

void require_address(struct address *a, char const *ip, char const *port)
{
  uint64_t n;
  if (address_parse(a, ip, 0) == -1) address_die("ip", ip, "an IPv4 or IPv6 address");
  require_scope(a, "ip", ip);
  require_operand("port", port, &kind_port);
  number_parse(port, 10, 65535, &n);
  address_parse(a, ip, (uint16_t)n);
}
