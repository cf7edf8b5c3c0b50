/* The do-nothing handler: exits at once. Static, without libc. */

#include "nolibc.h"

void _start(void);

void _start(void)
{
  finish(0);
}
