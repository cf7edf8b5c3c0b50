/* The option table of a family of programs: written once, it drives parsing, --help, what a wrapper
   forwards to which program of the chain, the shell completions and the check of the pages. */

#ifndef SALLYPORT_OPTS_H
#define SALLYPORT_OPTS_H

#include <stddef.h>
#include <stdint.h>

struct chain;

/* What an option's argument must be. `accepts` returns true for a good word. Numbers above `most` are taken, because
   people write them for "no limit", and count as that. */
struct kind
{
  int (*accepts)(char const *word);
  char const *expects;  /* completes the sentence "... must be" */
  uint64_t most;        /* 0: accepts decides what is too large */
};

extern struct kind const kind_any;        /* any word, the empty one too */
extern struct kind const kind_text;       /* any word that is not empty */
extern struct kind const kind_count;      /* up to 1000000, or more */
extern struct kind const kind_backlog;    /* up to 2147483647, or more */
extern struct kind const kind_waiting;    /* the same for a server, which has to listen: not 0 */
extern struct kind const kind_id;         /* a user or group id in numbers */
extern struct kind const kind_ids;        /* ids separated by commas, or nothing */
extern struct kind const kind_mode;       /* octal, 0 to 0777 */
extern struct kind const kind_socket_mode; /* the same; bits that mean nothing for a socket, up to 07777, are left out */
extern struct kind const kind_inherited;  /* a descriptor that is not a standard one: 3 to 1048575 */
extern struct kind const kind_port;       /* 0 to 65535 */
extern struct kind const kind_prefix4;    /* 0 to 32 */
extern struct kind const kind_prefix6;    /* 0 to 128 */
extern struct kind const kind_seconds;    /* up to 1000000, or more */
extern struct kind const kind_millis;     /* up to 1000000000, or more */
extern struct kind const kind_verbosity;  /* up to 9, or more */
extern struct kind const kind_penalty;    /* 1 to 600 */
extern struct kind const kind_local;      /* a Unix-domain address: a path, or @ and a name */
extern struct kind const kind_proxy;      /* versions of the PROXY protocol: any, 1 or 2 */
extern struct kind const kind_send_proxy; /* 1 or 2 */
extern struct kind const kind_interface;  /* the name of a network interface */

struct opt
{
  char letter;              /* short form, or 0 */
  char const *name;         /* long form, without dashes */
  char const *argument;     /* what --help calls the argument, or 0: the option takes none */
  struct kind const *kind;  /* 0 if it takes none */
  unsigned int programs;    /* bits of the programs that accept it */
  unsigned int stage;       /* bit of the program that acts on it: where a wrapper forwards it */
  char const *forward;      /* the word a wrapper forwards instead, "" for none, or 0: the option itself */
  char const *help;         /* one short line */
};

struct program
{
  unsigned int bit;
  char const *name;
  char const *operands;       /* as shown in usage: "ip port prog..." */
  unsigned int min_operands;  /* fewer is a usage error */
  char const *summary;        /* one line for --help */
};

/* A row that the programs which accept it also act on. `argument` and `kind` are 0 for an option that takes none. */
#define OPT_ROW(programs, letter, name, argument, kind, help) { (letter), (name), (argument), (kind), (programs), (programs), 0, (help) }

struct opts_family
{
  struct program const *programs;  /* ends with bit 0 */
  struct opt const *opts;          /* ends with name 0 */
};

struct given
{
  struct opt const *opt;
  char const *argument;  /* points into argv */
};

/* What was given on the command line, in its order. Lives as long as argv; it is not freed. */
struct opts
{
  struct opts_family const *family;
  struct program const *program;
  struct given *given;
  size_t count;
  char const *const *argv;  /* the whole command line */
};

/* Sets PROG, parses the options before the first operand, answers --help and --version, and dies
   (exit 100, naming the word) of anything that is not in the table. A verbose program prints one line for each number
   that is more than it can be. Returns the operands. */
extern char const *const *opts_parse(struct opts *, struct opts_family const *, unsigned int program, char const *const *argv);

/* True if the program's table has an option of that long name. The functions below are only for such options. */
extern int opts_offers(struct opts const *, char const *name);

/* True if the option of that long name was given. */
extern int opts_has(struct opts const *, char const *name);

/* The first of these names, which end with 0, whose option was given; 0 if none was. */
extern char const *opts_first(struct opts const *, char const *const *names);

/* The last one given of the options of these names (the second may be 0), or 0. */
extern struct given const *opts_last(struct opts const *, char const *one, char const *other);

/* The last argument given to that option, or `absent`. */
extern char const *opts_value(struct opts const *, char const *name, char const *absent);
extern uint64_t opts_number(struct opts const *, char const *name, uint64_t absent);
extern unsigned int opts_octal(struct opts const *, char const *name, unsigned int absent);

/* Of two options that undo each other the last one given counts. Returns 1 if it was `yes`, 0 if it was
   `no`, `absent` if neither was given. */
extern int opts_switch(struct opts const *, char const *yes, char const *no, int absent);

/* Of the options with these one-letter forms the last one given, or 0. */
extern char opts_last_letter(struct opts const *, char const *letters);

/* Appends what was given for that stage, in order, to a chain. */
extern void opts_forward(struct opts const *, unsigned int stage, struct chain *);

/* True if anything was given for that stage. */
extern int opts_for_stage(struct opts const *, unsigned int stage);

/* An operand must be of this kind, or the program dies: "port http must be ...". */
extern void require_operand(char const *what, char const *word, struct kind const *);

/* One line for each option on stdout. */
extern void opts_help(struct opts_family const *, struct program const *);

#endif
