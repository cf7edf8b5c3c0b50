/* Makes a rules directory from the text that tcprules reads. Everything is understood before anything is made. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>

#include "die.h"
#include "fds.h"
#include "rules.h"
#include "rules_opts.h"
#include "tcprules.h"
#include "tree.h"

/* The rules were made, but have less effect than the text. */
enum { EXIT_LEFT_OUT = 1 };

struct converter
{
  stralloc text;
  struct tcprule *rules;
  size_t count;
  struct tree tree;
  int has_addresses;
  int has_names;
  int has_rules_for_all;
  int left_out;
};

static char const *number_of(char digits[24], unsigned long line)
{
  struct text t = { .s = digits, .length = 0, .max = 24, .cut = 0 };
  text_number(&t, line);
  return text_end(&t);
}

static void die_of_line(unsigned long line, char const *why) gccattr_noreturn;
static void die_of_line(unsigned long line, char const *why)
{
  char digits[24];
  strerr_dief(EXIT_USAGE, "line ", number_of(digits, line), ": ", why);
}

static void warn_of_rule(struct converter *c, struct tcprule const *r, char const *why)
{
  char digits[24];
  strerr_warnw("line ", number_of(digits, r->line), ": ", r->address, ": ", why);
  c->left_out = 1;
}

/* Counts what there is, and dies of what is nothing. */
static void look_at(struct converter *c, struct tcprule const *r)
{
  char key[TCPRULE_KEY_MAX], element[TCPRULE_KEY_MAX];
  if (tcprule_element(element, r->address, 0) != 1) die_of_line(r->line, "this is no address and no range of addresses");
  switch (tcprule_key(key, element))
  {
    case TCPRULE_WRONG : die_of_line(r->line, "this is no address, no name after an equals sign and no user before an at sign");
    case TCPRULE_IP : c->has_addresses = 1; break;
    case TCPRULE_EVERYBODY : c->has_rules_for_all = 1; break;
    case TCPRULE_USER : break;
    default : c->has_names = 1;
  }
}

static void require_variables(struct tcprule const *r)
{
  char const *s = r->env, *end = r->env + r->env_length;
  if (r->env_length > RULE_ENV_MAX) die_of_line(r->line, "all variables together take more than 65536 bytes");
  for (; s < end; s += strlen(s) + 1)
    if (!is_rule_name(s, strcspn(s, "="))) die_of_line(r->line, "the name of a variable cannot be a file name");
}

static void add(struct converter *c, char *line, unsigned long number)
{
  struct tcprule r;
  char const *why;
  switch (tcprule_parse(&r, line, &why))
  {
    case 0 : return;
    case -1 : die_of_line(number, why);
  }
  r.line = number;
  require_variables(&r);
  look_at(c, &r);
  c->rules = realloc(c->rules, (c->count + 1) * sizeof *c->rules);
  if (!c->rules) die_system("allocate memory");
  c->rules[c->count++] = r;
}

static void read_rules(struct converter *c)
{
  char *line, *newline;
  unsigned long number = 1;
  if (!slurp(&c->text, 0) || !stralloc_0(&c->text)) die_system("read from stdin");
  if (strlen(c->text.s) < c->text.len - 1) strerr_dief(EXIT_USAGE, "the text has a NUL byte in it");
  for (line = c->text.s; line; line = newline ? newline + 1 : 0, number++)
  {
    newline = strchr(line, '\n');
    if (newline) *newline = 0;
    add(c, line, number);
  }
}

static void make_environment(struct converter *c, struct tcprule const *r, char *name, size_t length)
{
  char const *s = r->env, *end = r->env + r->env_length;
  if (s == end) return;
  strcpy(name + length, "/env");
  tree_directory(&c->tree, name);
  for (; s < end; s += strlen(s) + 1)
  {
    size_t n = strcspn(s, "=");
    char *file = malloc(length + n + 7);
    if (!file) tree_die(&c->tree, "allocate memory for ", name);
    memcpy(file, name, length + 4);
    file[length + 4] = '/';
    memcpy(file + length + 5, s, n);
    file[length + 5 + n] = 0;
    tree_variable(&c->tree, file, s + n + 1);
    free(file);
  }
}

/* The first rule of a key counts, as in tcprules. */
static void make_rule(struct converter *c, struct tcprule const *r, char const *key)
{
  char name[TCPRULE_KEY_MAX + 16];
  size_t type = strcspn(key, "/"), length = strlen(key);
  memcpy(name, key, length + 1);
  name[type] = 0;
  tree_directory(&c->tree, name);
  name[type] = '/';
  if (tree_has(&c->tree, name))
  {
    warn_of_rule(c, r, "an earlier rule has the same key: left out");
    return;
  }
  tree_directory(&c->tree, name);
  strcpy(name + length, r->allows ? "/allow" : "/deny");
  tree_file(&c->tree, name, "", 0);
  if (r->allows) make_environment(c, r, name, length);
}

/* Addresses come first here, so that a rule about all of them would leave nothing to the rules about names. */
static void make_rules_for_all(struct converter *c, struct tcprule const *r)
{
  if (c->has_names)
  {
    if (r->allows) warn_of_rule(c, r, "as there are rules about names, a client without a name is refused");
    make_rule(c, r, "reversedns/@");
    return;
  }
  make_rule(c, r, "ip4/0.0.0.0_0");
  make_rule(c, r, "ip6/::_0");
}

static void make_element(struct converter *c, struct tcprule const *r, char const *element)
{
  char key[TCPRULE_KEY_MAX];
  switch (tcprule_key(key, element))
  {
    case TCPRULE_USER :
      warn_of_rule(c, r, "no rule here is about the user of a connection: left out");
      return;
    case TCPRULE_EVERYBODY :
      make_rules_for_all(c, r);
      return;
    case TCPRULE_HOST :
      warn_of_rule(c, r, "here the names below this one are meant, too");
      break;
    case TCPRULE_DOMAIN :
      warn_of_rule(c, r, "here the name of the domain itself is meant, too");
      break;
    default :
      break;
  }
  make_rule(c, r, key);
}

static void make_rules(struct converter *c)
{
  static struct tcprule const all = { .address = (char *)"", .allows = 1, .env = 0, .env_length = 0, .line = 0 };
  char element[TCPRULE_KEY_MAX];
  size_t i = 0;
  unsigned int n;
  for (; i < c->count; i++)
  {
    unfinished_obey(&c->tree.dir);
    for (n = 0; tcprule_element(element, c->rules[i].address, n) == 1; n++) make_element(c, &c->rules[i], element);
  }
  if (!c->has_rules_for_all) make_rules_for_all(c, &all);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  static struct converter c;
  (void)argc;

  argv = opts_parse(&given, &rules_opts, RULES_CONVERTER, argv);
  require_no_more(argv + 1);
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");

  read_rules(&c);
  tree_begin(&c.tree, argv[0]);
  make_rules(&c);
  tree_finish(&c.tree);
  if (c.has_names && c.has_addresses) strerr_warnw("here rules about addresses come before all rules about names");
  return c.left_out ? EXIT_LEFT_OUT : 0;
}
