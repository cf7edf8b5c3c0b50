/* The chain programs: each puts an io program between the connection and the program that it becomes. */

#ifndef SALLYPORT_AROUND_H
#define SALLYPORT_AROUND_H

#include <skalibs/gccattributes.h>

#include "opts.h"

/* What differs between a server and a client. */
struct around
{
  struct opts const *given;
  int is_server;
  unsigned int io_stage;        /* the options that the io program gets */
  char const *io_program;       /* its file */
  int net_in, net_out;          /* the connection: 0 and 1, or 6 and 7 */
};

/* From the options; dies (100, 111) if the connection is not open. Makes 0, 1 and 2 safe. */
extern void around_configure(struct around *, struct opts const *, int is_server);

/* In a child: becomes the io program, with the clear text on `app` and the outcome to `notification` (or -1). */
extern void around_become_io(struct around const *, int app, int notification) gccattr_noreturn;

/* Removes what prog is not to see, unless --keep. */
extern void around_forget(struct around const *);

#endif
