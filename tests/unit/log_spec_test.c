/* -L: tags, priorities and files. */

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "skd/log_spec.h"
#include "tap.h"

static void is_tag(struct tap *t, char const *word, char const *tag, int priority)
{
  struct log_spec s;
  ok_for(t, word, log_spec_parse(&s, word) == 0 && !s.file && s.priority == priority);
  is_string(t, s.tag, tag, word);
}

static void is_file(struct tap *t, char const *word, char const *file, int truncate)
{
  struct log_spec s;
  ok_for(t, word, log_spec_parse(&s, word) == 0 && s.file && s.truncate == truncate);
  is_string(t, s.file ? s.file : "", file, word);
}

static void fails(struct tap *t, char const *word)
{
  struct log_spec s;
  errno = 0;
  ok_for(t, word, log_spec_parse(&s, word) == -1 && errno == EINVAL);
}

/* Every name that syslog(3) lists, in both cases of letters, and its number. */
static void names(struct tap *t)
{
  static struct { char const *name; int code; } const facilities[] =
  {
    { "kern", LOG_KERN }, { "user", LOG_USER }, { "mail", LOG_MAIL }, { "daemon", LOG_DAEMON }, { "auth", LOG_AUTH }, { "syslog", LOG_SYSLOG },
    { "lpr", LOG_LPR }, { "news", LOG_NEWS }, { "uucp", LOG_UUCP }, { "cron", LOG_CRON }, { "authpriv", LOG_AUTHPRIV }, { "ftp", LOG_FTP },
    { "LOCAL0", LOG_LOCAL0 }, { "Local7", LOG_LOCAL7 }, { "3", LOG_DAEMON }, { "23", LOG_LOCAL7 }, { 0, 0 }
  };
  static char const *const severities[] = { "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", 0 };
  char word[64];
  size_t i = 0;
  int n = 0;
  for (; facilities[i].name; i++)
  {
    snprintf(word, sizeof word, "t:%s.info", facilities[i].name);
    is_tag(t, word, "t", facilities[i].code | LOG_INFO);
  }
  for (; severities[n]; n++)
  {
    snprintf(word, sizeof word, "t:daemon.%s", severities[n]);
    is_tag(t, word, "t", LOG_DAEMON | n);
    snprintf(word, sizeof word, "t:daemon.%d", n);
    is_tag(t, word, "t", LOG_DAEMON | n);
  }
}

int main(void)
{
  static char const *const wrong[] =
  {
    "", ":", ":daemon.info", "t:daemon", "t:daemon.", "t:.info", "t:nonesuch.info", "t:daemon.nonesuch", "t:24.info", "t:daemon.8", "t:-1.info",
    "t:daemon.info.x", "t:daemoninfo", ">", ">>", "> ", ">> \t",
    "0123456789012345678901234567890123456789012345678901234567890123", 0
  };
  struct tap t = { 0, 0 };
  char const *const *w = wrong;
  is_tag(&t, "testsrv", "testsrv", LOG_DAEMON | LOG_NOTICE);
  is_tag(&t, "testsrv:", "testsrv", LOG_DAEMON | LOG_NOTICE);
  is_tag(&t, "testsrv:daemon.info", "testsrv", LOG_DAEMON | LOG_INFO);
  is_tag(&t, "a b", "a b", LOG_DAEMON | LOG_NOTICE);
  names(&t);
  is_file(&t, ">log", "log", 1);
  is_file(&t, "> log", "log", 1);
  is_file(&t, ">>log", "log", 0);
  is_file(&t, ">>\t log", "log", 0);
  is_file(&t, ">a:b", "a:b", 1);
  for (; *w; w++) fails(&t, *w);
  return tap_done(&t);
}
