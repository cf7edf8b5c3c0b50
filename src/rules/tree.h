/* A rules directory that is being made. */

#ifndef SALLYPORT_TREE_H
#define SALLYPORT_TREE_H

#include <stddef.h>

#include <skalibs/gccattributes.h>

#include "unfinished.h"

struct tree
{
  struct unfinished dir;
  mode_t mode;  /* of directories */
};

/* Begins the directory, which must not exist, and gives it its name. Both die (111). */
extern void tree_begin(struct tree *, char const *name);
extern void tree_finish(struct tree *);

/* Removes what there is: "unable to WHAT DIR/WHICH: reason of errno", 111. */
extern void tree_die(struct tree *, char const *what, char const *which) gccattr_noreturn;

/* Makes a directory below, unless it is there; a file; and the file of a variable, in the form in which rules are read.
   Names are relative. All die (111). A value that ends in blanks loses them, with a warning. */
extern void tree_directory(struct tree *, char const *name);
extern void tree_file(struct tree *, char const *name, char const *content, size_t length);
extern void tree_variable(struct tree *, char const *name, char const *value);

/* True if there is something of that name. */
extern int tree_has(struct tree const *, char const *name);

/* One file name that leads nowhere else, and that a rules directory would be asked for. */
extern int is_rule_name(char const *s, size_t length);

#endif
