/* Linked into the programs of the sanitized variant, because tests clear the environment. Chain loaders
   exec with memory in use: leaks mean nothing there. A report must not look like one of our exit codes. */

char const *__asan_default_options(void)
{
  return "detect_leaks=0:exitcode=99:abort_on_error=0";
}

char const *__ubsan_default_options(void)
{
  return "halt_on_error=1:print_stacktrace=1:exitcode=99";
}
