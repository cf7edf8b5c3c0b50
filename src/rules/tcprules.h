/* The text that tcprules reads (the manual of ucspi-tcp): ADDRESS:allow or ADDRESS:deny, then ,NAME="VALUE" any number of
   times, with any byte in place of the quotes. */

#ifndef SALLYPORT_TCPRULES_H
#define SALLYPORT_TCPRULES_H

#include <stddef.h>

struct tcprule
{
  char *address;       /* terminated; empty: all clients */
  int allows;
  char *env;           /* "NAME=value\0"... */
  size_t env_length;
  unsigned long line;  /* where it stands, from 1 */
};

/* Understands one line without its newline, which is changed on the way. Returns 1; 0 if there is no rule in it; -1
   with *why if it is wrong. */
extern int tcprule_parse(struct tcprule *, char *line, char const **why);

/* What an address stands for. */
enum tcprule_kind
{
  TCPRULE_EVERYBODY,
  TCPRULE_IP,         /* key is ip4/ADDR_LEN */
  TCPRULE_HOST,       /* =host: key is reversedns/host */
  TCPRULE_DOMAIN,     /* =.domain: likewise */
  TCPRULE_NAMED,      /* =: all clients that have a name */
  TCPRULE_USER,       /* user@...: rules know nothing of it */
  TCPRULE_WRONG
};

enum { TCPRULE_KEY_MAX = 300 };
extern enum tcprule_kind tcprule_key(char key[TCPRULE_KEY_MAX], char const *address);

/* The number n of a range of addresses ("1.2.3.37-53"): 1, or 0 after the last one, -1 if it is wrong. An address that is no range
   is its own and only element. */
extern int tcprule_element(char element[TCPRULE_KEY_MAX], char const *address, unsigned int n);

#endif
