#ifndef SALLYPORT_PROXY_PART_H
#define SALLYPORT_PROXY_PART_H

/* What the files of the part "proxy" share. */

#include <stddef.h>
#include <sys/types.h>

#include "parts.h"
#include "pending.h"
#include "proxy.h"
#include "source_list.h"

struct via;

enum { LATE_MAX = 64 };

struct proxy
{
  struct part part;
  struct pending_kind kind;
  struct pending_queue *queue;
  struct source_list from;
  unsigned int accepted;        /* for proxy_parse() */
  int direct, close_local;
  char late[LATE_MAX];          /* "no proxy header within 5 s" */
  char bytes[PROXY_LONGEST];    /* of the client that is being looked at */
  struct proxy_header header;
};

/* What has become of the connection so far. */
enum proxy_outcome { HEADER_READY, HEADER_INCOMPLETE, HEADER_ENDED, HEADER_BAD };

/* Looks at what is there after the `before` bytes that have been taken and are at the beginning of p->bytes. It takes nothing.
   *n: how much is there. p->header has the header if it is ready, and the reason if it is bad. */
extern enum proxy_outcome proxy_look(struct proxy *p, struct client const *client, size_t before, size_t *n);

/* What proxy_describe() needs of memory: 0 with *via, which is 0 where the header names no client, or -1 with ENOMEM. */
extern int proxy_via(struct proxy const *, struct via **via);

/* From now on the client is the one that p->header names, and client->via has the sender. Without a via nothing changes. */
extern void proxy_describe(struct proxy const *, struct client *, struct via *);

/* recv(2) without waiting, again where a signal has interrupted it. */
extern ssize_t proxy_receive(int fd, char *bytes, size_t n, int flags);

/* The hook `environment' of part.h, and the variables that are ours alone, ending with 0. */
extern void proxy_environment(struct server *s, void *data, struct launch *launch, struct client const *client);
extern char const *const proxy_variables[];

#endif
