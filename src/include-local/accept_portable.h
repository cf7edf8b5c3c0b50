/* platform_accept in POSIX, which the Linux twin falls back to. */

#ifndef SALLYPORT_ACCEPT_PORTABLE_H
#define SALLYPORT_ACCEPT_PORTABLE_H

#include "address.h"

extern int accept_portable(int listener, struct address *remote);

#endif
