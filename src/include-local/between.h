/* A process of our own between each client and its program, which speaks with the client first and then relays: for
   TLS. It is forked, not executed, so that it has everything ready; it reports once what it has found out, and then the
   program is launched on the other end of a socket. */

#ifndef SALLYPORT_BETWEEN_H
#define SALLYPORT_BETWEEN_H

#include <stddef.h>
#include <stdint.h>

#include "server.h"

struct state;

enum { BETWEEN_REPORT_MAX = 6144 };

enum between_kind
{
  BETWEEN_READY = 1,  /* the bytes are variables for the program: "NAME=value", each followed by a NUL */
  BETWEEN_FAILED = 2  /* the bytes are the cause, in words */
};

/* What is sent on the socket before everything else. */
struct between_report
{
  uint32_t kind;
  uint32_t length;  /* of the bytes after this */
};

/* Part of the family of a daemon. */
struct between
{
  void *context;
  uint64_t limit;   /* milliseconds for the report; 0: for ever */
  int const *keep;  /* descriptors that the process needs besides its standard ones; ends with -1 */

  /* Before a process is forked for a client: a moment to bring things up to date. May be 0. */
  void (*prepare)(void *context, struct server *);

  /* In the new process, with all signals as usual and no other descriptors: `client` is the connection, `app` the socket
     for the report and then for the program. Returns the exit code. */
  int (*run)(void *context, struct client const *, int app);

  /* Whether these variables may be given to a program: the process is not believed. */
  int (*accepts)(void *context, char const *bytes, size_t length);

  /* Before an upgrade: variables and descriptors for the new program, and values of one line (state.h), which it gets by `resume`.
     Returns 0, or why an upgrade is impossible now. */
  char const *(*save)(void *context, struct state *);
  void (*resume)(void *context, char const *values);
};

#endif
