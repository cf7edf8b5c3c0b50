/* [HOST:]PORT: see endpoint.h. */

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "endpoint.h"
#include "host.h"
#include "number.h"

static int copy(char *to, size_t room, char const *from, size_t length)
{
  if (length >= room) return -1;
  memcpy(to, from, length);
  to[length] = 0;
  return 0;
}

static int is_port(char const *word)
{
  uint64_t n;
  if (strchr(word, ':')) return 0;
  return !number_is_meant(word) || number_parse(word, 10, 65535, &n) == 0;
}

static int is_address(char const *word)
{
  struct address a;
  return address_parse(&a, word, 0) == 0;
}

int endpoint_parse(struct endpoint *e, char const *word)
{
  int bracketed = word[0] == '[';
  char const *end = bracketed ? strchr(word, ']') : strrchr(word, ':');
  char const *port = end ? end + 1 : word;
  errno = EINVAL;
  if (bracketed && (!end || *port++ != ':')) return -1;
  if (bracketed) word++;
  if (copy(e->host, sizeof e->host, word, end ? (size_t)(end - word) : 0) == -1) return -1;
  if (copy(e->port, sizeof e->port, port, strlen(port)) == -1) return -1;
  if (e->host[0] && (bracketed ? !is_address(e->host) : !host_is_plain(e->host))) return (errno = EINVAL, -1);
  return is_port(e->port) ? 0 : (errno = EINVAL, -1);
}

static size_t count(struct addrinfo const *found)
{
  size_t n = 0;
  for (; found; found = found->ai_next) n++;
  return n;
}

static int is_known(struct address const *list, size_t n, struct addrinfo const *found)
{
  while (n--)
    if (list[n].length == found->ai_addrlen && !memcmp(&list[n].sa, found->ai_addr, found->ai_addrlen)) return 1;
  return 0;
}

/* A hosts file may name the same address twice: it can only be bound once. */
static size_t collect(struct address *list, struct addrinfo const *found)
{
  size_t n = 0;
  for (; found; found = found->ai_next)
  {
    if (found->ai_addrlen > sizeof list->sa || is_known(list, n, found)) continue;
    memset(&list[n], 0, sizeof list[n]);
    memcpy(&list[n].sa, found->ai_addr, found->ai_addrlen);
    list[n++].length = found->ai_addrlen;
  }
  return n;
}

static struct address *require_room(size_t n)
{
  struct address *list = malloc(n * sizeof *list);
  if (!list) die_system("allocate memory");
  return list;
}

/* What is written in numbers needs no resolver. Returns 0 if something is not. */
static size_t read_numbers(struct endpoint const *e, struct address **list)
{
  struct address a, b;
  uint64_t port;
  if (number_parse(e->port, 10, 65535, &port) == -1) return 0;
  if (address_parse(&a, e->host[0] ? e->host : "0.0.0.0", (uint16_t)port) == -1) return 0;
  address_parse(&b, "::", (uint16_t)port);
  *list = require_room(2);
  (*list)[0] = a;
  (*list)[1] = b;
  return e->host[0] ? 1 : 2;
}

static size_t look_up(struct endpoint const *e, int type, struct address **list)
{
  struct addrinfo hints = { .ai_flags = AI_PASSIVE, .ai_family = AF_UNSPEC, .ai_socktype = type };
  struct addrinfo *found;
  size_t n;
  int r;
  if (!e->port[strspn(e->port, "0123456789")]) hints.ai_flags |= AI_NUMERICSERV;
  r = getaddrinfo(e->host[0] ? e->host : 0, e->port, &hints, &found);
  if (r) host_die(e->host[0] ? e->host : e->port, e->port, 0, r);
  *list = require_room(count(found));
  n = collect(*list, found);
  freeaddrinfo(found);
  return n;
}

size_t require_endpoint(struct endpoint const *e, int type, struct address **list)
{
  size_t n = read_numbers(e, list);
  return n ? n : look_up(e, type, list);
}
