/* Any words as a command line: it is refused with exit code 100, or what was understood is right, and a wrapper that
   forwards it says the same again. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "chain.h"
#include "fuzz.h"
#include "opts.h"

enum { WORDS = 32, ALPHA = 1, BETA = 2 };

static struct program const programs[] =
{
  { ALPHA, "alpha", "one two...", 1, "the first" },
  { BETA, "beta", "", 0, "the second" },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  { 'a', "all", 0, 0, ALPHA | BETA, ALPHA, 0, "a switch" },
  { 'A', "no-all", 0, 0, ALPHA, ALPHA, "", "and its opposite" },
  { 'c', "count", "n", &kind_count, ALPHA | BETA, BETA, 0, "a number" },
  { 'm', "mode", "mode", &kind_mode, ALPHA, BETA, 0, "octal" },
  { 'G', "groups", "list", &kind_ids, ALPHA | BETA, BETA, 0, "ids" },
  { 0, "counting", 0, 0, ALPHA, ALPHA, "-a", "an abbreviation of two" },
  { 0, "interface", "if", &kind_interface, BETA, BETA, 0, "a name" },
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

static struct opts_family const family = { programs, table };

/* The programs end here: come back instead. */
static jmp_buf back;
static int running, code;

void _exit(int n)
{
  code = n;
  if (running) longjmp(back, 1);
  for (;;) syscall(SYS_exit_group, n);
}

void exit(int n)
{
  void (*real)(int);
  code = n;
  if (running) longjmp(back, 1);
  *(void **)&real = dlsym(RTLD_NEXT, "exit");
  real(n);
  for (;;) syscall(SYS_exit_group, n);
}

/* A parse that was left by the jump has to be forgotten: getopt would go on in the middle of a word. */
static void forget(void)
{
  static char *nothing[] = { "program", 0 };
  optind = 0;
  getopt(1, nothing, "+");
}

/* What a refused command line had allocated would have ended with the process. */
extern char const *__asan_default_options(void);
char const *__asan_default_options(void)
{
  return "detect_leaks=0";
}

static void look(struct opts const *o, unsigned int program)
{
  size_t i = 0;
  uint64_t n = opts_number(o, "count", 7);
  HOLDS(n <= 1000000);
  for (; i < o->count; i++)
  {
    struct opt const *opt = o->given[i].opt;
    HOLDS(opt >= table && opt < table + sizeof table / sizeof table[0] - 1 && opt->programs & program);
    HOLDS(!opt->argument == !o->given[i].argument);
    HOLDS(!opt->kind || opt->kind->accepts(o->given[i].argument));
  }
  opts_last_letter(o, "aA");
  if (program != ALPHA) return;
  HOLDS(opts_octal(o, "mode", 0600) <= 0777);
  opts_switch(o, "all", "no-all", -1);
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  char *word = fuzz_word(data, size);
  char const *argv[WORDS + 2] = { "program" };
  static struct opts o;
  unsigned int program = size & 1 ? ALPHA : BETA;
  size_t i = 0, n = 1;
  for (argv[n++] = word; i < size && n < WORDS; i++)
    if (word[i] == '\n')
    {
      word[i] = 0;
      argv[n++] = word + i + 1;
    }
  if (setjmp(back)) HOLDS(code == 100 || code == 0);
  else
  {
    running = 1;
    char const *const *operands = opts_parse(&o, &family, program, argv);
    HOLDS(operands > argv && operands <= argv + n);
    look(&o, program);
    free(o.given);
  }
  running = 0;
  forget();
  free(word);
  return 0;
}
