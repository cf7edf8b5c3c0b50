/* Slots: how many clients are served, in all and of each source. */

#include "engine.h"

int server_is_full(struct server const *s)
{
  return s->clients >= s->max_clients;
}

uint32_t server_count_of(struct server const *s, struct source const *source)
{
  uint32_t entry = sources_find(&s->sources, source);
  return entry == SOURCE_NONE ? 0 : s->sources.entries[entry].count;
}

int server_reserve_slot(struct server *s)
{
  return sources_reserve(&s->sources);
}

uint32_t server_add_slot(struct server *s, struct source const *source)
{
  s->clients++;
  return sources_add(&s->sources, source);
}

void server_take_slot(struct server *s, struct client *client)
{
  client->slot = server_add_slot(s, &client->source);
}

void server_release_slot(struct server *s, uint32_t slot)
{
  sources_remove(&s->sources, slot);
  s->clients--;
}

void server_find_source(struct server const *s, struct client *client)
{
  if (address_is_ip(&client->remote)) source_of_address(&client->source, &client->remote, s->prefix4, s->prefix6);
  else source_of_user(&client->source, client->uid);
}
