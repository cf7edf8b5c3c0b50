/* Where a new listener goes, and how the next program learns of it. */

#ifndef SALLYPORT_PLACE_H
#define SALLYPORT_PLACE_H

struct opts;

struct place
{
  int fd;              /* 3 + the listeners that stay */
  int announced;       /* listeners announced to this process */
  struct opts const *given;
};

/* Decides, before anything is changed. An announcement that is not true is dropped, with a warning. Dies (100) if the
   options make no sense together. */
extern void place_choose(struct place *, struct opts const *);

/* Sets the variables, once the socket is there. Dies (111) without memory. */
extern void place_announce(struct place const *);

#endif
