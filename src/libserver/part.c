/* The list of parts: see part.h. */

#include "engine.h"

void server_add_part(struct server *s, struct part *part)
{
  struct part **end = &s->parts;
  while (*end) end = &(*end)->next;
  part->next = 0;
  *end = part;
}

void server_add_part_first(struct server *s, struct part *part)
{
  part->next = s->parts;
  s->parts = part;
}

void parts_adopted(struct server *s, struct listener const *l)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->adopted) part->adopted(s, part->data, l);
}

void parts_prepare(struct server *s, uint64_t *when)
{
  struct pollfd *p = s->poll + FIRST_OF_PARTS;
  struct part *part = s->parts;
  for (; part; part = part->next)
  {
    if (part->prepare) part->prepare(s, part->data, p, when);
    p += part->descriptors;
  }
}

void parts_attend(struct server *s, int known)
{
  struct pollfd *p = s->poll + FIRST_OF_PARTS;
  struct part *part = s->parts;
  for (; part; part = part->next)
  {
    if (part->attend) part->attend(s, part->data, known ? p : 0);
    p += part->descriptors;
  }
}

void parts_tick(struct server *s, uint64_t now)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->tick) part->tick(s, part->data, now);
}

int parts_signal(struct server *s, int number)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->signal && part->signal(s, part->data, number)) return 1;
  return 0;
}

int parts_busy(struct server *s)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->busy && part->busy(s, part->data)) return 1;
  return 0;
}

void parts_child_ended(struct server *s, struct ended const *ended)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->child_ended && part->child_ended(s, part->data, ended)) return;
}

int parts_ended(struct server *s, struct ended const *ended)
{
  struct part *part = s->parts;
  int keep = 0;
  for (; part; part = part->next)
    if (part->ended) keep |= part->ended(s, part->data, ended);
  return keep;
}

void parts_environment(struct server *s, struct launch *launch, struct client const *client)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->environment) part->environment(s, part->data, launch, client);
}

void parts_launched(struct server *s, struct client const *client, pid_t pid)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->launched) part->launched(s, part->data, client, pid);
}

void parts_at_exit(struct server *s)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->at_exit) part->at_exit(s, part->data);
}

void server_pause(struct server *s)
{
  s->pauses++;
}

void server_go_on(struct server *s)
{
  s->pauses--;
}
