/* Becoming another user for good: for s6-applyuidgid, and for skd which does it in its own process. */

#ifndef SALLYPORT_IDENTITY_H
#define SALLYPORT_IDENTITY_H

#include <stddef.h>
#include <sys/types.h>

struct identity
{
  int has_uid;
  int has_gid;
  int has_groups;
  int keep_groups;  /* uid or gid alone leave the supplementary groups as they are */
  uid_t uid;
  gid_t gid;
  gid_t *groups;    /* supplementary, without the gid; allocated */
  size_t group_count;
};

#define IDENTITY_NONE { 0, 0, 0, 0, 0, 0, 0, 0 }

/* Sets one part from a word that is known to be right. Dies (111) without memory. */
extern void identity_uid(struct identity *, char const *word);
extern void identity_gid(struct identity *, char const *word);
extern void identity_groups(struct identity *, char const *word);

/* Everything from UID, GID and GIDLIST. Dies (100) if one is missing or malformed. */
extern void identity_from_environment(struct identity *);

/* The same, but GIDLIST may be missing. */
extern void identity_ids_from_environment(struct identity *);

/* Groups first, then gid, then uid, for each takes away the right to do the one before; then looks
   whether it is really so, and whether there is no way back. A user who is not root keeps no capability
   either. Dies (111) of any doubt. */
extern void identity_apply(struct identity const *);

/* Leaves no capability, also none to inherit. Does nothing where there is no such thing. Dies (111) of any doubt. */
extern void shed_capabilities(void);

/* From now on no execve gives more privileges, for us and all that we become (prctl(2)). -1 with ENOSYS
   where there is no such thing. */
extern int no_new_privs(void);

#endif
