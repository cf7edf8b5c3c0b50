/* TLS later, if prog asks for it: the UCSPI-TLS protocol. */

#ifndef SALLYPORT_OFFER_H
#define SALLYPORT_OFFER_H

#include "around.h"

/* Starts the process that waits for prog's word, and puts SSLCTLFD, SSLREADFD and SSLWRITEFD into the environment. Dies
   (111). */
extern void offer(struct around const *);

#endif
