/* What an engine counts, with the reasons why it does not serve a client. */

#ifndef SALLYPORT_COUNTERS_H
#define SALLYPORT_COUNTERS_H

#include <stdint.h>

/* Why a client is not served. To add one: a name here, its word in refuse.c, its line in sallyport-log(5). */
enum reason
{
  REASON_SOURCE,        /* too many of its source */
  REASON_RATE,
  REASON_PENALTY,
  REASON_RULES,
  REASON_PROXY,
  REASON_CHECK,
  REASON_SILENT,
  REASON_HANDSHAKE,     /* of TLS */
  REASON_FULL,
  REASON_UNIDENTIFIED,  /* with a line of its own in the log */
  REASON_UNJUDGED,      /* likewise */
  REASONS
};

struct refusal
{
  enum reason reason;
  char const *why;  /* for the log: "rate 10/60", "rule=ip4/0.0.0.0_0"; copied */
  uint32_t count;   /* of its source, if that is what the limit is about; 0: it is not logged */
  int only_report;  /* the client is served all the same */
};

enum { SESSION_BUCKETS = 8 };  /* the last one has no end: see status_text.c */

/* Since the start. */
struct counters
{
  uint64_t sessions[SESSION_BUCKETS];  /* ended sessions by how long they lasted */
  uint64_t session_millis;             /* how long they lasted together */
  uint64_t accepted;
  uint64_t launched;
  uint64_t launch_failures;
  uint64_t refused[REASONS];
  uint64_t ended_ok;      /* exit code 0 */
  uint64_t ended_code;    /* another exit code */
  uint64_t ended_signal;
  uint64_t ended_by_limit; /* of these: ended by --max-session */
  uint64_t held_millis;
  uint64_t untracked;     /* sources that the table of rates did not take */
  uint64_t only_reported; /* would have been refused without --only-report */
};

extern uint32_t session_bucket_end(unsigned int bucket);  /* milliseconds; all but the last one have an end */

#endif
