/* Between the files of librules. */

#ifndef SALLYPORT_RULES_INTERNAL_H
#define SALLYPORT_RULES_INTERNAL_H

#include <sys/stat.h>

#include "ip.h"
#include "rules.h"

/* Notes what went wrong with which entry (0: the ruleset itself). errno must be set; why 0 means what
   of errno. Always returns -1. */
extern int fault_note(struct rules_fault *, char const *entry, size_t length, char const *why);
extern void fault_clear(struct rules_fault *);

/* A ruleset of which nothing is open yet; and one that has not been asked anything. */
extern void ruleset_begin(struct rules *, char const *path, enum rules_use);
extern void ruleset_forget(struct rules *);

extern void file_state_take(struct file_state *, struct stat const *);
extern int file_state_same(struct file_state const *, struct file_state const *);

extern void prefixes_clear(struct prefixes *);
extern void prefixes_fill(struct prefixes *);
extern void prefixes_add(struct prefixes *, unsigned int length);
extern int prefixes_has(struct prefixes const *, unsigned int length);

/* -1 with ENOMEM. Sorted once all have been added, gids_have answers. */
extern int gids_add(struct rule_gids *, gid_t);
extern void gids_sort(struct rule_gids *);
extern int gids_have(struct rule_gids const *, gid_t);
extern void gids_free(struct rule_gids *);

/* Which ids are the overflow ids here, if any. */
extern void overflow_read(struct rule_overflow *);

/* Opens a directory, relative to the directory `at`, for lookups in it only: -1 with errno. */
extern int search_open(int at, char const *path);

/* Likewise, but -2 if nothing has that name. A symbolic link that leads nowhere is -1: its author wanted
   something to be there. */
extern int search_open_or_missing(int at, char const *path);

/* The prefix length at the end of "ADDR_LEN", or -1 if there is none up to max. */
extern int key_prefix(char const *s, size_t length, unsigned int max);

/* True if it is an id as lookups spell it, which is then *id. */
extern int key_id(char const *s, size_t length, uint32_t *id);

/* Steps of every lookup: begin, any number of keys, end. fail: the question itself is wrong. */
extern int check_begin(struct rules *);
extern enum ruling check_key(struct rules *, struct rule *, struct text *key);
/* Of a certificate, in lower case: it can be a key. */
extern int certificate_name_is_clean(char const *s, size_t length);

extern enum ruling check_word(struct rules *, struct rule *, char const *type, char const *word, size_t length);
extern enum ruling check_end(struct rules *, enum ruling);
extern enum ruling check_fail(struct rules *, int e, char const *why);

/* A directory. find: RULE_ALLOW fills the rule. prefixes: which lengths to look for; 0 with errno and fault.
   has_gids: 1, 0 or -1 with errno and fault. index_gids: brings r->gids up to date, 0 or -1 likewise.
   is_dangling: ENOENT of a type may stand for a symbolic link that leads nowhere; errno is ENOENT afterwards. */
extern int directory_begin(struct rules *);
extern void directory_end(struct rules *);
extern enum ruling directory_find(struct rules *, struct rule *, char const *key);
extern int directory_is_dangling(struct rules const *, char const *type);
extern struct prefixes const *directory_prefixes(struct rules *, int is6);
extern int directory_has_gids(struct rules *);
extern int directory_index_gids(struct rules *);

/* A database. take: replaces the rules by what the file holds now; *state is what was looked at, as far as that went. */
extern int database_take(struct rules *, struct file_state *);
extern enum ruling database_find(struct rules *, struct rule *, char const *key, size_t length);

#endif
