/* Memory of the hash tables: see table.h. */

#define _DEFAULT_SOURCE  /* MAP_ANONYMOUS */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "table.h"

void *table_memory(size_t bytes)
{
  void *p = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return p == MAP_FAILED ? (errno = ENOMEM, (void *)0) : p;
}

void table_release(void *p, size_t bytes)
{
  if (p) munmap(p, bytes);
}
