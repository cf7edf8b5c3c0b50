/* Counts for other programs: Prometheus' text format and OpenMetrics. All samples of a family stand together, whatever
   service they are of. */

#include <string.h>

#include <skalibs/buffer.h>
#include <skalibs/stralloc.h>
#include <skalibs/types.h>

#include "die.h"
#include "show.h"

#define PREFIX "sallyport_"

static void put(stralloc *out, char const *s)
{
  if (!stralloc_cats(out, s)) die_system("allocate memory");
}

/* A histogram's samples have these endings. */
static int is_of(char const *name, struct family_lines const *f)
{
  static char const *const endings[] = { "", "_bucket", "_sum", "_count" };
  size_t length = strlen(f->name), i = 0;
  if (strncmp(name, f->name, length)) return 0;
  for (; i < (strcmp(f->type, "histogram") ? 1 : 4); i++)
    if (!strcmp(name + length, endings[i])) return 1;
  return 0;
}

/* A path may have what ends a value: it is escaped as the formats of Prometheus and OpenMetrics say. */
static void put_escaped(stralloc *out, char const *s)
{
  for (; *s; s++)
  {
    char const one[2] = { *s, 0 };
    if (*s == '\\' || *s == '"') put(out, "\\");
    put(out, *s == '\n' ? "\\n" : one);
  }
}

static void put_sample(stralloc *out, struct sample const *s, char const *service)
{
  put(out, PREFIX);
  put(out, s->name);
  if (service || s->labels[0]) put(out, "{");
  if (service)
  {
    put(out, "service=\"");
    put_escaped(out, service);
    put(out, s->labels[0] ? "\"," : "\"");
  }
  put(out, s->labels);
  if (service || s->labels[0]) put(out, "}");
  put(out, " ");
  put(out, s->value);
  put(out, "\n");
}

/* OpenMetrics names a family of counters without the ending that its samples have. */
static void put_name(stralloc *out, struct family_lines const *f, int open)
{
  size_t length = strlen(f->name);
  if (open && !strcmp(f->type, "counter") && length > 6 && !strcmp(f->name + length - 6, "_total")) length -= 6;
  put(out, PREFIX);
  if (!stralloc_catb(out, f->name, length)) die_system("allocate memory");
}

static void put_head(stralloc *out, struct family_lines const *f, int open)
{
  put(out, "# HELP ");
  put_name(out, f, open);
  put(out, " ");
  put(out, f->help);
  put(out, "\n# TYPE ");
  put_name(out, f, open);
  put(out, " ");
  put(out, f->type);
  put(out, "\n");
}

static int is_known_before(struct counts const *all, size_t until, char const *name)
{
  size_t i = 0, j;
  for (; i < until; i++)
    for (j = 0; !all[i].error && j < all[i].family_count; j++)
      if (!strcmp(all[i].families[j].name, name)) return 1;
  return 0;
}

static void put_family(stralloc *out, struct counts const *all, size_t count, struct family_lines const *f, int open)
{
  size_t i = 0, j;
  put_head(out, f, open);
  for (; i < count; i++)
    for (j = 0; !all[i].error && j < all[i].count; j++)
      if (is_of(all[i].samples[j].name, f)) put_sample(out, &all[i].samples[j], all[i].service);
}

static void put_up(stralloc *out, struct counts const *all, size_t count)
{
  static struct family_lines const up = { "up", "1 if the daemon answers.", "gauge" };
  size_t i = 0;
  put_head(out, &up, 0);
  for (; i < count; i++)
  {
    struct sample const s = { "up", "", all[i].error ? "0" : "1" };
    put_sample(out, &s, all[i].service);
  }
}

static void put_all(stralloc *out, struct counts const *all, size_t count, int open)
{
  size_t i = 0, j;
  put_up(out, all, count);
  for (; i < count; i++)
    for (j = 0; !all[i].error && j < all[i].family_count; j++)
      if (!is_known_before(all, i, all[i].families[j].name)) put_family(out, all, count, &all[i].families[j], open);
  if (open) put(out, "# EOF\n");
}

static void write_out(stralloc *out)
{
  buffer_putnoflush(buffer_1, "", 0);
  if (buffer_put(buffer_1, out->s, out->len) < 0) die_system("write to stdout");
  stralloc_free(out);
}

void show_prometheus(struct counts const *all, size_t count)
{
  stralloc out = STRALLOC_ZERO;
  put_all(&out, all, count, 0);
  write_out(&out);
}

void show_openmetrics(struct counts const *all, size_t count)
{
  stralloc out = STRALLOC_ZERO;
  put_all(&out, all, count, 1);
  write_out(&out);
}

void show_http(struct counts const *all, size_t count)
{
  stralloc body = STRALLOC_ZERO, out = STRALLOC_ZERO;
  char length[SIZE_FMT];
  put_all(&body, all, count, 0);
  length[size_fmt(length, body.len)] = 0;
  put(&out, "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: ");
  put(&out, length);
  put(&out, "\r\nConnection: close\r\n\r\n");
  if (!stralloc_cat(&out, &body)) die_system("allocate memory");
  stralloc_free(&body);
  write_out(&out);
}
