/* Access rules inside a daemon: -i and -x, judged before anything is launched. */

#ifndef SALLYPORT_SERVER_RULES_H
#define SALLYPORT_SERVER_RULES_H

#include "opts.h"
#include "rules.h"
#include "server.h"

enum judged_by
{
  JUDGED_BY_ADDRESS,  /* ip4/, ip6/ */
  JUDGED_BY_IDS       /* uid/, gid/ */
};

struct server_rules
{
  struct server *server;
  struct rules rules;
  enum judged_by by;
  struct peer_groups groups;  /* of the latest client whose groups were asked for */
};

/* Opens the ruleset that the options name, or dies (111), and makes the server judge its clients by it.
   Without such options nothing happens. Both structs must not be moved afterwards. */
extern void server_use_rules(struct server *, struct server_rules *, struct opts const *, enum judged_by);

#endif
