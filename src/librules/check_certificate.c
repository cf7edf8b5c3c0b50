/* Judging by the certificate that a client has shown and TLS has verified: cert/SHA256:..., then name/ with each of its names, then
   cert/default. Names are chosen by the owner of the certificate, and keys are names of files: only what cannot lead elsewhere
   is looked up. */

#include <string.h>

#include "rules_internal.h"

/* DNS names and domains of mail are compared without regard to case; keys are in lower case. */
static enum ruling find_name(struct rules *r, struct rule *rule, char const *name, size_t length)
{
  char lower[HOSTNAME_MAX];
  size_t i = 0;
  if (length > sizeof lower) return RULE_NONE;
  for (; i < length; i++) lower[i] = hostname_lower(name[i]);
  return certificate_name_is_clean(lower, length) ? check_word(r, rule, "name/", lower, length) : RULE_NONE;
}

/* "DNS:a.example,email:b@example,IP:192.0.2.1": those of the first two kinds. *some: there was one. */
static enum ruling find_alternatives(struct rules *r, struct rule *rule, char const *names, int *some)
{
  enum ruling ruling = RULE_NONE;
  while (*names && ruling == RULE_NONE)
  {
    size_t length = strcspn(names, ","), kind = strcspn(names, ":");
    if (kind < length && (!strncmp(names, "DNS:", 4) || !strncmp(names, "email:", 6)))
    {
      *some = 1;
      ruling = find_name(r, rule, names + kind + 1, length - kind - 1);
    }
    names += length + (names[length] == ',');
  }
  return ruling;
}

static enum ruling find_certificate(struct rules *r, struct rule *rule, struct certificate_facts const *c)
{
  int some = 0;
  enum ruling ruling = check_word(r, rule, "cert/", c->hash, strlen(c->hash));
  if (ruling == RULE_NONE && c->alternatives) ruling = find_alternatives(r, rule, c->alternatives, &some);
  if (ruling == RULE_NONE && !some && c->common_name) ruling = find_name(r, rule, c->common_name, strlen(c->common_name));
  return ruling;
}

static enum ruling find(struct rules *r, struct rule *rule, struct certificate_facts const *c)
{
  enum ruling ruling = RULE_NONE;
  if (c->hash && c->verified && !strcmp(c->verified, "SUCCESS")) ruling = find_certificate(r, rule, c);
  return ruling == RULE_NONE ? check_word(r, rule, "cert/", "default", 7) : ruling;
}

enum ruling rules_check_certificate(struct rules *r, struct rule *rule, struct certificate_facts const *c)
{
  if (check_begin(r) == -1) return RULE_ERROR;
  return check_end(r, find(r, rule, c));
}
