/* Counts as a page: for a phone or a screen, light or dark, refreshed by the browser, with no other files. */

#include <string.h>

#include <skalibs/buffer.h>
#include <skalibs/types.h>

#include "facts.h"
#include "show.h"
#include "text.h"

enum { LINE = 1024 };

static char const top[] =
  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
  "<meta http-equiv=\"refresh\" content=\"5\">\n<title>sallyport: services</title>\n<style>\n"
  ":root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #fff; --card: #f6f8fa; --line: #d1d9e0;"
  " --good: #1a7f37; --bad: #cf222e; --warn: #9a6700 }\n"
  "@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117; --card: #151b23; --line: #3d444d;"
  " --good: #3fb950; --bad: #f85149; --warn: #d29922 } }\n"
  "body { margin: 1rem auto; max-width: 60rem; padding: 0 1rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }\n"
  "h1 { font-size: 1.25rem }\nsection { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0 }\n"
  "h2 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere }\n.state { float: right; font-weight: 600 }\n"
  ".serving { color: var(--good) }\n.full, .holding, .draining { color: var(--warn) }\n.no { color: var(--bad) }\n"
  "p { margin: .25rem 0; color: var(--soft) }\ndl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .75rem 0 0 }\n"
  "dt { color: var(--soft) }\ndd { margin: 0; overflow-wrap: anywhere }\nmeter { width: 100%; height: 1.25rem }\n"
  "</style>\n</head>\n<body>\n<h1>Services</h1>\n";

static void put(char const *s)
{
  buffer_puts(buffer_1, s);
}

static void put_escaped(char const *s)
{
  for (; *s; s++)
  {
    char one[2] = { *s, 0 };
    put(*s == '<' ? "&lt;" : *s == '&' ? "&amp;" : *s == '"' ? "&quot;" : one);
  }
}

static void put_number(uint64_t n)
{
  char number[UINT64_FMT];
  number[uint64_fmt(number, n)] = 0;
  put(number);
}

static void put_fact(char const *name, void (*fact)(struct text *, struct counts const *), struct counts const *c)
{
  char space[LINE];
  struct text t = TEXT_IN(space);
  fact(&t, c);
  put("<dt>");
  put(name);
  put("</dt><dd>");
  put_escaped(text_end(&t));
  put("</dd>\n");
}

static void put_paragraph(void (*fact)(struct text *, struct counts const *), struct counts const *c)
{
  char space[LINE];
  struct text t = TEXT_IN(space);
  fact(&t, c);
  put("<p>");
  put_escaped(text_end(&t));
  put("</p>\n");
}

static void put_clients(struct counts const *c)
{
  uint64_t n = counts_number(c, "clients", 0), most = counts_number(c, "clients_limit", 0);
  put("<meter min=\"0\" max=\"");
  put_number(most);
  put("\" value=\"");
  put_number(n);
  put("\">");
  put_number(n);
  put("</meter>\n<dl>\n<dt>clients</dt><dd>");
  put_number(n);
  put(" of ");
  put_number(most);
  put(", of ");
  put_number(counts_number(c, "sources", 0));
  put(" sources</dd>\n<dt>waiting</dt><dd>");
  put_number(counts_sum(c, "backlog"));
  put(" in the backlog, ");
  put_number(counts_number(c, "pending", 0));
  put(" without a program</dd>\n<dt>accepted</dt><dd>");
  put_number(counts_number(c, "accepted_total", 0));
  put(", served ");
  put_number(counts_number(c, "launched_total", 0));
  put("</dd>\n");
}

static void show_one(struct counts const *c)
{
  char const *state = counts_state(c);
  put("<section>\n<span class=\"state ");
  put(state);
  put("\">");
  put(state);
  put("</span>\n<h2>");
  put_escaped(c->service ? c->service : c->path);
  put("</h2>\n");
  put_paragraph(&put_remark, c);
  if (!c->error)
  {
    put_paragraph(&put_program, c);
    put_clients(c);
    put_fact("refused", &put_refusals, c);
    put_fact("ended", &put_endings, c);
    put_fact("sessions", &put_lengths, c);
    put_fact("most clients", &put_sources, c);
    put_fact("troubles", &put_troubles, c);
    put("</dl>\n");
  }
  put("</section>\n");
}

void show_html(struct counts const *all, size_t count)
{
  size_t i = 0;
  put(top);
  for (; i < count; i++) show_one(&all[i]);
  put("</body>\n</html>\n");
}
