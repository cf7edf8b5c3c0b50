/* The options of the identity family. */

#include "daemon_opts.h"
#include "identity_opts.h"

static struct program const programs[] =
{
  { IDENTITY_APPLY, "s6-applyuidgid", "prog...", 1, "Change user and groups for good, then run prog." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  { 'z', "clean-env", 0, 0, IDENTITY_APPLY, IDENTITY_APPLY, 0, "remove UID, GID and GIDLIST for prog" },
  OPTS_IDENTITY(IDENTITY_APPLY, IDENTITY_APPLY),
  { 'U', "env-ids", 0, 0, IDENTITY_APPLY, IDENTITY_APPLY, 0, "change to $UID, $GID and $GIDLIST" },
  OPTS_IDENTITY_MORE(IDENTITY_APPLY, IDENTITY_APPLY),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const identity_opts = { programs, table };
