/* A file in memory. */

#define _GNU_SOURCE  /* memfd_create */
#include <sys/mman.h>

#include "platform.h"

int platform_memory_file(void)
{
  return memfd_create("sallyport", MFD_CLOEXEC);
}
