/* Ending the process with words. Only programs and helpers called require_ or die_ may do so. */

#ifndef SALLYPORT_DIE_H
#define SALLYPORT_DIE_H

#include <skalibs/strerr.h>

#include "config.h"
#include "scrubbed.h"

/* What all macros of strerr.h come down to. */
#define strerr_warnv(words, n) scrubbed_warn((words), (n))
#define strerr_warnvsys(words, n) scrubbed_warn_system((words), (n))
#define strerr_diev(code, words, n) scrubbed_die((code), (words), (n))
#define strerr_dievsys(code, words, n) scrubbed_die_system((code), (words), (n))

enum exit_code
{
  EXIT_USAGE = 100,    /* the command line or the environment is wrong: trying again will not help */
  EXIT_BUG = 101,      /* ours */
  EXIT_SYSTEM = 111,   /* the system refused: trying again later may help */
  EXIT_NOEXEC = 126,   /* the next program exists and cannot be executed */
  EXIT_NOTFOUND = 127  /* the next program does not exist */
};

/* Prints in one line what was wrong with which word, and where the rules are: a command that can be typed, so that it
   has the prefix that programs are installed with. */
#define die_usage(...) strerr_die(EXIT_USAGE, PROG, ": usage: ", __VA_ARGS__, " (try " SALLYPORT_PROGRAM_PREFIX, PROG, " --help)")

/* "PROG: fatal: unable to WORDS: reason of errno" */
#define die_system(...) strerr_diefusys(EXIT_SYSTEM, __VA_ARGS__)

/* For what cannot happen unless we are wrong. */
#define die_bug(...) strerr_dief(EXIT_BUG, "internal error: ", __VA_ARGS__)

#endif
