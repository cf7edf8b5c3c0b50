/* Variables for the function that wants them: see teller.h. */

#include "teller.h"

void tell(struct teller const *t, char const *name, char const *value)
{
  t->each(t->data, name, value && value[0] ? value : 0);
}

void tell_text(struct teller const *t, char const *name, struct text *value)
{
  tell(t, name, text_end(value));
}
