/* What the programs that judge one client have in common: its description in the environment, and what
   a rule makes of the next program. */

#ifndef SALLYPORT_ACCESS_H
#define SALLYPORT_ACCESS_H

#include <skalibs/gccattributes.h>

#include "rules.h"

/* A definite no. Other codes are in die.h. */
enum { EXIT_REFUSED = 1 };

/* Longest value of PROTO. */
enum { PROTO_MAX = 16 };

/* PROTO, which must be a word of letters, digits and underscores: dies (100) otherwise. */
extern char const *require_proto(void);

/* ${proto}${what}: dies (100) if it is not set. */
extern char const *require_variable(char const *proto, char const *what);

/* "invalid $VARIABLE: it must be EXPECTED", 100. */
extern void die_variable(char const *proto, char const *what, char const *expected) gccattr_noreturn;

/* "unable to read the access rules in PATH: ENTRY: WHY", 111. */
extern void die_rules(struct rules const *) gccattr_noreturn;

/* Becomes argv, or the script of the rule, with the environment that the rule wants. */
extern void become_by_rule(struct rule const *, char const *const *argv) gccattr_noreturn;

#endif
