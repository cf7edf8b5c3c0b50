/* The load generator of the benchmark. Commands come from its words, or else, one per line, from standard input:
     run CLIENTS SECONDS     short connections, so many at a time, for so long
     count CLIENTS NUMBER    the same until so many are complete
     hold NUMBER             open or close connections until so many are held, and keep them
   Each is answered by one line of NAME=VALUE on standard output. */

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"
#include "secure.h"

#define MAX_WORDS 3

static int usage(void)
{
  fputs("load: usage: load [-e BYTES] [-s TEXT] [-S SOURCES] [-t | -T] tcp:IP:PORT|tcp:[IPV6]:PORT|unix:PATH [command]\n"
    "  -e  bytes that each short connection must receive\n"
    "  -s  text that each short connection sends\n"
    "  -S  connect from so many addresses of 127.1.0.0/16, in turn\n"
    "  -t  speak TLS; -T: and resume sessions\n"
    "  run CLIENTS SECONDS | count CLIENTS NUMBER | hold NUMBER\n", stderr);
  return 100;
}

static int report(char const *what)
{
  fprintf(stderr, "load: fatal: unable to %s: %s\n", what, strerror(errno));
  return 111;
}

/* As many descriptors as the system lets us have: held connections are one each. */
static void raise_limit(void)
{
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static void print_result(struct result const *r)
{
  double seconds = (double)r->elapsed_ns / 1e9;
  printf("connections=%lu seconds=%.3f rate=%.1f p50=%.1f p90=%.1f p99=%.1f max=%.1f refused=%lu short=%lu errors=%lu resumed=%lu\n",
    r->connections, seconds, seconds > 0 ? (double)r->connections / seconds : 0,
    samples_percentile(&r->latency, 0.5), samples_percentile(&r->latency, 0.9), samples_percentile(&r->latency, 0.99),
    samples_percentile(&r->latency, 1), r->refused, r->shorts, r->errors, r->resumed);
}

static int do_run(struct load *load, unsigned long clients, unsigned long count, double seconds)
{
  struct result result = { .latency = SAMPLES_NONE };
  int r;
  if (clients < 1 || clients > 100000) return usage();
  r = load_run(load, &result, (unsigned int)clients, count, (uint64_t)(seconds * 1e9));
  if (r < 0) report("generate load");
  else print_result(&result);
  samples_free(&result.latency);
  return r < 0 ? 111 : 0;
}

static int do_hold(struct load *load, size_t want)
{
  uint64_t start = now_ns();
  size_t lost = load_count_lost(load);
  long failed = load_hold(load, want);
  if (failed < 0) return report("hold connections");
  printf("held=%zu failed=%ld lost=%zu seconds=%.3f\n", load->held_used, failed, lost, (double)(now_ns() - start) / 1e9);
  return 0;
}

static int do_command(struct load *load, char const *const *words, int n)
{
  int r;
  if (n == 3 && !strcmp(words[0], "run") && strtod(words[2], 0) > 0)
    r = do_run(load, strtoul(words[1], 0, 10), 0, strtod(words[2], 0));
  else if (n == 3 && !strcmp(words[0], "count") && strtoul(words[2], 0, 10))
    r = do_run(load, strtoul(words[1], 0, 10), strtoul(words[2], 0, 10), 0);
  else if (n == 2 && !strcmp(words[0], "hold"))
    r = do_hold(load, strtoul(words[1], 0, 10));
  else return usage();
  fflush(stdout);
  return r;
}

static int do_lines(struct load *load)
{
  char line[256];
  while (fgets(line, sizeof line, stdin))
  {
    char const *words[MAX_WORDS];
    char *rest = line;
    char *word;
    int n = 0;
    int r;
    while (n < MAX_WORDS && (word = strsep(&rest, " \n"))) if (*word) words[n++] = word;
    r = n ? do_command(load, words, n) : 0;
    if (r) return r;
  }
  return 0;
}

int main(int argc, char *const *argv)
{
  struct load load = { .say = 0 };
  int option;
  int r;
  while ((option = getopt(argc, argv, "+e:s:S:tT")) != -1)
  {
    if (option == 'e') load.expect = (unsigned int)strtoul(optarg, 0, 10);
    else if (option == 's') load.say = optarg;
    else if (option == 'S') load.sources = (unsigned int)strtoul(optarg, 0, 10);
    else if (option == 't' || option == 'T') load.tls = option;
    else return usage();
  }
  if (optind == argc || argc - optind > 1 + MAX_WORDS || load.sources > 65000) return usage();
  if (address_parse(&load.to, argv[optind]) < 0) return usage();
  signal(SIGPIPE, SIG_IGN);
  raise_limit();
  if (load.tls && secure_start(load.tls == 'T') < 0) return report("speak TLS");
  load.poll = epoll_create1(EPOLL_CLOEXEC);
  if (load.poll < 0) return report("create epoll");
  if (optind + 1 == argc) r = do_lines(&load);
  else r = do_command(&load, (char const *const *)argv + optind + 1, argc - optind - 1);
  load_hold(&load, 0);
  free(load.held);
  return r;
}
