/* The interpreter of a program: the one of its #! line, or the dynamic loader that an ELF file names. See program.h. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

enum { ELF_HEAD = 64, ELF_ENTRY = 56, ELF_ENTRIES_MAX = 128, PT_INTERP = 3 };

/* Where the fields are that are of use here, in a file of 32 and of 64 bits (elf(5)). */
struct layout
{
  unsigned char word;                   /* bytes of an offset */
  unsigned char phoff, phentsize, phnum;  /* in the head */
  unsigned char offset, filesz;         /* in an entry of the program header */
};

static struct layout const layouts[2] = { { 4, 28, 42, 44, 4, 16 }, { 8, 32, 54, 56, 8, 32 } };

static uint64_t field(unsigned char const *at, unsigned int size, int is_big)
{
  uint64_t n = 0;
  unsigned int i = 0;
  for (; i < size; i++) n = n << 8 | at[is_big ? i : size - 1 - i];
  return n;
}

static int read_at(int fd, void *to, size_t size, uint64_t at)
{
  return at <= INT32_MAX && pread(fd, to, size, (off_t)at) == (ssize_t)size;
}

/* The entry for the interpreter among those of the program header. */
static int find_entry(int fd, unsigned char const *head, struct layout const *l, unsigned char *entry)
{
  int is_big = head[5] == 2;
  uint64_t at = field(head + l->phoff, l->word, is_big), size = field(head + l->phentsize, 2, is_big);
  uint64_t count = field(head + l->phnum, 2, is_big), i = 0;
  size_t wanted = l->word == 8 ? ELF_ENTRY : 32;
  if (size < wanted || count > ELF_ENTRIES_MAX || at > INT32_MAX) return 0;
  for (; i < count; i++)
    if (read_at(fd, entry, wanted, at + i * size) && field(entry, 4, is_big) == PT_INTERP) return 1;
  return 0;
}

static size_t of_elf(int fd, char *to, size_t max)
{
  unsigned char head[ELF_HEAD], entry[ELF_ENTRY];
  struct layout const *l;
  uint64_t length;
  if (!read_at(fd, head, sizeof head, 0) || (head[4] != 1 && head[4] != 2)) return 0;
  l = layouts + (head[4] - 1);
  if (!find_entry(fd, head, l, entry)) return 0;
  length = field(entry + l->filesz, l->word, head[5] == 2);
  if (length < 2 || length > max || !read_at(fd, to, (size_t)length, field(entry + l->offset, l->word, head[5] == 2))) return 0;
  return to[length - 1] ? 0 : strlen(to);
}

/* The first word after #!, of a line that was cut after `length` bytes. */
static size_t of_line(char *line, size_t length)
{
  size_t start;
  line[length] = 0;
  line[strcspn(line, "\n")] = 0;
  start = 2 + strspn(line + 2, " \t");
  memmove(line, line + start, strlen(line + start) + 1);
  line[strcspn(line, " \t")] = 0;
  return strlen(line);
}

enum program_kind program_interpreter(char const *file, char *to, size_t max)
{
  int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t n = fd == -1 ? -1 : read(fd, to, max - 1);
  enum program_kind kind = n < 4 ? PROGRAM_UNKNOWN : PROGRAM_STRANGE;
  if (n >= 2 && !memcmp(to, "#!", 2))
  {
    of_line(to, (size_t)n);
    kind = PROGRAM_SCRIPT;
  }
  else if (n >= 4 && !memcmp(to, "\177ELF", 4)) kind = of_elf(fd, to, max) ? PROGRAM_LOADED : PROGRAM_UNKNOWN;
  if (fd != -1) close(fd);
  return kind;
}
