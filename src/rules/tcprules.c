/* Reading the lines of tcprules: see tcprules.h. */

#include <string.h>

#include "hostname.h"
#include "number.h"
#include "tcprules.h"
#include "text.h"

/* Blanks at the end do not count, and a line without a colon is no rule. */
static char *instructions_of(char *line)
{
  size_t length = strlen(line);
  char *colon;
  while (length && strchr(" \t\r", line[length - 1])) line[--length] = 0;
  if (line[0] == '#') return 0;
  colon = strchr(line, ':');
  if (!colon) return 0;
  *colon = 0;
  return colon + 1;
}

/* Takes ,NAME="VALUE" off the front, and puts it in its final form in place. The new end is never after the old one. */
static char *take_variable(char *at, char **end)
{
  char *equals = strchr(at, '=');
  char *quote = equals && equals[1] ? strchr(equals + 2, equals[1]) : 0;
  size_t name, value;
  if (*at != ',' || !quote || equals == at + 1) return 0;
  name = (size_t)(equals - at);
  value = (size_t)(quote - equals) - 2;
  memmove(*end, at + 1, name);
  memmove(*end + name, equals + 2, value);
  (*end)[name + value] = 0;
  *end += name + value + 1;
  return quote + 1;
}

int tcprule_parse(struct tcprule *r, char *line, char const **why)
{
  char *at = instructions_of(line), *end;
  if (!at) return 0;
  r->address = line;
  r->allows = !strncmp(at, "allow", 5);
  *why = "after the colon there must be allow or deny";
  if (!r->allows && strncmp(at, "deny", 4)) return -1;
  at += r->allows ? 5 : 4;
  r->env = end = at;
  *why = "after allow or deny there may be ,NAME=\"VALUE\" and nothing else";
  while (*at)
  {
    at = take_variable(at, &end);
    if (!at) return -1;
  }
  r->env_length = (size_t)(end - r->env);
  return 1;
}

static enum tcprule_kind host_key(char key[TCPRULE_KEY_MAX], char const *name)
{
  struct text t = { .s = key, .length = 0, .max = TCPRULE_KEY_MAX, .cut = 0 };
  int is_domain = name[0] == '.';
  name += is_domain;
  text_string(&t, "reversedns/");
  if (!name[0] && !is_domain) text_string(&t, "@");
  else if (!hostname_is_clean(name, strlen(name)) || name[strlen(name) - 1] == '.') return TCPRULE_WRONG;
  for (; *name; name++)
  {
    char c = hostname_lower(*name);
    text_put(&t, &c, 1);
  }
  text_end(&t);
  return key[11] == '@' ? TCPRULE_NAMED : is_domain ? TCPRULE_DOMAIN : TCPRULE_HOST;
}

/* Takes a number up to 255 off the front, and the dot after it. -1 if there is none. */
static int take_octet(char const **s)
{
  char digits[4];
  size_t length = strspn(*s, "0123456789");
  uint64_t n;
  if (!length || length >= sizeof digits) return -1;
  memcpy(digits, *s, length);
  digits[length] = 0;
  if (number_parse(digits, 10, 255, &n) == -1) return -1;
  *s += length;
  return (int)n;
}

/* "1.2." is a prefix of 16 bits, "1.2.3.4" an address. */
static enum tcprule_kind ip_key(char key[TCPRULE_KEY_MAX], char const *s)
{
  struct text t = { .s = key, .length = 0, .max = TCPRULE_KEY_MAX, .cut = 0 };
  unsigned int octets = 0, i;
  text_string(&t, "ip4/");
  while (*s)
  {
    int n = take_octet(&s);
    if (n == -1 || octets == 4) return TCPRULE_WRONG;
    if (octets++) text_string(&t, ".");
    text_number(&t, (uint64_t)n);
    if (octets < 4 && *s++ != '.') return TCPRULE_WRONG;
  }
  for (i = octets; i < 4; i++) text_string(&t, ".0");
  text_string(&t, "_");
  text_number(&t, (uint64_t)octets * 8);
  text_end(&t);
  return TCPRULE_IP;
}

enum tcprule_kind tcprule_key(char key[TCPRULE_KEY_MAX], char const *address)
{
  if (!address[0]) return TCPRULE_EVERYBODY;
  if (strchr(address, '@')) return TCPRULE_USER;
  return address[0] == '=' ? host_key(key, address + 1) : ip_key(key, address);
}

/* The last number before the hyphen and the first one after it are the ends. */
static int range_ends(char const *address, char const *hyphen, size_t *before, char const **after, unsigned int ends[2])
{
  char const *dot = hyphen, *at;
  int low, high;
  while (dot > address && dot[-1] != '.') dot--;
  *before = (size_t)(dot - address);
  low = take_octet(&dot);
  at = hyphen + 1;
  high = take_octet(&at);
  *after = at;
  if (low == -1 || high == -1 || dot != hyphen || low > high) return -1;
  ends[0] = (unsigned int)low;
  ends[1] = (unsigned int)high;
  return 0;
}

int tcprule_element(char element[TCPRULE_KEY_MAX], char const *address, unsigned int n)
{
  struct text t = { .s = element, .length = 0, .max = TCPRULE_KEY_MAX, .cut = 0 };
  char const *hyphen = strpbrk(address, "=@") ? 0 : strchr(address, '-');
  char const *after = address;
  size_t before = 0;
  unsigned int ends[2] = { 0, 0 };
  if (hyphen && range_ends(address, hyphen, &before, &after, ends) == -1) return -1;
  if (n > ends[1] - ends[0]) return 0;
  text_put(&t, address, before);
  if (hyphen) text_number(&t, ends[0] + n);
  text_string(&t, after);
  text_end(&t);
  return t.cut ? -1 : 1;
}
