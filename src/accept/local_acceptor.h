/* The whole of the local-*-socket-accept programs: the kind of socket makes no difference to them. */

#ifndef SALLYPORT_LOCAL_ACCEPTOR_H
#define SALLYPORT_LOCAL_ACCEPTOR_H

/* `program` is the bit of the program in accept_opts. Returns the exit code. */
extern int local_acceptor(unsigned int program, char const *const *argv);

#endif
