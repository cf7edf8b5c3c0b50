/* A ruleset for the tests of librules: made in a directory of its own, and compiled from there. */

#ifndef SALLYPORT_TEST_RULESET_H
#define SALLYPORT_TEST_RULESET_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/cdbmake.h>
#include <skalibs/djbunix.h>

#include "rules.h"

enum { RULESET_KEYS = 64 };

struct ruleset
{
  char base[64];
  char dir[80];
  char cdb[80];
  char keys[RULESET_KEYS][64];
  unsigned int count;
};

static inline void ruleset_fail(char const *what)
{
  perror(what);
  exit(111);
}

static inline void ruleset_new(struct ruleset *s)
{
  strcpy(s->base, "/tmp/sallyport-rules-XXXXXX");
  if (!mkdtemp(s->base) || chmod(s->base, 0755)) ruleset_fail("mkdtemp");
  snprintf(s->dir, sizeof s->dir, "%s/rules", s->base);
  snprintf(s->cdb, sizeof s->cdb, "%s/rules.cdb", s->base);
  if (mkdir(s->dir, 0755)) ruleset_fail(s->dir);
  s->count = 0;
}

static inline void ruleset_free(struct ruleset *s)
{
  rm_rf(s->base);
}

/* The directory exists when it returns; so do those above it. */
static inline void ruleset_directory(struct ruleset const *s, char const *path)
{
  char name[640];
  size_t i;
  snprintf(name, sizeof name, "%s/%s/", s->dir, path);
  for (i = strlen(s->dir) + 1; name[i]; i++)
  {
    if (name[i] != '/') continue;
    name[i] = 0;
    mkdir(name, 0755);
    name[i] = '/';
  }
}

/* file is "allow", "deny", "exec" or "env/NAME". */
static inline void ruleset_put_bytes(struct ruleset *s, char const *key, char const *file, char const *content, size_t length)
{
  char name[512];
  unsigned int i = 0;
  ruleset_directory(s, key);
  snprintf(name, sizeof name, "%s/env", key);
  if (!strncmp(file, "env/", 4)) ruleset_directory(s, name);
  snprintf(name, sizeof name, "%s/%s/%s", s->dir, key, file);
  if (!openwritenclose_unsafe(name, content, length)) ruleset_fail(name);
  while (i < s->count && strcmp(s->keys[i], key)) i++;
  if (i < s->count) return;
  if (s->count == RULESET_KEYS || strlen(key) >= sizeof s->keys[0]) exit(101);
  strcpy(s->keys[s->count++], key);
}

static inline void ruleset_put(struct ruleset *s, char const *key, char const *file, char const *content)
{
  ruleset_put_bytes(s, key, file, content, strlen(content));
}

static inline void ruleset_remove(struct ruleset *s, char const *path)
{
  char name[512];
  snprintf(name, sizeof name, "%s/%s", s->dir, path);
  rm_rf(name);
}

/* Compiles what is in the directory. The old file is replaced in one step. */
static inline void ruleset_compile(struct ruleset *s)
{
  static struct rule_space space;
  static struct rules_fault fault;
  static char record[RULE_RECORD_MAX];
  cdbmaker maker = CDBMAKER_ZERO;
  char temporary[96];
  unsigned int i = 0;
  int dir = open(s->dir, O_RDONLY | O_DIRECTORY);
  int fd;
  snprintf(temporary, sizeof temporary, "%s.new", s->cdb);
  fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (dir == -1 || fd == -1 || !cdbmake_start(&maker, fd)) ruleset_fail(temporary);
  for (; i < s->count; i++)
  {
    enum ruling ruling = rule_read(dir, s->keys[i], &space, &fault);
    if (ruling == RULE_NONE) continue;
    if (ruling == RULE_ERROR) ruleset_fail(s->keys[i]);
    if (!cdbmake_add(&maker, s->keys[i], (unsigned int)strlen(s->keys[i]), record, (unsigned int)rule_record(record, ruling, &space)))
      ruleset_fail("cdbmake_add");
  }
  if (!cdbmake_finish(&maker) || rename(temporary, s->cdb)) ruleset_fail(temporary);
  close(fd);
  close(dir);
}

/* The four ways to ask the same rules. */
enum { RULESET_WAYS = 4 };

static inline char const *ruleset_way(unsigned int way)
{
  static char const *const names[RULESET_WAYS] = { "directory, once", "directory, kept", "database, once", "database, kept" };
  return names[way];
}

static inline void ruleset_open(struct ruleset *s, struct rules *r, unsigned int way)
{
  enum rules_use use = way % 2 ? RULES_KEPT : RULES_ONCE;
  int e;
  if (way >= 2) ruleset_compile(s);
  e = way < 2 ? rules_open_dir(r, s->dir, use) : rules_open_cdb(r, s->cdb, use);
  if (e == -1) ruleset_fail(r->fault.why);
}

#endif
