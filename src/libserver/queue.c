/* Clients that were accepted before they can be served: emptied from the kernel's queue by a drain, or brought along by an
   upgrade. They come before those of the listeners. */

#include <errno.h>
#include <stdlib.h>

#include "engine.h"
#include "parts.h"

int queue_has_room(struct server *s)
{
  struct queue *q = &s->queue;
  size_t room = q->room ? 2 * q->room : 64;
  struct client *more;
  if (q->count < q->room) return 1;
  more = realloc(q->all, room * sizeof *more);
  if (!more) return (errno = ENOMEM, 0);
  q->all = more;
  q->room = room;
  return 1;
}

void queue_add(struct server *s, struct client const *client)
{
  s->queue.all[s->queue.count++] = *client;
}

size_t queue_length(struct server const *s)
{
  return s->queue.count - s->queue.first;
}

static int may_serve(struct server const *s)
{
  return !s->hold.paused && s->pauses == s->queue.pauses && !server_is_full(s);
}

static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  (void)data;
  (void)p;
  if (queue_length(s) && may_serve(s)) *when = 0;
}

static void attend(struct server *s, void *data, struct pollfd const *p)
{
  struct queue *q = &s->queue;
  (void)data;
  (void)p;
  while (q->first < q->count && may_serve(s))
  {
    struct client client = q->all[q->first++];
    server_serve(s, &client);
  }
  if (q->first == q->count) q->first = q->count = 0;
}

static int busy(struct server *s, void *data)
{
  (void)data;
  return queue_length(s) > 0;
}

void part_queue(struct server *s)
{
  s->queue.part = (struct part){ .name = "queue", .prepare = &prepare, .attend = &attend, .busy = &busy };
  server_add_part(s, &s->queue.part);
}
