/* The record of a rule in a database: D, or A with the environment and the script after their lengths. */

#include <errno.h>
#include <string.h>

#include <skalibs/uint16.h>

#include "rules_internal.h"

static size_t put_part(char *out, char const *bytes, size_t length)
{
  uint16_pack_big(out, (uint16_t)length);
  memcpy(out + 2, bytes, length);
  return 2 + length;
}

size_t rule_record(char *out, enum ruling ruling, struct rule_space const *space)
{
  size_t n = 1;
  if (space->env_length > RULE_RECORD_ENV_MAX) return 0;
  out[0] = ruling == RULE_ALLOW ? 'A' : 'D';
  if (ruling != RULE_ALLOW) return n;
  n += put_part(out + n, space->env, space->env_length);
  return n + put_part(out + n, space->exec, space->exec_length);
}

static enum ruling bad(char const **why, char const *words)
{
  *why = words;
  return (errno = EINVAL, RULE_ERROR);
}

/* Takes a part off the front of the record. */
static int take_part(char const **part, size_t *length, size_t max, char const **record, size_t *left)
{
  uint16_t n;
  if (*left < 2) return 0;
  uint16_unpack_big(*record, &n);
  if (n > max || n > *left - 2) return 0;
  *part = *record + 2;
  *length = n;
  *record += 2 + n;
  *left -= 2 + n;
  return 1;
}

/* Each modification has a name and ends with a NUL, so that no reader goes on into what follows. */
static int is_env(char const *s, size_t length)
{
  size_t i = 0;
  if (!length) return 1;
  if (s[length - 1]) return 0;
  for (; i < length; i += strlen(s + i) + 1)
    if (!s[i] || s[i] == '=') return 0;
  return 1;
}

enum ruling rule_parse(struct rule *rule, char const *record, size_t length, char const **why)
{
  if (length && record[0] == 'D') return RULE_REFUSE;  /* whatever follows */
  if (!length || record[0] != 'A') return bad(why, "its record neither allows nor denies");
  record++;
  length--;
  if (!take_part(&rule->env, &rule->env_length, RULE_RECORD_ENV_MAX, &record, &length)
    || !take_part(&rule->exec, &rule->exec_length, RULE_EXEC_MAX, &record, &length)
    || length)
    return bad(why, "the lengths in its record are wrong");
  if (!is_env(rule->env, rule->env_length)) return bad(why, "the environment in its record is malformed");
  if (memchr(rule->exec, 0, rule->exec_length)) return bad(why, "the script in its record holds a NUL byte");
  return RULE_ALLOW;
}
