/* The options of the rules family. */

#include "die.h"
#include "rules_opts.h"

static struct program const programs[] =
{
  { RULES_COMPILER, "s6-accessrules-cdb-from-fs", "cdbfile dir", 2, "Compile a directory of access rules into one file." },
  { RULES_DECOMPILER, "s6-accessrules-fs-from-cdb", "dir cdbfile", 2, "Make a directory of access rules from a compiled file." },
  { RULES_CONVERTER, "s6-accessrules-fs-from-tcprules", "dir", 1, "Make a directory of access rules from the text of tcprules." },
  { RULES_CONNLIMIT, "s6-connlimit", "prog...", 1, "Run prog unless its client has too many connections." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  { 'm', "mode", "MODE", &kind_mode, RULES_COMPILER, RULES_COMPILER, 0, "octal mode of cdbfile (0644 less the umask)" },
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const rules_opts = { programs, table };

void require_no_more(char const *const *words)
{
  if (words[0]) die_usage("unexpected operand '", words[0], "'");
}
