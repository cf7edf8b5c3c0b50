/* Between the files of librules. */

#ifndef SALLYPORT_RULES_INTERNAL_H
#define SALLYPORT_RULES_INTERNAL_H

#include <sys/stat.h>

#include "rules.h"

/* Notes what went wrong with which entry (0: the ruleset itself). errno must be set; why 0 means what
   errno says. Always returns -1. */
extern int trouble_note(struct rules_trouble *, char const *entry, size_t length, char const *why);
extern void trouble_clear(struct rules_trouble *);

/* A ruleset of which nothing is open yet; and one that has not been asked anything. */
extern void rules_begin(struct rules *, char const *path, enum rules_use);
extern void rules_forget(struct rules *);

extern void file_state_take(struct file_state *, struct stat const *);
extern int file_state_same(struct file_state const *, struct file_state const *);

extern void prefixes_clear(struct prefixes *);
extern void prefixes_fill(struct prefixes *);
extern void prefixes_add(struct prefixes *, unsigned int length);
extern int prefixes_has(struct prefixes const *, unsigned int length);

extern int ip_is_mapped(uint8_t const *ip6);
extern void ip_mask(uint8_t *ip, size_t size, unsigned int prefix);

/* Opens a directory, relative to the directory `at`, for lookups in it only: -1 with errno. */
extern int search_open(int at, char const *path);

/* Likewise, but -2 if nothing has that name. A symbolic link that leads nowhere is -1: somebody wanted
   something to be there. */
extern int search_open_or_missing(int at, char const *path);

/* The prefix length at the end of "ADDR_LEN", or -1 if there is none up to max. */
extern int key_prefix(char const *s, size_t length, unsigned int max);

/* Backends. find: RULE_ALLOW fills the rule. prefixes: which lengths to look for; 0 with errno and trouble on
   error. */
extern enum ruling directory_find(struct rules *, struct rule *, char const *key, size_t length);
extern struct prefixes const *directory_prefixes(struct rules *, int is6);
extern int directory_begin(struct rules *);
extern void directory_end(struct rules *);

/* Replaces the image by what the file holds now; *state is what was looked at, as far as that went. */
extern int image_take(struct rules *, struct file_state *);
extern enum ruling image_find(struct rules *, struct rule *, char const *key, size_t length);

#endif
