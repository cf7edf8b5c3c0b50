/* The options of s6-serverstat. */

#include "status_opts.h"

#include "number.h"
#include "show.h"

static int is_format(char const *word) { return !!show_of(word); }

static int is_interval(char const *word)
{
  uint64_t n;
  return !number_parse(word, 10, 86400, &n) && n;
}

/* What can stand between quotes in every format without being changed. */
static int is_label(char const *word)
{
  if (!word[0]) return 0;
  for (; *word; word++)
    if (*word < '!' || *word > '~' || *word == '"' || *word == '\\' || *word == '<' || *word == '&') return 0;
  return 1;
}

static struct kind const kind_format = { is_format, "text, prometheus, openmetrics, http, agent or html", 0 };
static struct kind const kind_interval = { is_interval, "seconds from 1 to 86400", 0 };
static struct kind const kind_label = { is_label, "printable ASCII without blanks, quotes, backslashes, < and &", 0 };

static struct program const programs[] =
{
  { SERVERSTAT, "s6-serverstat", "path...", 1, "Show what running daemons count." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  { 'f', "format", "FORMAT", &kind_format, SERVERSTAT, SERVERSTAT, 0, "text, prometheus, openmetrics, http, agent, html" },
  { 'c', "check", 0, 0, SERVERSTAT, SERVERSTAT, 0, "print nothing; exit 0 if new clients are served" },
  { 'w', "watch", "S", &kind_interval, SERVERSTAT, SERVERSTAT, 0, "show the text again every S seconds" },
  { 'l', "label", "NAME", &kind_label, SERVERSTAT, SERVERSTAT, 0, "what to call the service; once for each path" },
  { 't', "timeout", "MS", &kind_millis, SERVERSTAT, SERVERSTAT, 0, "wait at most MS ms for each daemon (2000)" },
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const status_opts = { programs, table };
