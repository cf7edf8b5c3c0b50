/* Parsing -L: see log_spec.h. */

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

#include "log_spec.h"
#include "number.h"

struct name
{
  char const *name;
  int code;
};

static struct name const facilities[] =
{
  { "kern", LOG_KERN }, { "user", LOG_USER }, { "mail", LOG_MAIL }, { "daemon", LOG_DAEMON }, { "auth", LOG_AUTH },
  { "security", LOG_AUTH }, { "syslog", LOG_SYSLOG }, { "lpr", LOG_LPR }, { "news", LOG_NEWS }, { "uucp", LOG_UUCP },
  { "cron", LOG_CRON }, { "authpriv", LOG_AUTHPRIV }, { "ftp", LOG_FTP }, { "local0", LOG_LOCAL0 },
  { "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 }, { "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 },
  { "local5", LOG_LOCAL5 }, { "local6", LOG_LOCAL6 }, { "local7", LOG_LOCAL7 }, { 0, 0 }
};

static struct name const severities[] =
{
  { "emerg", LOG_EMERG }, { "panic", LOG_EMERG }, { "alert", LOG_ALERT }, { "crit", LOG_CRIT }, { "err", LOG_ERR },
  { "error", LOG_ERR }, { "warning", LOG_WARNING }, { "warn", LOG_WARNING }, { "notice", LOG_NOTICE },
  { "info", LOG_INFO }, { "debug", LOG_DEBUG }, { 0, 0 }
};

/* A name of the list, or a number, which counts in steps of `unit`: facilities are the upper bits. */
static int code_of(struct name const *list, char const *word, size_t length, uint64_t max, int unit)
{
  char digits[4];
  uint64_t n;
  for (; list->name; list++)
    if (strlen(list->name) == length && !strncasecmp(list->name, word, length)) return list->code;
  if (length >= sizeof digits) return -1;
  memcpy(digits, word, length);
  digits[length] = 0;
  return number_parse(digits, 10, max, &n) == 0 ? (int)n * unit : -1;
}

static int parse_priority(int *priority, char const *word)
{
  size_t dot = strcspn(word, ".");
  int facility, severity;
  if (!word[dot]) return -1;
  facility = code_of(facilities, word, dot, 23, 8);
  severity = code_of(severities, word + dot + 1, strlen(word + dot + 1), 7, 1);
  if (facility == -1 || severity == -1) return -1;
  *priority = facility | severity;
  return 0;
}

static int parse_file(struct log_spec *spec, char const *word)
{
  spec->truncate = word[1] != '>';
  word += spec->truncate ? 1 : 2;
  word += strspn(word, " \t");
  spec->file = word;
  return word[0] ? 0 : (errno = EINVAL, -1);
}

int log_spec_parse(struct log_spec *spec, char const *word)
{
  size_t length = strcspn(word, ":");
  memset(spec, 0, sizeof *spec);
  if (word[0] == '>') return parse_file(spec, word);
  spec->priority = LOG_DAEMON | LOG_NOTICE;
  if (!length || length >= sizeof spec->tag) return (errno = EINVAL, -1);
  memcpy(spec->tag, word, length);
  if (!word[length] || !word[length + 1]) return 0;
  return parse_priority(&spec->priority, word + length + 1) == 0 ? 0 : (errno = EINVAL, -1);
}
