/* The variables that are for the TLS programs only. */

#ifndef SALLYPORT_SECRETS_H
#define SALLYPORT_SECRETS_H

/* Removes every variable about the places of keys and certificates, and about the ids to change to: KEYFILE, CERTFILE (with a digit or
   without), CADIR and CAFILE, with all that go on with a colon and a name; TLS_UID, TLS_GID. Dies (111). */
extern void secrets_forget(void);

/* Copies of all these variables, "NAME=value", from malloc; 0 after the last one. Dies (111). */
extern char **secrets_copy(void);

/* Only those of keys and certificates. */
extern void secrets_forget_keys(void);

#endif
