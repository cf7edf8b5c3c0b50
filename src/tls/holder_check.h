/* What a person should know of the pairs at the start. */

#ifndef SALLYPORT_HOLDER_CHECK_H
#define SALLYPORT_HOLDER_CHECK_H

#include "holder.h"
#include "keyring.h"

/* Dies (96) if a pair could not be read, or cannot be held. With a verbosity of 1 or more it warns of certificates that
   are not good now or expire soon, or are not for the name that they stand for; with 2 it prints each. */
extern void holder_check(struct holder *, struct keyring const *, unsigned int verbosity);

#endif
