/* The lines that datagram services make in the log. */

#ifndef SALLYPORT_DATAGRAM_REPORT_H
#define SALLYPORT_DATAGRAM_REPORT_H

#include "datagram.h"

extern void datagram_report_start(struct server *, struct datagram_service const *);
extern void datagram_report_end(struct server *, struct datagram_service const *, int status);

/* The program could not be executed (error), or ran and left its datagram (0). */
extern void datagram_complain(struct server *, struct datagram_service *, int error);

#endif
