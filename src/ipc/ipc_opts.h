/* The IPC family's option table, shared by its programs. */

#ifndef SALLYPORT_IPC_OPTS_H
#define SALLYPORT_IPC_OPTS_H

#include <sys/types.h>

#include "opts.h"

enum
{
  IPC_SERVER = 1,     /* s6-ipcserver, the wrapper */
  IPC_BINDER = 2,     /* s6-ipcserver-socketbinder */
  IPC_IDENTITY = 4,   /* s6-applyuidgid, as a stage of the wrapper's chain */
  IPC_DAEMON = 8,     /* s6-ipcserverd */
  IPC_ACCESS = 16,    /* s6-ipcserver-access */
  IPC_CLIENT = 32     /* s6-ipcclient */
};

extern struct opts_family const ipc_opts;

/* A word of the form UID:GID. Returns 0, or -1 with EINVAL or ERANGE. */
extern int owner_parse(char const *word, uid_t *uid, gid_t *gid);

/* Whether clients are asked who they are. Dies (100) if they are not, and access rules want to know. */
extern int require_credentials_for_rules(struct opts const *);

/* The operand "path": dies (100) if it is none, or if an option is given that an abstract name cannot obey. */
extern void require_path(struct opts const *, char const *path);

#endif
