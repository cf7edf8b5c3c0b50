/* The environment of one child: its variables, before those that all children inherit. */

#include "die.h"
#include "launch.h"

struct text *launch_begin(struct launch *s, char const *name)
{
  if (s->first == s->table || s->strings.length == s->strings.max) die_bug("too many variables");
  *--s->first = s->space + s->strings.length;
  text_string(&s->strings, name);
  text_string(&s->strings, "=");
  return &s->strings;
}

void launch_end(struct launch *s)
{
  text_end(&s->strings);
  s->strings.length++;
}

void launch_set(struct launch *s, char const *name, char const *value)
{
  text_string(launch_begin(s, name), value);
  launch_end(s);
}

void launch_set_number(struct launch *s, char const *name, uint64_t value)
{
  text_number(launch_begin(s, name), value);
  launch_end(s);
}
