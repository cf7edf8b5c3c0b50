/* program.h: PATH is searched as execvp would, and never the current directory by accident. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"
#include "tap.h"

static void make_file(char const *name, mode_t mode)
{
  int fd = open(name, O_WRONLY | O_CREAT, mode);
  close(fd);
  chmod(name, mode);
}

static void is_found(struct tap *t, char const *path, char const *name, char const *wanted)
{
  char *file;
  setenv("PATH", path, 1);
  file = program_find(name);
  is_string(t, file ? file : "(none)", wanted, path);
  free(file);
}

static void is_missing(struct tap *t, char const *path, char const *name, int reason)
{
  char *file;
  setenv("PATH", path, 1);
  file = program_find(name);
  ok_for(t, path, !file && errno == reason);
  free(file);
}

int main(void)
{
  struct tap t = { 0, 0 };
  char directory[] = "/tmp/sallyport-program-XXXXXX";
  if (!mkdtemp(directory) || chdir(directory) == -1) return 1;
  mkdir("a", 0755);
  mkdir("b", 0755);
  mkdir("a/dir", 0755);
  make_file("here", 0755);
  make_file("plain", 0755);
  make_file("a/prog", 0644);
  make_file("b/prog", 0755);
  is_found(&t, "/nowhere:b:a", "prog", "b/prog");
  is_found(&t, "a:b", "prog", "b/prog");
  is_found(&t, "plain:b", "prog", "b/prog");
  is_found(&t, "", "./here", "./here");
  is_missing(&t, "a", "prog", EACCES);
  is_missing(&t, "a", "dir", EISDIR);
  is_missing(&t, "a:/nowhere", "prog", EACCES);
  is_missing(&t, "a:b", "nothing", ENOENT);
  is_missing(&t, "", "here", ENOENT);
  is_missing(&t, ":", "here", ENOENT);
  is_missing(&t, "a::b", "here", ENOENT);
  is_missing(&t, "a", "", ENOENT);
  is_missing(&t, "a", "./none", ENOENT);
  unsetenv("PATH");
  ok(&t, program_find("sh") != 0);
  unlink("here");
  unlink("plain");
  unlink("a/prog");
  unlink("b/prog");
  rmdir("a/dir");
  rmdir("a");
  rmdir("b");
  rmdir(directory);
  return tap_done(&t);
}
