/* System calls without libc, for a child that still shares its parent's memory: libc's wrappers would
   write the parent's errno. Returns what the kernel returns: a negative errno on failure. */

#ifndef SALLYPORT_RAW_SYSCALL_H
#define SALLYPORT_RAW_SYSCALL_H

#if defined(__x86_64__)

static inline long raw_syscall(long n, long a, long b, long c, long d)
{
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile ("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__)

static inline long raw_syscall(long n, long a, long b, long c, long d)
{
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile ("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory", "cc");
  return x0;
}

#elif defined(__riscv) && __riscv_xlen == 64

static inline long raw_syscall(long n, long a, long b, long c, long d)
{
  register long a7 __asm__("a7") = n;
  register long a0 __asm__("a0") = a;
  register long a1 __asm__("a1") = b;
  register long a2 __asm__("a2") = c;
  register long a3 __asm__("a3") = d;
  __asm__ volatile ("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3) : "memory");
  return a0;
}

#else
#error "no raw system calls for this processor: configure with --disable-fast-launch"
#endif

#endif
