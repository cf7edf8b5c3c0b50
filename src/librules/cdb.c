/* A compiled ruleset as a backend. skalibs walks the database; the file may contain anything, so the places
   it points to are checked before they are used. */

#define _GNU_SOURCE  /* MAP_ANONYMOUS */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/uint32.h>

#include "cdb_walk.h"
#include "rules_internal.h"

enum
{
  TABLES = 256,
  HEADER = TABLES * 8  /* bytes: position and slots of each table */
};

static char const truncated[] = "it is not a database of rules, or it is cut short";

static char const foreign[] = "no rule has such a key: is this a database of tcprules?";

/* A database in memory, and what its keys begin with. */
struct contents
{
  cdb image;
  struct prefixes present[2];
  struct rule_gids gids;
};

static int bad(struct rules *r, char const *why)
{
  errno = EINVAL;
  return fault_note(&r->fault, 0, 0, why);
}

static int bad_record(struct rules *r, cdb_data const *key, char const *why)
{
  errno = EINVAL;
  return fault_note(&r->fault, key->s, key->len, why);
}

/* A copy: in a mapping, a process that cuts the file short ends us, and one that overwrites it writes to what was checked. */
static int load(struct rules *r, cdb *image, int fd, size_t size)
{
  void *p = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return fault_note(&r->fault, 0, 0, 0);
  image->map = p;
  image->size = (uint32_t)size;
  errno = 0;
  if (allread(fd, p, size) == size) return 0;
  if (!errno || errno == EPIPE) bad(r, truncated);
  else fault_note(&r->fault, 0, 0, 0);
  cdb_free(image);
  return -1;
}

/* Every table must be within the file: otherwise a lookup could be sent around for billions of steps. Together
   with the records they are all of the file. */
static int check_header(struct rules *r, cdb const *image)
{
  uint32_t end, position, slots, left;
  size_t i = 0;
  uint32_unpack(image->map, &end);
  if (end < HEADER || end > image->size) return bad(r, truncated);
  left = image->size - end;
  for (; i < TABLES; i++)
  {
    uint32_unpack(image->map + 8 * i, &position);
    uint32_unpack(image->map + 8 * i + 4, &slots);
    if (!slots) continue;
    if (position < end || position > image->size || slots > (image->size - position) / 8 || slots > left / 8) return bad(r, truncated);
    left -= slots * 8;
  }
  return left ? bad(r, truncated) : 0;
}

/* What lookups begin with: the prefix lengths and the groups that have rules. -1 with errno. */
static int take_key(struct contents *c, cdb_data const *key)
{
  uint32_t id;
  int is6, length;
  if (key->len < 4 || key->s[3] != '/') return 0;
  if (!memcmp(key->s, "gid", 3)) return key_id(key->s + 4, key->len - 4, &id) ? gids_add(&c->gids, (gid_t)id) : 0;
  if (memcmp(key->s, "ip4", 3) && memcmp(key->s, "ip6", 3)) return 0;
  is6 = key->s[2] == '6';
  length = key_prefix(key->s + 4, key->len - 4, is6 ? 128 : 32);
  if (length != -1) prefixes_add(&c->present[is6], (unsigned int)length);
  return 0;
}

/* Every record must be sound, and be the one that its key leads to: a refusal that is there and cannot
   be found would let its clients in by a broader rule. */
static int check_record(struct rules *r, cdb const *image, cdb_data const *key, cdb_data const *data)
{
  cdb_data found;
  struct rule rule;
  char const *why;
  if (!memchr(key->s, '/', key->len)) return bad_record(r, key, foreign);
  if (rule_parse(&rule, data->s, data->len, &why) == RULE_ERROR) return bad_record(r, key, why);
  if (cdb_lookup(image, &found, key->s, key->len) != 1) return bad_record(r, key, "its hash table does not lead to it");
  return found.s == data->s ? 0 : bad_record(r, key, "there are two records of it");
}

static int check_records(struct rules *r, struct contents *c)
{
  uint32_t position = CDB_TRAVERSE_INIT(), count = 0;
  for (;; count++)
  {
    cdb_data key, data;
    int n = cdb_step(&c->image, &position, &key, &data);
    if (n == -1) return bad(r, truncated);
    if (!n) return cdb_entries(&c->image) == count ? 0 : bad(r, "its hash tables lead to what is not there");
    if (check_record(r, &c->image, &key, &data) == -1) return -1;
    if (take_key(c, &key) == -1) return fault_note(&r->fault, 0, 0, 0);
  }
}

static void contents_free(struct contents *c)
{
  cdb_free(&c->image);
  gids_free(&c->gids);
}

/* Reads and checks what is there now. */
static int take(struct rules *r, struct contents *c, int fd, size_t size)
{
  memset(c, 0, sizeof *c);
  if (load(r, &c->image, fd, size) == -1) return -1;
  if (check_header(r, &c->image) == 0 && check_records(r, c) == 0) return gids_sort(&c->gids), 0;
  contents_free(c);
  return -1;
}

static void replace(struct rules *r, struct contents const *c, struct file_state const *state)
{
  cdb_free(&r->image);
  gids_free(&r->gids);
  r->image = c->image;
  r->gids = c->gids;
  r->seen = *state;
  memcpy(r->present, c->present, sizeof c->present);
}

/* Putting a new file in its place takes a name from this one, which changes its ctime and nothing in it. */
static int has_changed(int fd, struct stat const *before)
{
  struct stat st;
  struct file_state then, now;
  if (fstat(fd, &st) == -1) return 1;
  file_state_take(&then, before);
  file_state_take(&now, &st);
  if (st.st_nlink != before->st_nlink) now.changed = then.changed;
  return !file_state_same(&now, &then);
}

/* What is written to while it is read would be half the old and half the new rules. */
static int take_fd(struct rules *r, int fd, struct file_state *state)
{
  struct contents c;
  struct stat st;
  if (fstat(fd, &st) == -1) return fault_note(&r->fault, 0, 0, 0);
  file_state_take(state, &st);
  if (!S_ISREG(st.st_mode)) return bad(r, "it is not a file");
  if (st.st_size < HEADER) return bad(r, truncated);
  if (st.st_size > UINT32_MAX) return (errno = EFBIG, fault_note(&r->fault, 0, 0, 0));
  if (take(r, &c, fd, (size_t)st.st_size) == -1) return -1;
  if (has_changed(fd, &st)) return contents_free(&c), bad(r, "it changed while it was read");
  replace(r, &c, state);
  return 0;
}

/* O_NONBLOCK: a fifo must not stop a daemon. */
int database_take(struct rules *r, struct file_state *state)
{
  int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int result;
  if (fd == -1) return fault_note(&r->fault, 0, 0, 0);
  result = take_fd(r, fd, state);
  fd_close(fd);
  return result;
}

int rules_open_cdb(struct rules *r, char const *path, enum rules_use use)
{
  struct file_state state;
  ruleset_begin(r, path, use);
  if (database_take(r, &state) == -1) return -1;
  r->form = RULES_CDB;
  return 0;
}

enum ruling database_find(struct rules *r, struct rule *rule, char const *key, size_t length)
{
  char const *why = truncated;
  enum ruling ruling = RULE_ERROR;
  cdb_data data;
  int n = cdb_lookup(&r->image, &data, key, (uint32_t)length);
  if (!n) return RULE_NONE;
  errno = EINVAL;
  if (n == 1) ruling = rule_parse(rule, data.s, data.len, &why);
  if (ruling == RULE_ERROR) fault_note(&r->fault, key, length, why);
  if (ruling != RULE_ALLOW) return ruling;
  memcpy(r->space.exec, rule->exec, rule->exec_length);
  r->space.exec[rule->exec_length] = 0;
  rule->exec = rule->exec_length ? r->space.exec : 0;
  return RULE_ALLOW;
}

int rules_next(struct rules const *r, uint32_t *position, cdb_data *key, cdb_data *record)
{
  return cdb_step(&r->image, position, key, record);
}
