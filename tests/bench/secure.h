/* TLS of the load generator's short connections. secure_openssl.c is with OpenSSL, secure_none.c is what remains without. */

#ifndef BENCH_SECURE_H
#define BENCH_SECURE_H

struct secure;

/* Once, before the first connection. resume: each connection offers the session of an earlier one. Returns -1 where there is no TLS. */
extern int secure_start(int resume);

/* Begins a handshake over a connected non-blocking descriptor, which stays the caller's. 0: out of memory. */
extern struct secure *secure_new(int fd);

/* Goes on as far as it can: the handshake, sending the text once, reading. Adds to the bytes received.
   Returns 1 if more is to come, 0 at the end of what the server sends, -1 on failure. */
extern int secure_go_on(struct secure *, char const *text, unsigned int *received);

/* 0 or 1: whether the handshake resumed a session. */
extern int secure_resumed(struct secure const *);

extern void secure_free(struct secure *);

#endif
