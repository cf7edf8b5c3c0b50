/* What a daemon counts, as text for programs and for people who have no better one: the exposition format of Prometheus,
   version 0.0.4. */

#ifndef SALLYPORT_STATUS_TEXT_H
#define SALLYPORT_STATUS_TEXT_H

#include <time.h>

#include "text.h"

struct server;

enum { STATUS_TEXT_MAX = 16384 };  /* bytes: listeners beyond that are left out */

extern void status_text(struct text *, struct server const *, time_t started);

#endif
