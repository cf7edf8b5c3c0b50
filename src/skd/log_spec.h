/* The argument of -L: a file, or the system log with a tag and a priority. */

#ifndef SALLYPORT_LOG_SPEC_H
#define SALLYPORT_LOG_SPEC_H

enum { LOG_TAG_MAX = 64 };

struct log_spec
{
  char const *file;       /* 0: the system log. Points into the word */
  int truncate;           /* start with an empty file */
  char tag[LOG_TAG_MAX];
  int priority;           /* facility and severity in one number, as syslog(3) has them */
};

/* TAG, TAG:, TAG:FACILITY.PRIORITY (names in any case, or numbers), >FILE or >>FILE. Returns 0, or -1 with
   EINVAL. */
extern int log_spec_parse(struct log_spec *, char const *word);

#endif
