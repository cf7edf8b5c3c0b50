/* Any bytes as a compiled ruleset: it is refused, or it can be asked anything. */

#include "rules_fuzz.h"

static struct fuzz_file file;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc;
  (void)argv;
  fuzz_file_make(&file);
  return 0;
}

static void ask_all(enum rules_use use)
{
  static uint8_t const ips[][16] =
  {
    { 127, 0, 0, 1 }, { 10, 1, 2, 3 }, { 192, 0, 2, 66 }, { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
    { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3 }
  };
  struct rules r;
  size_t i = 0;
  if (rules_open_cdb(&r, file.path, use) == -1)
  {
    HOLDS(r.fault.why);
    return;
  }
  for (; i < sizeof ips / sizeof ips[0]; i++) fuzz_ask(&r, ips[i]);
  HOLDS(rules_refresh(&r) == 0);
  rules_close(&r);
}

/* Each record of a database that was examined is within it, and sound. */
static void walk(void)
{
  struct rules r;
  cdb_data key, record;
  uint32_t position = CDB_TRAVERSE_INIT();
  if (rules_open_cdb(&r, file.path, RULES_KEPT) == -1) return;
  while (rules_next(&r, &position, &key, &record) == 1)
  {
    char const *why;
    struct rule rule;
    HOLDS(key.s >= r.image.map && key.s + key.len <= record.s && record.s + record.len <= r.image.map + r.image.size);
    HOLDS(rule_parse(&rule, record.s, record.len, &why) != RULE_ERROR);
  }
  rules_close(&r);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  fuzz_file_write(&file, data, size);
  ask_all(RULES_ONCE);
  ask_all(RULES_KEPT);
  walk();
  return 0;
}
