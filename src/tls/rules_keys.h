/* Access rules that choose the keys of a client. */

#ifndef SALLYPORT_RULES_KEYS_H
#define SALLYPORT_RULES_KEYS_H

/* True if a rule in the directory or in the database (either may be 0) sets KEYFILE, CERTFILE, CADIR or CAFILE. What cannot be
   read sets nothing: the program that judges reports what is wrong with it. */
extern int rules_name_keys(char const *directory, char const *database);

#endif
