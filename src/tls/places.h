/* Directories that a sandbox leaves open for reading. */

#ifndef SALLYPORT_PLACES_H
#define SALLYPORT_PLACES_H

struct places
{
  char const **list;   /* allocated words */
  unsigned int count;
  unsigned int max;    /* what does not fit is left out */
};

/* The directory of a file, and that of the file that it is a link to. */
extern void places_of_file(struct places *, char const *file);

/* A directory of authorities, and wherever its hashed names lead to. */
extern void places_of_authorities(struct places *, char const *directory);

#endif
