/* Where a new listener goes, and how the next program learns of it. */

#ifndef SALLYPORT_ANNOUNCEMENT_H
#define SALLYPORT_ANNOUNCEMENT_H

struct opts;

struct announcement
{
  int fd;              /* 3 + the listeners that stay */
  int announced;       /* listeners announced to this process */
  struct opts const *given;
};

/* Decides, before anything is changed. A wrong announcement is dropped, with a warning. Dies (100) if the
   options make no sense together. */
extern void announcement_plan(struct announcement *, struct opts const *);

/* Sets the variables, once the socket is there. Dies (111) without memory. */
extern void announcement_make(struct announcement const *);

#endif
