/* One client at the door: the parts of s6-tcpserver-access. */

#ifndef SALLYPORT_TCP_ACCESS_H
#define SALLYPORT_TCP_ACCESS_H

#include <skalibs/gccattributes.h>

#include "access.h"
#include "address.h"
#include "dns.h"
#include "ident.h"
#include "opts.h"

enum
{
  ACCESS_BANNER_MAX = 511,   /* bytes */
  ACCESS_IDENT_LIMIT = 30000 /* milliseconds that a client's host may take where no deadline was given */
};

/* Exit codes beside those of die.h. */
enum { EXIT_NO_USER = 2, EXIT_TIMEOUT = 99 };

struct access_settings
{
  unsigned int verbosity;
  int strict;        /* what cannot be found out about the client refuses it */
  int paranoid;      /* a name that does not lead back refuses the client */
  int names;
  int ident;
  int no_delay;
  char const *local_name;
  struct dns_settings dns;
  char banner[ACCESS_BANNER_MAX];
  size_t banner_length;
};

struct access
{
  struct access_settings settings;
  uint64_t deadline;
  char const *proto;
  char const *remote_ip;  /* as the environment has it */
  struct address remote;
  struct address local;
  char remote_name[HOSTNAME_MAX + 2];  /* confirmed, with a final dot; or empty */
  char local_name[HOSTNAME_MAX + 2];   /* likewise, of our own address */
  char user[IDENT_LINE_MAX];
  int has_user;
};

/* Reads the options but for those of the rules, or dies (100). */
extern void access_configure(struct access *, struct opts const *);

/* Reads who is connected from the environment, or dies (100). */
extern void access_read_ends(struct access *);

/* Writes the banner to fd 1, or dies (111). */
extern void access_greet(struct access const *);

/* Finds the names, and the user. Where something cannot be found out, the client is refused if the
   settings want that. */
extern void access_find_names(struct access *);
extern void access_find_user(struct access *);

/* For the next program. */
extern void access_set_environment(struct access const *);

/* "allow pid PID ip IP" or "refuse pid PID ip IP WORDS", if the verbosity is that high. */
extern void access_say_allowed(struct access const *);
extern void access_refuse(struct access const *, int code, char const *words, char const *detail) gccattr_noreturn;

#endif
