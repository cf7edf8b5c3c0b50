/* The pairs at the start: see holder_check.h. */

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "holder_check.h"
#include "io_exit.h"

enum { DAY = 86400, SOON = 14 };  /* the second in days */

static void warn_days(char const *file, char const *what, int64_t seconds, char const *when)
{
  char space[32];
  struct text days = TEXT_IN(space);
  text_number(&days, (uint64_t)(seconds / DAY));
  strerr_warnw("the certificate in ", file, what, text_end(&days), when);
}

static void warn_of_time(char const *file, struct tls_pair_facts const *f)
{
  int64_t now = (int64_t)time(0);
  if (f->begins > now) strerr_warnw("the certificate in ", file, " is not valid yet");
  else if (f->ends <= now) strerr_warnw("the certificate in ", file, " has expired");
  else if (f->ends < now + (int64_t)SOON * DAY) warn_days(file, " expires in ", f->ends - now, " days");
}

static void look_at(struct keyring_entry const *e, struct tls_pair const *p, unsigned int verbosity)
{
  struct tls_pair_facts facts;
  if (!verbosity) return;
  tls_pair_describe(p, &facts);
  warn_of_time(e->certificates, &facts);
  if (e->name && !tls_pair_covers(p, e->name)) strerr_warnw("the certificate in ", e->certificates, " is not for ", e->name);
  if (verbosity > 1) strerr_warni(e->name ? e->name : "default", ": ", facts.kind, ", ", facts.subject, ", ", facts.fingerprint);
}

void holder_check(struct holder *h, struct keyring const *keys, unsigned int verbosity)
{
  uint32_t count = holder_require(h), i = 0;
  for (; i < count; i++)
  {
    char words[TLS_WHY_MAX];
    struct text why = TEXT_IN(words);
    struct keyring_entry const *e = keys->entries + i;
    char *name;
    struct tls_pair *p = holder_pair(h, i, &name, &why);
    if (!p) die_key("unable to use ", e->certificates, ": ", text_end(&why));
    look_at(e, p, verbosity);
    tls_pair_free(p);
    free(name);
  }
}
