/* Accounts by name or number, from the system's databases (nsswitch.conf(5)). */

#ifndef SALLYPORT_ACCOUNT_H
#define SALLYPORT_ACCOUNT_H

#include <stddef.h>
#include <sys/types.h>

struct account
{
  uid_t uid;
  gid_t gid;        /* the primary group */
  gid_t *groups;    /* the other groups that list the user; allocated, may be 0 */
  size_t group_count;
};

/* All of a user, by name; where the database has no such name and `numeric` is true, by uid. Returns 1, or
   0 if there is no such user. Dies (111) if the database cannot be asked. */
extern int account_of_user(struct account *, char const *name, int numeric);

/* One half only. A name that is not known may be a number if `numeric`. Same results. */
extern int uid_of_name(uid_t *, char const *name, int numeric);
extern int gid_of_name(gid_t *, char const *name, int numeric);

/* The list as GIDLIST has it; allocated. Dies (111) without memory. */
extern char *account_group_list(struct account const *);

/* Cuts "user:group" in two; a copy. Dies (100) if a half is missing and `half_is_enough` is false. */
struct pair
{
  char *user;   /* "" if missing */
  char *group;
};

extern struct pair account_pair(char const *word, int half_is_enough);

#endif
