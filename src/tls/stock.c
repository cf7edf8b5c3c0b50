/* Generations of pairs: see stock.h. */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "die.h"
#include "io_exit.h"
#include "places.h"
#include "stock.h"

static void stamp_file(struct stamp *s, char const *name)
{
  struct stat st;
  memset(s, 0, sizeof *s);
  if (stat(name, &st) == -1) return;
  s->device = (uint64_t)st.st_dev;
  s->inode = (uint64_t)st.st_ino;
  s->size = (uint64_t)st.st_size;
  s->seconds = (int64_t)st.st_mtim.tv_sec;
  s->nanoseconds = (int64_t)st.st_mtim.tv_nsec;
}

/* Returns true if a file is another. */
static int stamp_all(struct stock *s)
{
  struct stamp fresh;
  size_t i = 0;
  int changed = 0;
  for (; i < 2 * s->keys->count; i++)
  {
    struct keyring_entry const *e = s->keys->entries + i / 2;
    stamp_file(&fresh, i & 1 ? e->key : e->certificates);
    if (!memcmp(&fresh, s->stamps + i, sizeof fresh)) continue;
    s->stamps[i] = fresh;
    changed = 1;
  }
  return changed;
}

static void free_pairs(struct stock *s, struct tls_pair **pairs)
{
  size_t i = 0;
  if (!pairs) return;
  for (; i < s->keys->count; i++) tls_pair_free(pairs[i]);
  free(pairs);
}

/* All of them, or 0 with why. */
static struct tls_pair **read_all(struct stock *s, struct text *why)
{
  struct tls_pair **pairs = calloc(s->keys->count, sizeof *pairs);
  size_t i = 0;
  if (!pairs) text_string(why, "out of memory");
  for (; pairs && i < s->keys->count; i++)
  {
    struct keyring_entry const *e = s->keys->entries + i;
    pairs[i] = tls_pair_read(e->certificates, e->key, why);
    if (pairs[i]) continue;
    free_pairs(s, pairs);
    return 0;
  }
  return pairs;
}

static void keep(struct stock *s, struct tls_pair **pairs)
{
  struct tls_pair ***place = s->pairs + ++s->generation % STOCK_GENERATIONS;
  free_pairs(s, *place);
  *place = pairs;
}

void stock_open(struct stock *s, struct keyring *keys)
{
  struct text why = { s->words, 0, sizeof s->words, 0 };
  struct tls_pair **pairs;
  s->keys = keys;
  s->stamps = calloc(2 * keys->count, sizeof *s->stamps);
  if (!s->stamps) die_system("allocate memory");
  stamp_all(s);
  pairs = read_all(s, &why);
  if (pairs) keep(s, pairs);
  else s->failed = EXIT_KEYS;
  text_end(&why);
}

int stock_renew(struct stock *s)
{
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  struct tls_pair **pairs;
  if (!stamp_all(s)) return 0;
  pairs = read_all(s, &why);
  if (pairs) keep(s, pairs);
  else strerr_warnw("keeping the old certificates: ", text_end(&why));
  return pairs != 0;
}

struct tls_pair *stock_pair(struct stock const *s, uint32_t generation, uint32_t number)
{
  if (number >= s->keys->count || generation > s->generation || generation + STOCK_GENERATIONS <= s->generation) return 0;
  return s->pairs[generation % STOCK_GENERATIONS] ? s->pairs[generation % STOCK_GENERATIONS][number] : 0;
}

/* The directories, not the files: a renewal puts others in their place. */
void stock_places(struct stock const *s, char const **places, unsigned int max)
{
  struct places p = { places, 0, max };
  size_t i = 0;
  for (; i < 2 * s->keys->count; i++)
  {
    struct keyring_entry const *e = s->keys->entries + i / 2;
    char const *name = i & 1 ? e->key : e->certificates;
    places_of_file(&p, name);
  }
  places[p.count] = 0;
}

void stock_wipe(struct stock *s)
{
  unsigned int i = 0;
  for (; i < STOCK_GENERATIONS; i++) free_pairs(s, s->pairs[i]);
}
