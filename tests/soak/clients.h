/* Random clients: what one of them does, and what became of it. */

#ifndef SOAK_CLIENTS_H
#define SOAK_CLIENTS_H

#include <netinet/in.h>
#include <stdint.h>

/* What a client does. The server echoes; a last letter q, x, k, g or u makes it end in one way or another: see handler.c. */
struct kind
{
  char letter;
  char const *text;    /* what it says; after a PROXY header if proxied */
  uint64_t pause;      /* milliseconds between two bytes of that; 0: all at once. The first one waits for a part of it. */
  enum { WAITS, FINISHES, HOLDS, CLOSES, RESETS } then;
  enum { DIRECT, PROXIED, BADLY_PROXIED } way;  /* proxied ones come from 127.9.0.1, and their header names 198.18.0.0/15 */
};

enum { HEADER_MAX = 64 };

struct client
{
  int fd;              /* -1: nobody */
  struct kind const *kind;
  int connected;
  char header[HEADER_MAX];
  unsigned int said;
  unsigned int heard;
  uint64_t due;        /* milliseconds: when it does its next step; 0: it waits for the server */
  uint64_t deadline;
};

enum end { NOT_YET, ANSWERED, ENDED, RESET, GONE, LEFT, REFUSED, BUSY, STUCK, WRONG, ENDS };

/* The kind of that letter, or 0. */
extern struct kind const *kind_of(char letter);

extern uint64_t now_ms(void);

/* Connects, from a random address if wanted. Returns 0, or -1 and errno. */
extern int client_begin(struct client *, struct kind const *, struct sockaddr_in const *to, int from_anywhere);

/* The connection is made; its next step is due; something came; the time is up or the holders shall leave. */
extern enum end client_connected(struct client *, uint64_t now);
extern enum end client_step(struct client *, uint64_t now);
extern enum end client_hear(struct client *);

#endif
