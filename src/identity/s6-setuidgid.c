/* Runs a program as another account: looks it up, then rewrites itself into s6-applyuidgid. */

#include <string.h>

#include <skalibs/uint64.h>

#include "account.h"
#include "chain.h"
#include "config.h"
#include "die.h"
#include "identity_opts.h"

struct words
{
  char uid[UINT64_FMT];
  char gid[UINT64_FMT];
};

static void both(struct account *a, char const *word)
{
  struct pair p = account_pair(word, 0);
  if (!uid_of_name(&a->uid, p.user, 1)) strerr_dief(1, "unknown user: ", p.user);
  if (!gid_of_name(&a->gid, p.group, 1)) strerr_dief(1, "unknown group: ", p.group);
}

static void add_ids(struct chain *c, struct words *w, struct account const *a)
{
  w->uid[uint64_fmt(w->uid, a->uid)] = 0;
  w->gid[uint64_fmt(w->gid, a->gid)] = 0;
  chain_word(c, "-u");
  chain_word(c, w->uid);
  chain_word(c, "-g");
  chain_word(c, w->gid);
  chain_word(c, "-G");
  chain_word(c, account_group_list(a));
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct chain chain = CHAIN_EMPTY;
  struct account account = { 0, 0, 0, 0 };
  struct words words;
  (void)argc;

  argv = opts_parse(&given, &identity_opts, IDENTITY_SET, argv);
  require_program(argv + 1);
  if (!argv[0][0]) chain_become(argv + 1);

  chain_sibling(&chain, "s6-applyuidgid");
  if (strchr(argv[0], ':')) both(&account, argv[0]);
  else if (account_of_user(&account, argv[0], 1)) chain_word(&chain, "-z");
  else strerr_dief(1, "unknown user: ", argv[0]);
  add_ids(&chain, &words, &account);
  chain_word(&chain, "--");
  chain_rest(&chain, argv + 1);
  chain_exec(&chain);
}
