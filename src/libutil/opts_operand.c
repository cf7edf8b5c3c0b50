/* Operands are checked by the same kinds as option arguments. */

#include "die.h"
#include "opts.h"

void require_operand(char const *what, char const *word, struct kind const *kind)
{
  if (!kind->accepts(word)) die_usage(what, " must be ", kind->expects, ", not '", word, "'");
}
