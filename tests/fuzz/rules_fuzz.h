/* What the fuzz targets of librules share: a file to put a database in, and questions to ask it. */

#ifndef SALLYPORT_RULES_FUZZ_H
#define SALLYPORT_RULES_FUZZ_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules.h"

/* A property does not hold: the fuzzer keeps the input. */
#define HOLDS(...) do { if (!(__VA_ARGS__)) { fprintf(stderr, "broken: %s\n", #__VA_ARGS__); abort(); } } while (0)

struct fuzz_file
{
  char path[256];
  int fd;
};

static inline void fuzz_file_make(struct fuzz_file *f)
{
  char const *dir = getenv("TMPDIR");
  snprintf(f->path, sizeof f->path, "%s/sallyport-fuzz-XXXXXX", dir ? dir : "/tmp");
  f->fd = mkstemp(f->path);
  HOLDS(f->fd >= 0);
}

static inline void fuzz_file_write(struct fuzz_file *f, uint8_t const *data, size_t size)
{
  HOLDS(ftruncate(f->fd, 0) == 0 && pwrite(f->fd, data, size, 0) == (ssize_t)size);
}

/* What a rule asks for lies within the database, and can be used as it is. */
static inline void fuzz_rule(struct rules const *r, struct rule const *rule)
{
  size_t i = 0;
  HOLDS(rule->env_length <= RULE_ENV_MAX && rule->exec_length <= RULE_EXEC_MAX);
  HOLDS(rule->env >= r->image.map && rule->env + rule->env_length <= r->image.map + r->image.size);
  for (; i < rule->env_length; i += strlen(rule->env + i) + 1) HOLDS(rule->env[i] && rule->env[i] != '=');
  HOLDS(i == rule->env_length);
  HOLDS(rule->exec ? strlen(rule->exec) == rule->exec_length : !rule->exec_length);
}

static inline void fuzz_ruling(struct rules const *r, struct rule const *rule, enum ruling ruling)
{
  switch (ruling)
  {
    case RULE_NONE : HOLDS(!r->key.length); break;
    case RULE_ALLOW : HOLDS(r->key.length); fuzz_rule(r, rule); break;
    case RULE_REFUSE : HOLDS(r->key.length); break;
    case RULE_ERROR : HOLDS(r->fault.why); break;
    default : HOLDS(0);
  }
}

static inline void fuzz_ask(struct rules *r, uint8_t const *ip)
{
  static gid_t const groups[] = { 5, 6, 100 };
  struct rule rule;
  fuzz_ruling(r, &rule, rules_check_ip(r, &rule, 0, ip));
  fuzz_ruling(r, &rule, rules_check_ip(r, &rule, 1, ip));
  fuzz_ruling(r, &rule, rules_check_name(r, &rule, "www.Example.com", 15));
  fuzz_ruling(r, &rule, rules_check_ids(r, &rule, 5, 5, groups, 3));
}

#endif
