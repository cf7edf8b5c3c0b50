/* What people want to know of one service, as words: the text and the page show the same. */

#ifndef SALLYPORT_FACTS_H
#define SALLYPORT_FACTS_H

#include "counts.h"
#include "text.h"

/* Each appends to the text. None puts anything that needs escaping in HTML. */
extern void put_program(struct text *, struct counts const *);   /* "s6-tcpserverd 0.2.0, up 3 d 4 h" */
extern void put_remark(struct text *, struct counts const *);    /* what the state means: "further clients wait in the backlog" */
extern void put_refusals(struct text *, struct counts const *);  /* "source 7, rate 2", or "none" */
extern void put_endings(struct text *, struct counts const *);   /* "7980 ok, 5 with other codes, 4 by a signal" */
extern void put_lengths(struct text *, struct counts const *);   /* "50 % within 0.1 s, 90 % within 1 s, 99 % within 10 s" */
extern void put_sources(struct text *, struct counts const *);   /* "192.0.2.7 4, 2001:db8::/64 3" */
extern void put_troubles(struct text *, struct counts const *);  /* what went wrong since the start, or "none" */

/* The sum of all samples of that name. */
extern uint64_t counts_sum(struct counts const *, char const *name);

#endif
