/* The parts of reverse lookups that are bytes only. */

#ifndef SALLYPORT_PTR_H
#define SALLYPORT_PTR_H

#include <stddef.h>

#include "address.h"
#include "hostname.h"

/* Longest name in the reverse zone: 32 nibbles, each with a dot, "ip6.arpa" and a NUL. */
enum { PTR_QUESTION_SIZE = 73 };

/* The name to ask for: "7.2.0.192.in-addr.arpa". */
extern void ptr_question(char name[PTR_QUESTION_SIZE], struct address const *);

/* Finds the first PTR record among the answers of a DNS message. Returns the length of the name, which is
   written without its final dot and may hold any byte, or -1 with errno: ENOENT (no such record), EBADMSG
   (malformed, or a label holds a dot or is too long to be a host's). */
extern int ptr_answer(char name[HOSTNAME_MAX], unsigned char const *message, size_t length);

#endif
