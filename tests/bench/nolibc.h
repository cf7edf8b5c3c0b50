/* The few system calls of handlers that run without a C library. A handler that starts with libc spends most of
   its life in libc's start-up (on virtual machines glibc executes CPUID there, which traps to the hypervisor), so it would
   hide the differences between the servers that start it. */

#ifndef BENCH_NOLIBC_H
#define BENCH_NOLIBC_H

#if defined(__x86_64__)

#define NR_read 0
#define NR_write 1
#define NR_exit 60

static inline long system_call(long nr, long a, long b, long c)
{
  long result;
  __asm__ volatile ("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)

#define NR_read 63
#define NR_write 64
#define NR_exit 93

static inline long system_call(long nr, long a, long b, long c)
{
#if defined(__aarch64__)
  register long x8 __asm__("x8") = nr;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  __asm__ volatile ("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
#else
  register long a7 __asm__("a7") = nr;
  register long a0 __asm__("a0") = a;
  register long a1 __asm__("a1") = b;
  register long a2 __asm__("a2") = c;
  __asm__ volatile ("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
  return a0;
#endif
}

#else
#error "no system calls without libc for this processor"
#endif

static inline void finish(long code)
{
  for (;;) system_call(NR_exit, code, 0, 0);
}

#endif
