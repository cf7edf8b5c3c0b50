/* Access rules: who may come in, with which environment, to run what. A ruleset is a directory of
   TYPE/KEY/{allow,deny,env,exec}, or the constant database (cdb) compiled from one.

   The caller must refuse on anything but RULE_ALLOW: a rule that cannot be read is an error, never a
   reason to go on to a broader rule. */

#ifndef SALLYPORT_RULES_H
#define SALLYPORT_RULES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <skalibs/cdb.h>

#include "address.h"
#include "hostname.h"
#include "opts.h"
#include "peer.h"
#include "text.h"

enum
{
  RULE_ENV_MAX = 65536,         /* bytes of environment modifications in one rule */
  RULE_RECORD_ENV_MAX = 4096,   /* likewise, in a database */
  RULE_EXEC_MAX = 4096,         /* bytes of its script */
  RULE_RECORD_MAX = 5 + RULE_RECORD_ENV_MAX + RULE_EXEC_MAX,
  RULE_KEY_MAX = 512            /* two file names and a slash */
};

enum ruling
{
  RULE_NONE,    /* no rule matches */
  RULE_ALLOW,
  RULE_REFUSE,
  RULE_ERROR    /* errno is set, and fault names the entry and the reason */
};

/* What an allowing rule asks for. Owned by the ruleset, good until its next lookup or refresh. */
struct rule
{
  char const *env;    /* "NAME=value\0" sets, "NAME\0" removes */
  size_t env_length;  /* 0: nothing to change */
  char const *exec;   /* an execline script that replaces the program, ends with a NUL; 0 if none */
  size_t exec_length; /* without the NUL */
};

/* Room for the texts of one rule. */
struct rule_space
{
  char env[RULE_ENV_MAX];
  size_t env_length;
  char exec[RULE_EXEC_MAX + 1];
  size_t exec_length;
};

/* What went wrong, for a message: "unable to read rules in PATH: ENTRY: WHY". */
struct rules_fault
{
  struct text entry;  /* below the ruleset, scrubbed and terminated; empty: the ruleset itself */
  char const *why;    /* never 0 after an error */
  char space[RULE_KEY_MAX + 300];
};

/* The identity of a file's content, as far as the system can know. */
struct file_state
{
  dev_t dev;
  ino_t ino;
  off_t size;
  struct timespec modified;
  struct timespec changed;
};

/* Which prefix lengths the rules of one address family have: one bit each, 0 to 128. */
struct prefixes
{
  uint64_t bits[3];
};

/* The groups that have rules, in ascending order. */
struct rule_gids
{
  gid_t *list;
  size_t count;
  size_t room;
};

/* The ids under which a user namespace shows every id that it does not map. */
struct rule_overflow
{
  int has_uid;
  int has_gid;
  id_t uid;
  id_t gid;
};

/* What a rules directory is listed for. */
enum index_type { INDEX_IP4, INDEX_IP6, INDEX_GID, INDEX_TYPES };

enum rules_form { RULES_NONE, RULES_DIR, RULES_CDB };

enum rules_use
{
  RULES_ONCE,  /* this process judges one client: list no large directory for it */
  RULES_KEPT   /* a daemon: remember what was listed */
};

/* Private to librules, except fault and key. Belongs to one thread. */
struct rules
{
  enum rules_form form;
  enum rules_use use;
  char const *path;             /* borrowed */
  struct prefixes present[2];   /* [0] IPv4, [1] IPv6 */
  struct file_state seen;       /* a database: the file that we have */
  struct file_state broken;     /* a database: the file that cannot be used, already reported */
  int broken_error;             /* its errno; 0: there is none */
  uint64_t broken_at;           /* clock_millis() */
  cdb image;
  struct rule_gids gids;
  struct rule_overflow overflow;
  struct file_state indexed[INDEX_TYPES]; /* a directory: what present[] and gids were made from */
  int is_indexed[INDEX_TYPES];
  int fd;                       /* a directory: open during a lookup, otherwise -1 */
  struct rule_space space;
  struct text key;              /* of the rule that decided the last lookup, terminated; or empty */
  char key_space[RULE_KEY_MAX + 1];
  struct rules_fault fault;
};

/* Opens a ruleset; path must live as long as it does, and the struct must not be moved. A database is read into memory
   and checked in full: what happens to its file afterwards changes nothing. Returns 0, or -1 with errno and fault;
   there is nothing to close then. */
extern int rules_open_dir(struct rules *, char const *path, enum rules_use);
extern int rules_open_cdb(struct rules *, char const *path, enum rules_use);
extern void rules_close(struct rules *);

/* Opens the ruleset of the last --rules-dir or --rules-cdb. 1; 0 if neither was given; -1 as above. */
extern int rules_open_given(struct rules *, struct opts const *, enum rules_use);

/* The same, or dies (111) saying what is wrong with it.
   Returns false if neither was given. */
extern int rules_open_or_die(struct rules *, struct opts const *, enum rules_use);

/* Takes a database again if its file was replaced or changed: call it before lookups, it costs one
   stat(2). A directory is read at each lookup anyway. Returns 1 if there are new rules, 0 if not, -1 with
   errno and fault if the new file cannot be used: the old rules stay, and the same fault is not
   reported again. */
extern int rules_refresh(struct rules *);

/* Lookups: the first key that has a rule decides. *rule is filled for RULE_ALLOW only.
   Addresses: network byte order, 4 or 16 bytes; ip4/ADDR_LEN or ip6/ADDR_LEN from the longest prefix to
   the shortest. An IPv4-mapped address is an IPv4 one. */
extern enum ruling rules_check_ip(struct rules *, struct rule *, int is6, void const *ip);
extern enum ruling rules_check_address(struct rules *, struct rule *, struct address const *);

/* reversedns/NAME, then each parent domain, then reversedns/@. One final dot is ignored. The name is
   looked up as given and in lower case. RULE_ERROR (EINVAL) for what is not clean (hostname.h). */
extern enum ruling rules_check_name(struct rules *, struct rule *, char const *name, size_t length);

/* What TLS knows of a client, as in the variables of that name; 0 for what it has not. The others count only if `verified` is
   "SUCCESS". */
struct certificate_facts
{
  char const *verified;      /* SSL_CLIENT_VERIFY */
  char const *hash;          /* SSL_PEER_CERT_HASH: "SHA256:" and 64 digits in lower case */
  char const *alternatives;  /* SSL_PEER_CERT_SAN: "DNS:a.example,email:b@example" */
  char const *common_name;   /* SSL_PEER_CERT_CN */
};

/* cert/HASH, then name/NAME for each alternative of DNS and mail, or, if there is none, for the common name; then cert/default.
   RULE_NONE if none of them has a rule: what the address has decided holds. */
extern enum ruling rules_check_certificate(struct rules *, struct rule *, struct certificate_facts const *);

/* uid/self (our effective uid), uid/UID, gid/self, gid/GID, gid/G for the supplementary groups, and
   uid/default. Of several supplementary groups one that is refused decides. An overflow id can be refused, but
   not let in. Of the groups only those that have rules cost more than a search in memory. */
extern enum ruling rules_check_ids(struct rules *, struct rule *, uid_t, gid_t, gid_t const *groups, size_t ngroups);

/* The same for the client at the other end of that connection, which is asked for its groups only if a rule may want
   them; they are kept in the last argument. */
extern enum ruling rules_check_peer(struct rules *, struct rule *, uid_t, gid_t, int fd, struct peer_groups *);

/* ---- for the compiler and the decompiler ---- */

/* Reads the rule KEY ("ip4/10.0.0.0_8") of the rules directory open on fd. */
extern enum ruling rule_read(int fd, char const *key, struct rule_space *, struct rules_fault *);

/* Writes the record of that rule to out, RULE_RECORD_MAX bytes. Returns its length, or 0 if its environment takes more
   than RULE_RECORD_ENV_MAX bytes. */
extern size_t rule_record(char *out, enum ruling, struct rule_space const *);

/* Understands a record. rule->exec points into it: no NUL follows. Returns RULE_ALLOW, RULE_REFUSE, or
   RULE_ERROR with EINVAL and *why. */
extern enum ruling rule_parse(struct rule *, char const *record, size_t length, char const **why);

/* Why no client can ever match this key: appended to the text. False if one can. */
extern int rule_key_flaw(struct text *, char const *key, size_t length);

/* The next record of a database: 1, or 0 at the end. *position begins as CDB_TRAVERSE_INIT(). */
extern int rules_next(struct rules const *, uint32_t *position, cdb_data *key, cdb_data *record);

#endif
