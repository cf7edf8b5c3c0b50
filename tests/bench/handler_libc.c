/* The same do-nothing handler with libc, linked statically or dynamically by the benchmark. */

int main(void)
{
  return 0;
}
