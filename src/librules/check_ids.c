/* Judging by ids: uid/self, uid/UID, gid/self, gid/GID, the supplementary groups, uid/default. */

#include <errno.h>
#include <unistd.h>

#include "rules_internal.h"

/* A client in that many groups or fewer: each of them is looked up, which is cheaper than listing a directory. */
enum { FEW_GROUPS = 64 };

/* Who asks to come in. The groups are found when they are needed for the first time. */
struct applicant
{
  uid_t uid;
  gid_t gid;
  int fd;                     /* a connection to ask for the groups; -1: they are known */
  struct peer_groups *found;  /* where to keep them then */
  gid_t const *groups;
  size_t count;
};

static enum ruling find_id(struct rules *r, struct rule *rule, char const *type, uint64_t id)
{
  char digits[20];
  struct text t = TEXT_IN(digits);
  text_number(&t, id);
  return check_word(r, rule, type, t.s, t.length);
}

static void forget_key(struct rules *r)
{
  r->key.length = 0;
  text_end(&r->key);
}

/* The overflow id belongs to many users: a rule about it can refuse, and never lets a client in. */
static enum ruling find_own_id(struct rules *r, struct rule *rule, char const *type, uint64_t id, uint64_t self, int is_overflow)
{
  enum ruling ruling = id == self ? check_word(r, rule, type, "self", 4) : RULE_NONE;
  if (ruling == RULE_NONE || (ruling == RULE_ALLOW && is_overflow)) ruling = find_id(r, rule, type, id);
  if (ruling != RULE_ALLOW || !is_overflow) return ruling;
  forget_key(r);
  return RULE_NONE;
}

static int find_groups_of(struct rules *r, struct applicant *a)
{
  if (a->fd == -1) return 0;
  if (peer_groups_take(a->fd, a->found) == -1) return fault_note(&r->fault, "the groups of a client", 22, 0);
  a->groups = a->found->list;
  a->count = a->found->count;
  return 0;
}

/* Their order means nothing to the author of the rules, so it must not decide: a refusal or an error does.
   known: the ids that have rules; 0: any may have one. */
static enum ruling find_groups(struct rules *r, struct rule *rule, struct applicant const *a, struct rule_gids const *known)
{
  size_t i = 0, allowed = a->count;
  for (; i < a->count; i++)
  {
    gid_t gid = a->groups[i];
    enum ruling ruling;
    if (known && !gids_have(known, gid)) continue;
    ruling = find_id(r, rule, "gid/", gid);
    if (ruling == RULE_REFUSE || ruling == RULE_ERROR) return ruling;
    if (ruling == RULE_ALLOW && allowed == a->count && !(r->overflow.has_gid && gid == r->overflow.gid)) allowed = i;
  }
  if (allowed < a->count) return find_id(r, rule, "gid/", a->groups[allowed]);
  forget_key(r);
  return RULE_NONE;
}

/* Where no group has a rule, those of the client are not looked up. */
static enum ruling check_groups(struct rules *r, struct rule *rule, struct applicant *a)
{
  int any = r->form == RULES_DIR ? directory_has_gids(r) : !!r->gids.count;
  if (any <= 0) return any ? RULE_ERROR : RULE_NONE;
  if (find_groups_of(r, a) == -1) return RULE_ERROR;
  if (r->form == RULES_DIR && a->count <= FEW_GROUPS) return find_groups(r, rule, a, 0);
  if (r->form == RULES_DIR && directory_index_gids(r) == -1) return RULE_ERROR;
  return find_groups(r, rule, a, &r->gids);
}

static enum ruling find_ids(struct rules *r, struct rule *rule, struct applicant *a)
{
  struct rule_overflow const *o = &r->overflow;
  enum ruling ruling = find_own_id(r, rule, "uid/", a->uid, geteuid(), o->has_uid && a->uid == o->uid);
  if (ruling == RULE_NONE) ruling = find_own_id(r, rule, "gid/", a->gid, getegid(), o->has_gid && a->gid == o->gid);
  if (ruling == RULE_NONE) ruling = check_groups(r, rule, a);
  if (ruling == RULE_NONE) ruling = check_word(r, rule, "uid/", "default", 7);
  return ruling;
}

static enum ruling check(struct rules *r, struct rule *rule, struct applicant *a)
{
  if (check_begin(r) == -1) return RULE_ERROR;
  return check_end(r, find_ids(r, rule, a));
}

enum ruling rules_check_ids(struct rules *r, struct rule *rule, uid_t uid, gid_t gid, gid_t const *groups, size_t ngroups)
{
  struct applicant a = { .uid = uid, .gid = gid, .fd = -1, .found = 0, .groups = groups, .count = ngroups };
  return check(r, rule, &a);
}

enum ruling rules_check_peer(struct rules *r, struct rule *rule, uid_t uid, gid_t gid, int fd, struct peer_groups *found)
{
  struct applicant a = { .uid = uid, .gid = gid, .fd = fd, .found = found, .groups = 0, .count = 0 };
  return check(r, rule, &a);
}
