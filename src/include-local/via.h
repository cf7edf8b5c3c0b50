/* A client that came through a sender of PROXY headers: its struct client has the addresses of the header, and
   this has those of the connection. */

#ifndef SALLYPORT_VIA_H
#define SALLYPORT_VIA_H

#include <sys/types.h>

#include "proxy.h"

struct via
{
  struct address remote;  /* the sender */
  struct address local;   /* the listener */
  uid_t uid;              /* of a sender on a Unix-domain listener */
  char const *fields[PROXY_FIELD_COUNT];  /* in `text`, or 0 */
  char text[];
};

/* With the fields that the header has, or with none. 0 without memory; free() it. */
extern struct via *via_new(struct proxy_header const *, int with_fields);

/* The sender, for the log: "192.0.2.1_40112", "uid:1000". */
extern void via_put(struct text *, struct via const *);

#endif
