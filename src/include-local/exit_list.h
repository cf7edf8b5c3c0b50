/* A list of exit codes in an option: "1,100-127". */

#ifndef SALLYPORT_EXIT_LIST_H
#define SALLYPORT_EXIT_LIST_H

#include <stdint.h>

#include "opts.h"

struct exit_list
{
  uint8_t has[256];  /* by exit code */
};

/* Numbers from 0 to 255 and ranges, separated by commas. Returns 0, or -1 with EINVAL; the list is then undefined. */
extern int exit_list_parse(struct exit_list *, char const *word);

extern struct kind const kind_exits;

#endif
