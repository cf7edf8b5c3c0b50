/* A compiled ruleset as a backend. skalibs walks the database; the file may say anything, so the places
   it points to are checked before anybody goes there. */

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

#include "rules_internal.h"

enum
{
  TABLES = 256,
  HEADER = TABLES * 8  /* bytes: position and slots of each table */
};

static char const truncated[] = "it is not a database of rules, or it is cut short";

static int bad(struct rules *r, char const *why)
{
  errno = EINVAL;
  return trouble_note(&r->trouble, 0, 0, why);
}

static int bad_record(struct rules *r, cdb_data const *key, char const *why)
{
  errno = EINVAL;
  return trouble_note(&r->trouble, key->s, key->len, why);
}

/* A copy cannot be changed or cut short under us, which in a mapping would be the end of a daemon. A
   process that judges one client maps the file: it touches a few pages only. */
static int image_load(struct rules *r, cdb *image, int fd, size_t size)
{
  int kept = r->use == RULES_KEPT;
  void *p = kept ? mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    : mmap(0, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (p == MAP_FAILED) return trouble_note(&r->trouble, 0, 0, 0);
  image->map = p;
  image->size = (uint32_t)size;
  if (!kept) return 0;
  errno = 0;
  if (allread(fd, p, size) == size) return 0;
  if (!errno || errno == EPIPE) bad(r, truncated);
  else trouble_note(&r->trouble, 0, 0, 0);
  cdb_free(image);
  return -1;
}

/* Every table must be within the file. Otherwise a lookup could be sent around for billions of steps. */
static int check_header(struct rules *r, cdb const *image)
{
  uint32_t end, position, slots;
  size_t i = 0;
  uint32_unpack(image->map, &end);
  if (end < HEADER || end > image->size) return bad(r, truncated);
  for (; i < TABLES; i++)
  {
    uint32_unpack(image->map + 8 * i, &position);
    uint32_unpack(image->map + 8 * i + 4, &slots);
    if (!slots) continue;
    if (position < end || position > image->size || slots > (image->size - position) / 8) return bad(r, truncated);
  }
  return 0;
}

/* As cdb_find, whose data may reach beyond the end. */
static int find(cdb const *image, cdb_data *data, char const *key, uint32_t length)
{
  int r = cdb_find(image, data, key, length);
  if (r <= 0) return r;
  return data->len <= image->size - (uint32_t)(data->s - image->map) ? 1 : -1;
}

/* Steps to the next record: 1, 0 at the end, -1 if the file lies. */
static int next(cdb const *image, uint32_t *position, cdb_data *key, cdb_data *data)
{
  uint32_t end, room;
  uint32_unpack(image->map, &end);
  if (*position == end) return 0;
  if (end - *position < 8 || *position > end) return -1;
  room = end - *position - 8;
  if (cdb_traverse_next(image, key, data, position) != 1) return -1;
  return key->len <= room && data->len <= room - key->len ? 1 : -1;
}

static void note_prefix(struct prefixes *present, cdb_data const *key)
{
  int is6, length;
  if (key->len < 4 || memcmp(key->s, "ip", 2) || key->s[3] != '/') return;
  if (key->s[2] != '4' && key->s[2] != '6') return;
  is6 = key->s[2] == '6';
  length = key_prefix(key->s + 4, key->len - 4, is6 ? 128 : 32);
  if (length != -1) prefixes_add(&present[is6], (unsigned int)length);
}

/* Every record must be sound, and be the one that its key leads to: a refusal that is there and cannot
   be found would let its clients in by a broader rule. */
static int check_records(struct rules *r, cdb const *image, struct prefixes *present)
{
  uint32_t position = CDB_TRAVERSE_INIT();
  for (;;)
  {
    cdb_data key, data, found;
    struct rule rule;
    char const *why;
    int n = next(image, &position, &key, &data);
    if (!n) return 0;
    if (n == -1) return bad(r, truncated);
    if (rule_parse(&rule, data.s, data.len, &why) == RULE_ERROR) return bad_record(r, &key, why);
    if (find(image, &found, key.s, key.len) != 1) return bad_record(r, &key, "its hash table does not lead to it");
    if (found.s != data.s) return bad_record(r, &key, "there are two records of it");
    note_prefix(present, &key);
  }
}

static int check(struct rules *r, cdb const *image, struct prefixes *present)
{
  if (check_header(r, image) == -1) return -1;
  if (r->use == RULES_KEPT)
  {
    prefixes_clear(&present[0]);
    prefixes_clear(&present[1]);
    return check_records(r, image, present);
  }
  prefixes_fill(&present[0]);
  prefixes_fill(&present[1]);
  return 0;
}

static int take_fd(struct rules *r, int fd, struct file_state *state)
{
  struct prefixes present[2];
  struct stat st;
  cdb image;
  if (fstat(fd, &st) == -1) return trouble_note(&r->trouble, 0, 0, 0);
  file_state_take(state, &st);
  if (!S_ISREG(st.st_mode)) return bad(r, "it is not a file");
  if (st.st_size < HEADER) return bad(r, truncated);
  if (st.st_size > UINT32_MAX) return (errno = EFBIG, trouble_note(&r->trouble, 0, 0, 0));
  if (image_load(r, &image, fd, (size_t)st.st_size) == -1) return -1;
  if (check(r, &image, present) == -1) return cdb_free(&image), -1;
  cdb_free(&r->image);
  r->image = image;
  r->seen = *state;
  memcpy(r->present, present, sizeof present);
  return 0;
}

/* O_NONBLOCK: a fifo must not stop a daemon. */
int image_take(struct rules *r, struct file_state *state)
{
  int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int result;
  if (fd == -1) return trouble_note(&r->trouble, 0, 0, 0);
  result = take_fd(r, fd, state);
  fd_close(fd);
  return result;
}

int rules_open_cdb(struct rules *r, char const *path, enum rules_use use)
{
  struct file_state state;
  rules_begin(r, path, use);
  if (image_take(r, &state) == -1) return -1;
  r->form = RULES_CDB;
  return 0;
}

enum ruling image_find(struct rules *r, struct rule *rule, char const *key, size_t length)
{
  char const *why = truncated;
  enum ruling ruling = RULE_ERROR;
  cdb_data data;
  int n = find(&r->image, &data, key, (uint32_t)length);
  if (!n) return RULE_NONE;
  errno = EINVAL;
  if (n == 1) ruling = rule_parse(rule, data.s, data.len, &why);
  if (ruling == RULE_ERROR) trouble_note(&r->trouble, key, length, why);
  if (ruling != RULE_ALLOW) return ruling;
  memcpy(r->space.exec, rule->exec, rule->exec_length);
  r->space.exec[rule->exec_length] = 0;
  rule->exec = rule->exec_length ? r->space.exec : 0;
  return RULE_ALLOW;
}

int rules_next(struct rules const *r, uint32_t *position, cdb_data *key, cdb_data *record)
{
  return next(&r->image, position, key, record);
}
