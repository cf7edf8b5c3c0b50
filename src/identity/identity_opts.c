/* The options of the identity family. */

#include "daemon_opts.h"
#include "identity_opts.h"

static struct program const programs[] =
{
  { IDENTITY_APPLY, "s6-applyuidgid", "prog...", 1, "Change user and groups for good, then run prog." },
  { IDENTITY_ENV, "s6-envuidgid", "account prog...", 2, "Export UID, GID and GIDLIST of an account, then run prog." },
  { IDENTITY_SET, "s6-setuidgid", "account prog...", 2, "Run prog as an account: user, uid:gid or user:group." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  { 'z', "clean-env", 0, 0, IDENTITY_APPLY, IDENTITY_APPLY, 0, "remove UID, GID and GIDLIST for prog" },
  OPTS_IDENTITY(IDENTITY_APPLY, IDENTITY_APPLY),
  { 'U', "env-ids", 0, 0, IDENTITY_APPLY, IDENTITY_APPLY, 0, "change to $UID, $GID and $GIDLIST" },
  OPTS_IDENTITY_MORE(IDENTITY_APPLY, IDENTITY_APPLY),
  { 'i', "insist", 0, 0, IDENTITY_ENV, IDENTITY_ENV, 0, "fail if the account is unknown (default)" },
  { 'D', "default", "UID:GID:LIST", &kind_text, IDENTITY_ENV, IDENTITY_ENV, 0, "what to export for an unknown account" },
  { 'u', "user-only", 0, 0, IDENTITY_ENV, IDENTITY_ENV, 0, "account is a user: export UID only" },
  { 'g', "group-only", 0, 0, IDENTITY_ENV, IDENTITY_ENV, 0, "account is a group: export GID only" },
  { 'B', "both", 0, 0, IDENTITY_ENV, IDENTITY_ENV, 0, "account is user:group: export UID and GID" },
  { 'n', "numeric", 0, 0, IDENTITY_ENV, IDENTITY_ENV, 0, "read an unknown name as a number" },
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const identity_opts = { programs, table };
