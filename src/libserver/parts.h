/* The parts that the engine has, one row each, in the order in which a client meets them. ROW(name) stands for the file
   name.c with part_name(), which looks at the options (s->opts) and, if they ask for it, makes the part and adds
   it by server_add_part(). */

#ifndef SALLYPORT_PARTS_H
#define SALLYPORT_PARTS_H

struct server;

#define PARTS(ROW) \
  ROW(total_rate) \
  ROW(proxy) \
  ROW(first_data) \
  ROW(rules) \
  ROW(sessions) \
  ROW(between) \
  ROW(rates) \
  ROW(endings) \
  ROW(linger) \
  ROW(pending) \
  ROW(status) \
  ROW(queue) \
  ROW(drain) \
  ROW(upgrade) \
  ROW(notify)

#define PARTS_DECLARE(name) extern void part_##name(struct server *);
PARTS(PARTS_DECLARE)
#undef PARTS_DECLARE

#endif
