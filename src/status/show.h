/* The ways in which s6-serverstat shows counts. Each writes to skalibs' buffer_1. */

#ifndef SALLYPORT_SHOW_H
#define SALLYPORT_SHOW_H

#include <stddef.h>

#include "counts.h"

typedef void show_function(struct counts const *, size_t count);

extern show_function show_text;         /* for people */
extern show_function show_prometheus;   /* text format, version 0.0.4 */
extern show_function show_openmetrics;  /* version 1.0.0 */
extern show_function show_http;         /* the first of these as an HTTP answer */
extern show_function show_agent;        /* the line that HAProxy's agent check reads, about the first service */
extern show_function show_html;         /* a page */

/* The way of that name, or 0. */
extern show_function *show_of(char const *name);

#endif
