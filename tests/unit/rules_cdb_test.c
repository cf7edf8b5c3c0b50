/* rules.h: a compiled ruleset. Any file is either a sound database or an error, at every byte; a kept one
   follows its file and survives what happens to it. */

#include <arpa/inet.h>
#include <errno.h>
#include <time.h>

#include <skalibs/uint32.h>

#include "ruleset.h"
#include "tap.h"

static char image[65536];
static size_t size;

static enum ruling ask(struct rules *r, char const *word)
{
  uint8_t ip[16];
  struct rule rule;
  int is6 = !!strchr(word, ':');
  if (inet_pton(is6 ? AF_INET6 : AF_INET, word, ip) != 1) exit(101);
  return rules_check_ip(r, &rule, is6, ip);
}

static void write_image(struct ruleset *s, char const *bytes, size_t n)
{
  if (!openwritenclose_unsafe(s->cdb, bytes, n)) ruleset_fail(s->cdb);
}

static void read_image(struct ruleset *s)
{
  ssize_t n = openreadnclose(s->cdb, image, sizeof image);
  if (n <= 0) ruleset_fail(s->cdb);
  size = (size_t)n;
}

static void make(struct ruleset *s)
{
  ruleset_new(s);
  ruleset_put(s, "ip4/10.0.0.0_8", "deny", "");
  ruleset_put(s, "ip4/0.0.0.0_0", "allow", "");
  ruleset_put(s, "ip4/0.0.0.0_0", "env/A", "1\n");
  ruleset_put(s, "ip4/0.0.0.0_0", "exec", "true\n");
  ruleset_put(s, "ip6/::_0", "allow", "");
  ruleset_put(s, "reversedns/com", "allow", "");
  ruleset_put(s, "uid/5", "deny", "");
  ruleset_compile(s);
  read_image(s);
}

/* Opens the bytes as a database: 0, or the errno. */
static int opens(struct ruleset *s, struct rules *r, enum rules_use use)
{
  if (rules_open_cdb(r, s->cdb, use) == 0) return 0;
  return r->fault.why && errno ? errno : -1;
}

static int opens_bytes(struct ruleset *s, char const *bytes, size_t n, enum rules_use use)
{
  struct rules r;
  int e;
  write_image(s, bytes, n);
  e = opens(s, &r, use);
  if (!e) rules_close(&r);
  return e;
}

static void test_open(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  char path[128];
  make(&s);
  ok(t, !opens(&s, &r, RULES_KEPT));
  rules_close(&r);
  ok(t, rules_open_cdb(&r, "/nonexistent/rules.cdb", RULES_KEPT) == -1 && errno == ENOENT);
  ok(t, rules_open_cdb(&r, s.dir, RULES_KEPT) == -1 && errno == EINVAL);
  snprintf(path, sizeof path, "%s/fifo", s.base);
  if (mkfifo(path, 0600)) ruleset_fail(path);
  ok(t, rules_open_cdb(&r, path, RULES_ONCE) == -1 && errno == EINVAL);
  ok(t, opens_bytes(&s, "", 0, RULES_KEPT) == EINVAL);
  ok(t, opens_bytes(&s, "", 0, RULES_ONCE) == EINVAL);
  ruleset_free(&s);
}

/* Only the prefixes that exist are looked for. */
static void test_prefixes(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  make(&s);
  ok(t, !opens(&s, &r, RULES_KEPT));
  ok(t, r.present[0].bits[0] == ((uint64_t)1 | (uint64_t)1 << 8));
  ok(t, r.present[1].bits[0] == 1 && !r.present[1].bits[1] && !r.present[1].bits[2]);
  ok(t, ask(&r, "10.0.0.1") == RULE_REFUSE);
  r.present[0].bits[0] = 1;  /* as if no rule were about a /8: none is looked for then */
  ok(t, ask(&r, "10.0.0.1") == RULE_ALLOW);
  rules_close(&r);
  ruleset_free(&s);
}

static void ask_everything(struct rules *r)
{
  static gid_t const groups[] = { 5, 6 };
  struct rule rule;
  ask(r, "10.0.0.1");
  ask(r, "203.0.113.9");
  ask(r, "2001:db8::1");
  rules_check_name(r, &rule, "www.example.com", 15);
  rules_check_ids(r, &rule, 5, 5, groups, 2);
}

static void test_truncated(struct tap *t)
{
  struct ruleset s;
  size_t n = 0;
  unsigned int kept = 0, once = 0;
  make(&s);
  for (; n < size; n++)
  {
    kept += opens_bytes(&s, image, n, RULES_KEPT) == EINVAL;
    once += opens_bytes(&s, image, n, RULES_ONCE) == EINVAL;
  }
  ok(t, kept == size);
  ok(t, once == size);
  ok(t, opens_bytes(&s, image, size + 8, RULES_ONCE) == EINVAL);
  ruleset_free(&s);
}

/* True if the byte decides anything: of a table without places only their number does, of an empty place only that it
   is empty. */
static int is_used(size_t at)
{
  uint32_t end, other;
  uint32_unpack(image, &end);
  if (at < 4 || (at >= 2048 && at < end)) return 1;
  if (at % 8 >= 4) return 1;
  uint32_unpack(image + at / 8 * 8 + 4, &other);
  return !!other;
}

/* Every byte changed: both uses say the same, and no reader outside (which a sanitizer would see). What is still a
   database differs in what it says, not in whether it can be found. */
static void test_changed(struct tap *t)
{
  static unsigned char const changes[] = { 0x01, 0x80, 0xff };
  struct ruleset s;
  struct rules r;
  size_t i = 0;
  unsigned int change, differ = 0, unused = 0, accepted = 0;
  make(&s);
  for (; i < size; i++)
    for (change = 0; change < sizeof changes; change++)
    {
      int e, used = is_used(i);
      image[i] = (char)(image[i] ^ changes[change]);
      e = opens_bytes(&s, image, size, RULES_KEPT);
      if (opens(&s, &r, RULES_ONCE) != e) differ++;
      else if (!e)
      {
        ask_everything(&r);
        rules_close(&r);
        if (used) accepted++;
        else unused++;
      }
      image[i] = (char)(image[i] ^ changes[change]);
    }
  ok(t, !differ);
  ok(t, unused > 0);
  ok(t, accepted < 30);  /* letters of names, values and scripts */
  printf("# %u changes of %u are another sound database\n", accepted, (unsigned int)size * 3);
  ok(t, !opens_bytes(&s, image, size, RULES_KEPT));
  ruleset_free(&s);
}

static size_t find_bytes(char const *bytes, size_t n)
{
  size_t i = 0;
  while (i + n <= size && memcmp(image + i, bytes, n)) i++;
  if (i + n > size) exit(101);
  return i;
}

static void test_lies(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  size_t at;
  make(&s);
  at = find_bytes("ip4/10.0.0.0_8D", 15);
  uint32_pack(image + at - 4, 0x7fffffff);  /* data that reaches beyond the end */
  ok(t, opens_bytes(&s, image, size, RULES_KEPT) == EINVAL);
  ok(t, opens_bytes(&s, image, size, RULES_ONCE) == EINVAL);
  uint32_pack(image + at - 4, 1);
  image[at + 14] = 'X';  /* neither allow nor deny */
  ok(t, opens_bytes(&s, image, size, RULES_KEPT) == EINVAL);
  ok(t, rules_open_cdb(&r, s.cdb, RULES_KEPT) == -1 && !strcmp(r.fault.entry.s, "ip4/10.0.0.0_8"));
  ok(t, rules_open_cdb(&r, s.cdb, RULES_ONCE) == -1 && !strcmp(r.fault.entry.s, "ip4/10.0.0.0_8"));
  image[at + 14] = 'D';
  image[at + 4] = '2';  /* a key that its hash table does not know */
  ok(t, opens_bytes(&s, image, size, RULES_KEPT) == EINVAL);
  ok(t, opens_bytes(&s, image, size, RULES_ONCE) == EINVAL);
  ruleset_free(&s);
}

/* A place of a table that leads to a record of another table. */
static void test_stray_place(struct tap *t)
{
  struct ruleset s;
  uint32_t at, position;
  make(&s);
  uint32_unpack(image, &at);
  for (; at < size; at += 8)
  {
    uint32_unpack(image + at + 4, &position);
    if (position) continue;
    uint32_pack(image + at + 4, 2048);
    break;
  }
  ok(t, at < size && opens_bytes(&s, image, size, RULES_KEPT) == EINVAL);
  ok(t, opens_bytes(&s, image, size, RULES_ONCE) == EINVAL);
  ruleset_free(&s);
}

/* The keys of tcprules have no slash. */
static void test_foreign(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  cdbmaker maker = CDBMAKER_ZERO;
  int fd;
  ruleset_new(&s);
  fd = open(s.cdb, O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (!cdbmake_start(&maker, fd) || !cdbmake_add(&maker, "192.0.2.", 8, "D", 1) || !cdbmake_finish(&maker)) ruleset_fail(s.cdb);
  close(fd);
  ok(t, opens(&s, &r, RULES_ONCE) == EINVAL && strstr(r.fault.why, "tcprules"));
  is_string(t, r.fault.entry.s, "192.0.2.", "the key is named");
  ruleset_free(&s);
}

/* A table whose number of slots makes a lookup go round in circles for a very long time. */
static void test_endless_table(struct tap *t)
{
  struct ruleset s;
  unsigned int i = 0;
  make(&s);
  for (; i < 256; i++)
    if (image[8 * i + 4]) uint32_pack(image + 8 * i + 4, 0x20000001);
  alarm(60);
  ok(t, opens_bytes(&s, image, size, RULES_KEPT) == EINVAL);
  ok(t, opens_bytes(&s, image, size, RULES_ONCE) == EINVAL);
  alarm(0);
  ruleset_free(&s);
}

static void test_duplicate(struct tap *t)
{
  struct ruleset s;
  make(&s);
  ruleset_put(&s, "ip4/10.0.0.1_8", "allow", "");
  ruleset_compile(&s);
  read_image(&s);
  ok(t, !opens_bytes(&s, image, size, RULES_KEPT));
  image[find_bytes("ip4/10.0.0.1_8", 14) + 11] = '0';
  ok(t, opens_bytes(&s, image, size, RULES_KEPT) == EINVAL);
  ruleset_free(&s);
}

/* ---- following the file ---- */

static void test_refresh(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  make(&s);
  ok(t, !opens(&s, &r, RULES_KEPT) && ask(&r, "203.0.113.9") == RULE_ALLOW);
  ok(t, rules_refresh(&r) == 0);
  ruleset_put(&s, "ip4/203.0.113.0_24", "deny", "");
  ruleset_compile(&s);
  ok(t, ask(&r, "203.0.113.9") == RULE_ALLOW);
  ok(t, rules_refresh(&r) == 1 && ask(&r, "203.0.113.9") == RULE_REFUSE);
  ok(t, rules_refresh(&r) == 0);

  write_image(&s, "broken", 6);
  ok(t, rules_refresh(&r) == -1 && errno == EINVAL && r.fault.why);
  ok(t, rules_refresh(&r) == 0);
  ok(t, ask(&r, "203.0.113.9") == RULE_REFUSE && ask(&r, "1.2.3.4") == RULE_ALLOW);
  write_image(&s, "broken again", 12);
  ok(t, rules_refresh(&r) == -1 && errno == EINVAL);
  ok(t, rules_refresh(&r) == 0);

  unlink(s.cdb);
  ok(t, rules_refresh(&r) == -1 && errno == ENOENT);
  ok(t, rules_refresh(&r) == 0);
  ok(t, ask(&r, "203.0.113.9") == RULE_REFUSE);

  ruleset_remove(&s, "ip4/203.0.113.0_24");
  ruleset_compile(&s);
  ok(t, rules_refresh(&r) == 1 && ask(&r, "203.0.113.9") == RULE_ALLOW);
  unlink(s.cdb);
  ok(t, rules_refresh(&r) == -1 && errno == ENOENT);
  rules_close(&r);
  ruleset_free(&s);
}

/* A fault that lasts is tried again without a word. */
static void test_lasting_fault(struct tap *t)
{
  struct timespec const pause = { 0, 50000000 };
  struct ruleset s;
  struct rules r;
  uint64_t began;
  unsigned int i = 0, said = 0;
  make(&s);
  ok(t, !opens(&s, &r, RULES_KEPT));
  write_image(&s, "broken", 6);
  ok(t, rules_refresh(&r) == -1);
  began = r.broken_at;
  for (; i < 400 && r.broken_at == began; i++)
  {
    nanosleep(&pause, 0);
    said += rules_refresh(&r) != 0;
  }
  ok(t, r.broken_at != began && !said);
  rules_close(&r);
  ruleset_free(&s);
}

/* What happens to the file afterwards ends no process and affects no client. */
static void test_cut(struct tap *t, enum rules_use use)
{
  struct ruleset s;
  struct rules r;
  make(&s);
  ok(t, !opens(&s, &r, use));
  memset(image, 'x', size);
  write_image(&s, image, size);
  ok(t, ask(&r, "10.0.0.1") == RULE_REFUSE && ask(&r, "1.2.3.4") == RULE_ALLOW);
  if (truncate(s.cdb, 0)) ruleset_fail(s.cdb);
  ok(t, ask(&r, "10.0.0.1") == RULE_REFUSE && ask(&r, "1.2.3.4") == RULE_ALLOW);
  ok(t, rules_refresh(&r) == -1);
  ok(t, ask(&r, "10.0.0.1") == RULE_REFUSE);
  rules_close(&r);
  ruleset_free(&s);
}

static void test_next(struct tap *t)
{
  struct ruleset s;
  struct rules r;
  cdb_data key, record;
  uint32_t position = CDB_TRAVERSE_INIT();
  unsigned int n = 0;
  make(&s);
  ok(t, !opens(&s, &r, RULES_KEPT));
  while (rules_next(&r, &position, &key, &record) == 1)
    if (++n == 1) ok(t, key.len == 14 && !memcmp(key.s, "ip4/10.0.0.0_8", 14) && record.len == 1 && record.s[0] == 'D');
  ok(t, n == 5 && !rules_next(&r, &position, &key, &record));
  rules_close(&r);
  ruleset_free(&s);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_open(&t);
  test_prefixes(&t);
  test_truncated(&t);
  test_changed(&t);
  test_lies(&t);
  test_endless_table(&t);
  test_duplicate(&t);
  test_refresh(&t);
  test_lasting_fault(&t);
  test_cut(&t, RULES_KEPT);
  test_cut(&t, RULES_ONCE);
  test_stray_place(&t);
  test_foreign(&t);
  test_next(&t);
  return tap_done(&t);
}
