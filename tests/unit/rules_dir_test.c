/* rules.h: a rules directory. What cannot be read is an error and never a way in; edits count at once. */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <time.h>

#include "ruleset.h"
#include "tap.h"

static enum ruling ask(struct rules *r, struct rule *rule, char const *word)
{
  uint8_t ip[16];
  int is6 = !!strchr(word, ':');
  if (inet_pton(is6 ? AF_INET6 : AF_INET, word, ip) != 1) exit(101);
  return rules_check_ip(r, rule, is6, ip);
}

/* True if the question ends in that error at that entry. */
static int fails(struct rules *r, char const *word, int e, char const *entry)
{
  struct rule rule;
  if (ask(r, &rule, word) != RULE_ERROR || errno != e || !r->fault.why)
  {
    printf("# errno %d\n", errno);
    return 0;
  }
  if (!strcmp(r->fault.entry.s, entry)) return 1;
  printf("# the entry is '%s'\n", r->fault.entry.s);
  return 0;
}

static void put_link(struct ruleset *s, char const *name, char const *to)
{
  char path[512];
  snprintf(path, sizeof path, "%s/%s", s->dir, name);
  if (symlink(to, path)) ruleset_fail(path);
}

static void test_open(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  ruleset_new(&s);
  ok(t, rules_open_dir(&r, "/nonexistent/rules", RULES_KEPT) == -1 && errno == ENOENT && r.fault.why);
  ruleset_compile(&s);
  ok(t, rules_open_dir(&r, s.cdb, RULES_KEPT) == -1 && errno == ENOTDIR);
  ok(t, !rules_open_dir(&r, s.dir, RULES_KEPT) && rules_refresh(&r) == 0);
  rules_close(&r);
  ruleset_free(&s);
}

static void test_vanished(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  ruleset_new(&s);
  ruleset_put(&s, "ip4/0.0.0.0_0", "allow", "");
  ruleset_open(&s, &r, 1);
  ok(t, ask(&r, &rule, "127.0.0.1") == RULE_ALLOW);
  ruleset_free(&s);
  ok(t, fails(&r, "127.0.0.1", ENOENT, ""));
  ok(t, rules_check_name(&r, &rule, "example.com", 11) == RULE_ERROR && errno == ENOENT);
  ok(t, rules_check_ids(&r, &rule, 1, 1, 0, 0) == RULE_ERROR && errno == ENOENT);
  rules_close(&r);
}

/* Each of these stands in the way of a broader rule that allows. */
static void test_errors(struct tap *t, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  char big[5000], name[16];
  unsigned int i;
  memset(big, 'x', sizeof big);
  ruleset_new(&s);
  ruleset_put(&s, "ip4/0.0.0.0_0", "allow", "");
  ruleset_put(&s, "ip4/10.0.0.0_8", "allow", "");
  ruleset_put(&s, "ip4", "10.0.0.1_32", "a file");
  ruleset_put(&s, "ip4/10.0.0.2_32", "x", "");
  put_link(&s, "ip4/10.0.0.2_32/deny", "nowhere");
  ruleset_put(&s, "ip4/10.0.0.3_32", "x", "");
  put_link(&s, "ip4/10.0.0.3_32/allow", "nowhere");
  put_link(&s, "ip4/10.0.0.4_32", "10.0.0.4_32");
  ruleset_put(&s, "ip4/10.0.0.5_32", "allow", "");
  ruleset_put(&s, "ip4/10.0.0.5_32", "env", "a file");
  ruleset_put(&s, "ip4/10.0.0.6_32", "allow", "");
  ruleset_directory(&s, "ip4/10.0.0.6_32/env/DIR");
  ruleset_put(&s, "ip4/10.0.0.7_32", "allow", "");
  ruleset_put_bytes(&s, "ip4/10.0.0.7_32", "exec", big, 4097);
  ruleset_put(&s, "ip4/10.0.0.8_32", "allow", "");
  for (i = 0; i < 17; i++)
  {
    snprintf(name, sizeof name, "env/V%u", i);
    ruleset_put_bytes(&s, "ip4/10.0.0.8_32", name, big, 4095);
  }
  ruleset_put(&s, "ip4/10.0.0.9_32", "allow", "");
  ruleset_put_bytes(&s, "ip4/10.0.0.9_32", "exec", "a\0b", 3);
  ruleset_put(&s, "ip4/10.0.0.10_32", "allow", "");
  ruleset_directory(&s, "ip4/10.0.0.10_32/exec");
  ruleset_put(&s, "ip4/10.0.0.11_32", "allow", "");
  put_link(&s, "ip4/10.0.0.11_32/env", "nowhere");
  put_link(&s, "ip4/10.0.0.12_32", "nowhere");
  put_link(&s, "ip4/10.0.0.13_32", "10.0.0.0_8");
  put_link(&s, "ip6", "ip4/10.0.0.1_32");
  ruleset_open(&s, &r, way);
  ok(t, fails(&r, "10.0.0.1", ENOTDIR, "ip4/10.0.0.1_32"));
  ok(t, fails(&r, "10.0.0.2", ENOENT, "ip4/10.0.0.2_32/deny"));
  ok(t, fails(&r, "10.0.0.3", ENOENT, "ip4/10.0.0.3_32/allow"));
  ok(t, fails(&r, "10.0.0.4", ELOOP, "ip4/10.0.0.4_32"));
  ok(t, fails(&r, "10.0.0.5", ENOTDIR, "ip4/10.0.0.5_32/env"));
  ok(t, fails(&r, "10.0.0.6", EISDIR, "ip4/10.0.0.6_32/env/DIR"));
  ok(t, fails(&r, "10.0.0.7", EFBIG, "ip4/10.0.0.7_32/exec"));
  ok(t, fails(&r, "10.0.0.8", EFBIG, "ip4/10.0.0.8_32/env"));
  ok(t, fails(&r, "10.0.0.9", EINVAL, "ip4/10.0.0.9_32/exec"));
  ok(t, fails(&r, "10.0.0.10", EISDIR, "ip4/10.0.0.10_32/exec"));
  ok(t, fails(&r, "10.0.0.11", ENOENT, "ip4/10.0.0.11_32/env"));
  ok(t, fails(&r, "10.0.0.12", ENOENT, "ip4/10.0.0.12_32"));
  ok(t, ask(&r, &rule, "10.0.0.13") == RULE_ALLOW);
  is_string(t, r.key.s, "ip4/10.0.0.13_32", "links are followed");
  ok(t, fails(&r, "::1", ENOTDIR, "ip6"));
  rules_close(&r);
  ruleset_free(&s);
}

static void test_limits(struct tap *t, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  char big[5000];
  memset(big, 'x', sizeof big);
  ruleset_new(&s);
  ruleset_put(&s, "ip4/10.0.0.1_32", "allow", "");
  ruleset_put_bytes(&s, "ip4/10.0.0.1_32", "env/A", big, 2046);
  ruleset_put_bytes(&s, "ip4/10.0.0.1_32", "env/B", big, 2044);
  ruleset_put_bytes(&s, "ip4/10.0.0.1_32", "exec", big, 4096);
  ruleset_put(&s, "ip4/10.0.0.2_32", "allow", "");
  memcpy(big, "one\n", 4);
  ruleset_put_bytes(&s, "ip4/10.0.0.2_32", "env/LONG", big, sizeof big);
  ruleset_open(&s, &r, way);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "10.0.0.1") == RULE_ALLOW && rule.env_length == 4096 && rule.exec_length == 4096);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "10.0.0.2") == RULE_ALLOW && !memcmp(rule.env, "LONG=one", 9));
  rules_close(&r);
  if (way < 2)
  {
    memset(big, 'x', 4);
    ruleset_put_bytes(&s, "ip4/10.0.0.1_32", "env/A", big, 3000);
    ruleset_put_bytes(&s, "ip4/10.0.0.1_32", "env/B", big, 3000);
    ruleset_open(&s, &r, way);
    ok_for(t, ruleset_way(way), ask(&r, &rule, "10.0.0.1") == RULE_ALLOW && rule.env_length == 6006);
    rules_close(&r);
  }
  ruleset_free(&s);
}

/* ---- edits ---- */

/* Waits until the kept index is in use: the directory must not have changed for a while. */
static int becomes_indexed(struct rules *r)
{
  struct timespec const pause = { 0, 50000000 };
  unsigned int i = 0;
  struct rule rule;
  for (; i < 400 && !r->is_indexed[0]; i++)
  {
    nanosleep(&pause, 0);
    ask(r, &rule, "203.0.113.9");
  }
  return r->is_indexed[0];
}

static unsigned int lengths_known(struct rules const *r)
{
  unsigned int i = 0, n = 0;
  for (; i <= 32; i++) n += !!(r->present[0].bits[0] & (uint64_t)1 << i);
  return n;
}

static void test_edits(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  ruleset_new(&s);
  ruleset_put(&s, "ip4/0.0.0.0_0", "allow", "");
  ruleset_open(&s, &r, 1);
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_ALLOW);
  ruleset_put(&s, "ip4/203.0.113.9_32", "deny", "");
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_REFUSE);
  ruleset_remove(&s, "ip4/203.0.113.9_32/deny");
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_ALLOW);
  ruleset_put(&s, "ip6/::_0", "allow", "");
  ok(t, ask(&r, &rule, "::1") == RULE_ALLOW);
  ok(t, becomes_indexed(&r));
  ok(t, lengths_known(&r) == 2);
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_ALLOW);
  ruleset_put(&s, "ip4/203.0.113.8_31", "deny", "");
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_REFUSE);
  ok(t, ask(&r, &rule, "203.0.113.10") == RULE_ALLOW);
  ruleset_remove(&s, "ip4");
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_NONE);
  rules_close(&r);
  ruleset_free(&s);
}

/* A directory that is published by turning a link. */
static void test_turned_link(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  char link[128], fresh[128];
  ruleset_new(&s);
  ruleset_put(&s, "one/ip4/0.0.0.0_0", "allow", "");
  ruleset_put(&s, "two/ip4/0.0.0.0_0", "deny", "");
  snprintf(link, sizeof link, "%s/link", s.base);
  snprintf(fresh, sizeof fresh, "%s/fresh", s.base);
  if (symlink("rules/one", link) || symlink("rules/two", fresh)) ruleset_fail(link);
  ok(t, !rules_open_dir(&r, link, RULES_KEPT));
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_ALLOW);
  ok(t, becomes_indexed(&r));
  if (rename(fresh, link)) ruleset_fail(link);
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_REFUSE);
  rules_close(&r);
  ruleset_free(&s);
}

/* One process lists small directories and asks for each length in large ones. */
static void test_many(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  char key[64];
  unsigned int i = 0;
  ruleset_new(&s);
  ruleset_put(&s, "ip4/203.0.113.0_24", "deny", "");
  ruleset_open(&s, &r, 0);
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_REFUSE && lengths_known(&r) == 1);
  for (; i < 300; i++)
  {
    snprintf(key, sizeof key, "ip4/10.0.%u.%u_32", i / 256, i % 256);
    ruleset_directory(&s, key);
  }
  ok(t, ask(&r, &rule, "203.0.113.9") == RULE_REFUSE && lengths_known(&r) == 33);
  rules_close(&r);
  ruleset_free(&s);
}

/* ---- permissions: asked by a child that is not root ---- */

static int become_nobody(void)
{
  gid_t const gid = 65534;
  if (geteuid()) return 0;
  return setgroups(1, &gid) || setgid(gid) || setuid(65534);
}

static int unreadable(struct ruleset *s, unsigned int way)
{
  struct rules r;
  struct rule rule;
  int wrong = 0;
  if (rules_open_dir(&r, s->dir, way ? RULES_KEPT : RULES_ONCE) == -1) return 1;
  wrong |= !fails(&r, "10.0.0.1", EACCES, "ip4/10.0.0.1_32/allow") << 1;
  wrong |= !fails(&r, "10.0.0.2", EACCES, "ip4/10.0.0.2_32/deny") << 2;
  wrong |= !fails(&r, "10.0.0.3", EACCES, "ip4/10.0.0.3_32/env") << 3;
  wrong |= !fails(&r, "10.0.0.4", EACCES, "ip4/10.0.0.4_32/env/V") << 4;
  wrong |= !fails(&r, "10.0.0.5", EACCES, "ip4/10.0.0.5_32/exec") << 5;
  /* Where a directory cannot be opened for searching alone, it is the directory that says no. */
  wrong |= (!fails(&r, "10.0.0.6", EACCES, "ip4/10.0.0.6_32/allow") && !fails(&r, "10.0.0.6", EACCES, "ip4/10.0.0.6_32")) << 6;
  wrong |= (rules_check_name(&r, &rule, "com", 3) != RULE_ERROR) << 7;
  return wrong;
}

static void change(struct ruleset *s, char const *name, mode_t mode)
{
  char path[512];
  snprintf(path, sizeof path, "%s/%s", s->dir, name);
  if (chmod(path, mode)) ruleset_fail(path);
}

static void test_permissions(struct tap *t, unsigned int way)
{
  struct ruleset s;
  pid_t pid;
  int status;
  ruleset_new(&s);
  ruleset_put(&s, "ip4/0.0.0.0_0", "allow", "");
  ruleset_put(&s, "ip4/10.0.0.1_32", "allow", "");
  change(&s, "ip4/10.0.0.1_32/allow", 0);
  ruleset_put(&s, "ip4/10.0.0.2_32", "deny", "");
  change(&s, "ip4/10.0.0.2_32/deny", 0);
  ruleset_put(&s, "ip4/10.0.0.3_32", "allow", "");
  ruleset_put(&s, "ip4/10.0.0.3_32", "env/V", "1");
  change(&s, "ip4/10.0.0.3_32/env", 0);
  ruleset_put(&s, "ip4/10.0.0.4_32", "allow", "");
  ruleset_put(&s, "ip4/10.0.0.4_32", "env/V", "1");
  change(&s, "ip4/10.0.0.4_32/env/V", 0);
  ruleset_put(&s, "ip4/10.0.0.5_32", "allow", "");
  ruleset_put(&s, "ip4/10.0.0.5_32", "exec", "true");
  change(&s, "ip4/10.0.0.5_32/exec", 0);
  ruleset_put(&s, "ip4/10.0.0.6_32", "deny", "");
  change(&s, "ip4/10.0.0.6_32", 0);
  ruleset_put(&s, "reversedns/com", "deny", "");
  change(&s, "reversedns", 0);
  change(&s, "ip4", 0711);  /* which cannot be listed */
  fflush(stdout);
  pid = fork();
  if (pid == -1) ruleset_fail("fork");
  if (!pid)
  {
    status = become_nobody() ? 255 : unreadable(&s, way);
    fflush(stdout);
    _exit(status);
  }
  waitpid(pid, &status, 0);
  if (!ok_for(t, ruleset_way(way), status == 0)) printf("# status %x\n", (unsigned int)status);
  change(&s, "ip4/10.0.0.3_32/env", 0755);
  change(&s, "ip4/10.0.0.6_32", 0755);
  change(&s, "reversedns", 0755);
  change(&s, "ip4", 0755);
  ruleset_free(&s);
}

/* A whole type that is elsewhere, and not there: its refusals must not be passed over. */
static void test_lost_type(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  ruleset_new(&s);
  ruleset_put(&s, "gid/5", "allow", "");
  ruleset_put(&s, "reversedns/@", "allow", "");
  put_link(&s, "uid", "nowhere");
  put_link(&s, "ip4", "nowhere");
  ruleset_open(&s, &r, 1);
  ok(t, rules_check_ids(&r, &rule, 77, 5, 0, 0) == RULE_ERROR && errno == ENOENT);
  is_string(t, r.fault.entry.s, "uid", "the entry");
  ok(t, fails(&r, "10.0.0.1", ENOENT, "ip4"));
  ok(t, ask(&r, &rule, "::1") == RULE_NONE);
  ok(t, rules_check_name(&r, &rule, "example.com", 11) == RULE_ALLOW);
  rules_close(&r);
  ruleset_free(&s);
}

/* ---- a fifo must not stop a daemon ---- */

static void test_fifo(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  char path[512];
  int writer;
  ruleset_new(&s);
  ruleset_put(&s, "ip4/0.0.0.0_0", "allow", "");
  snprintf(path, sizeof path, "%s/ip4/0.0.0.0_0/exec", s.dir);
  if (mkfifo(path, 0644)) ruleset_fail(path);
  ruleset_open(&s, &r, 1);
  alarm(60);
  ok(t, ask(&r, &rule, "10.0.0.1") != RULE_NONE);
  /* EAGAIN would be a shortage, which a daemon waits out, and holds its clients. */
  writer = open(path, O_RDWR | O_CLOEXEC);
  ok(t, writer >= 0 && fails(&r, "10.0.0.1", EINVAL, "ip4/0.0.0.0_0/exec"));
  close(writer);
  alarm(0);
  rules_close(&r);
  ruleset_free(&s);
}

int main(void)
{
  struct tap t = { 0, 0 };
  unsigned int way = 0;
  test_open(&t);
  test_vanished(&t);
  for (; way < RULESET_WAYS; way++)
  {
    if (way < 2) test_errors(&t, way);
    if (way < 2) test_permissions(&t, way);
    test_limits(&t, way);
  }
  test_many(&t);
  test_lost_type(&t);
  test_fifo(&t);
  test_edits(&t);
  test_turned_link(&t);
  return tap_done(&t);
}
