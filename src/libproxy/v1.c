/* Version 1, one line of text: see proxy_internal.h. */

#include <arpa/inet.h>
#include <string.h>

#include "number.h"
#include "proxy_internal.h"

enum { REMOTE_IP, LOCAL_IP, REMOTE_PORT, LOCAL_PORT, FIELDS };

struct protocol
{
  char const *name;  /* as it stands after v1_word */
  int family;
  size_t longest;    /* of the whole line */
  size_t shortest;
};

/* Lengths: with addresses of one digit a group, and of as many as there can be. */
static struct protocol const protocols[] =
{
  { "TCP4 ", AF_INET, 56, 32 },
  { "TCP6 ", AF_INET6, 104, 22 },
  { "UNKNOWN", AF_UNSPEC, PROXY_V1_LONGEST, V1_SHORTEST },
  { 0, 0, 0, 0 }
};

/* The line has at least so many bytes. */
static enum proxy_verdict more(struct proxy_header *h, struct protocol const *p, size_t least)
{
  if (least > p->longest) return proxy_wrong(h, "line too long");
  return proxy_more(h, least > p->shortest ? least : p->shortest);
}

/* The common beginning of the n bytes and the word is all that there is of one of them. */
static int begins_like(char const *s, size_t n, char const *word)
{
  size_t length = strlen(word);
  return !memcmp(s, word, n < length ? n : length);
}

static int is_port(uint16_t *port, char const *word)
{
  uint64_t n;
  if ((word[0] == '0' && word[1]) || number_parse(word, 10, 65535, &n) == -1) return 0;
  *port = (uint16_t)n;
  return 1;
}

/* address_parse() takes either family, and a scope. */
static int is_address(struct address *a, int family, char const *ip, char const *port)
{
  uint16_t number;
  return !strchr(ip, '%') && is_port(&number, port) && address_parse(a, ip, number) == 0 && a->sa.any.sa_family == family;
}

/* Cuts the line, which has no end any more, into its fields. There are as many as there have to be. */
static void cut(char **fields, char *line)
{
  unsigned int i = 0;
  for (; i < FIELDS; i++)
  {
    fields[i] = line;
    line += strcspn(line, " ");
    if (*line) *line++ = 0;
  }
}

static enum proxy_verdict read_fields(struct proxy_header *h, int family, char const *s, size_t n)
{
  char line[PROXY_V1_LONGEST];
  char *fields[FIELDS];
  memcpy(line, s, n);
  line[n] = 0;
  cut(fields, line);
  if (!is_address(&h->remote, family, fields[REMOTE_IP], fields[REMOTE_PORT])) return proxy_wrong(h, "bad source address or port");
  if (!is_address(&h->local, family, fields[LOCAL_IP], fields[LOCAL_PORT])) return proxy_wrong(h, "bad destination address or port");
  h->about = PROXY_CLIENT;
  return PROXY_COMPLETE;
}

/* Everything that an address or a port can be made of. */
static int is_text(char c)
{
  return c && strchr("0123456789abcdefABCDEF:.", c);
}

/* Where the line is over, or where it cannot go on. s[begin] is the first byte of the first field. Nothing but CR
   and LF at the end of the last field ends it. */
static enum proxy_verdict scan(struct proxy_header *h, struct protocol const *p, char const *s, size_t n)
{
  size_t begin = V1_WORD + strlen(p->name), i = begin;
  unsigned int field = 0;
  for (; i < n && s[i] != '\r'; i++)
  {
    if (i >= p->longest - 2) return proxy_wrong(h, "line too long");
    if (is_text(s[i])) continue;
    if (s[i] != ' ') return proxy_wrong(h, "bad character");
    if (s[i - 1] == ' ') return proxy_wrong(h, "empty field");
    if (++field == FIELDS) return proxy_wrong(h, "too many fields");
  }
  if (i < n && (field < FIELDS - 1 || s[i - 1] == ' ')) return proxy_wrong(h, "too few fields");
  if (i + 1 < n && s[i + 1] != '\n') return proxy_wrong(h, "bad end of line");
  if (i + 1 >= n) return more(h, p, n + (i < n ? 1 : 2 + 2 * (FIELDS - 1 - field) + (s[i - 1] == ' ')));
  h->length = i + 2;
  return read_fields(h, p->family, s + begin, i - begin);
}

/* The sender does not know the client. What it writes after that is not for us. */
static enum proxy_verdict scan_unknown(struct proxy_header *h, struct protocol const *p, char const *s, size_t n)
{
  size_t begin = V1_WORD + strlen(p->name), i = begin;
  if (begin < n && s[begin] != ' ' && s[begin] != '\r') return proxy_wrong(h, "unknown protocol");
  for (; i + 1 < n && i + 2 <= p->longest; i++)
  {
    if (s[i] == '\r' && s[i + 1] == '\n')
    {
      h->length = i + 2;
      return PROXY_COMPLETE;
    }
    if (i == begin && s[i] == '\r') return proxy_wrong(h, "bad end of line");
  }
  return more(h, p, n + (s[n - 1] == '\r' ? 1 : 2));
}

enum proxy_verdict v1_parse(struct proxy_header *h, char const *s, size_t n)
{
  struct protocol const *p = protocols;
  if (!begins_like(s, n, v1_word)) return proxy_wrong(h, "neither version 1 nor version 2");
  if (n <= V1_WORD) return proxy_more(h, V1_SHORTEST);
  while (p->name && !begins_like(s + V1_WORD, n - V1_WORD, p->name)) p++;
  if (!p->name) return proxy_wrong(h, "unknown protocol");
  if (n < V1_WORD + strlen(p->name)) return proxy_more(h, V1_SHORTEST);
  return p->family == AF_UNSPEC ? scan_unknown(h, p, s, n) : scan(h, p, s, n);
}
