/* The rules family's option table. */

#ifndef SALLYPORT_RULES_OPTS_H
#define SALLYPORT_RULES_OPTS_H

#include "opts.h"

enum
{
  RULES_COMPILER = 1,    /* s6-accessrules-cdb-from-fs */
  RULES_DECOMPILER = 2,  /* s6-accessrules-fs-from-cdb */
  RULES_CONNLIMIT = 4,   /* s6-connlimit */
  RULES_CONVERTER = 8    /* s6-accessrules-fs-from-tcprules */
};

extern struct opts_family const rules_opts;

/* More words than the program understands are a usage error (100). */
extern void require_no_more(char const *const *words);

#endif
