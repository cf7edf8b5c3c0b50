/* The filter for system calls, seccomp(2). It is a list, looked through from its beginning for each call, so the calls of
   the relay come first. Whatever is not on it kills the process: an attack has no second try. */

#define _GNU_SOURCE
#include <errno.h>

#include "config.h"
#include "sandbox_parts.h"

#if SALLYPORT_WITH_SECCOMP

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

enum { PROGRAM_MAX = 160 };

struct program
{
  struct sock_filter code[PROGRAM_MAX];
  unsigned short length;
};

static int const always[] =
{
  SYS_read, SYS_write, SYS_recvfrom, SYS_sendto,
#ifdef SYS_poll
  SYS_poll,
#endif
  SYS_ppoll, SYS_close, SYS_shutdown, SYS_fcntl, SYS_writev, SYS_readv, SYS_recvmsg, SYS_sendmsg,
  SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex,
  SYS_getpid, SYS_gettid, SYS_getrandom, SYS_clock_gettime, SYS_gettimeofday, SYS_sysinfo,
  SYS_fstat, SYS_newfstatat, SYS_lseek, SYS_getsockopt, SYS_wait4,
  SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_restart_syscall, SYS_exit, SYS_exit_group
};

static void put(struct program *p, unsigned short code, unsigned char yes, unsigned char no, unsigned int k)
{
  struct sock_filter f = { code, yes, no, k };
  p->code[p->length++] = f;
}

static void allow(struct program *p, int number)
{
  put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (unsigned int)number);
  put(p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

/* Allows a call if none of these bits is set in its argument of that index; kills otherwise. Both architectures are
   little-endian, so that the low half of an argument comes first. */
static void allow_without(struct program *p, int number, unsigned int index, unsigned int bits)
{
  put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (unsigned int)number);
  put(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (unsigned int)(offsetof(struct seccomp_data, args) + 8 * (size_t)index));
  put(p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits);
  put(p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
  put(p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

static void begin(struct program *p)
{
  p->length = 0;
  put(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
  put(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
  put(p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
  put(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
}

static void allow_files(struct program *p)
{
  unsigned int writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
  allow_without(p, SYS_openat, 2, writing);
#ifdef SYS_open
  allow_without(p, SYS_open, 1, writing);
  allow(p, SYS_stat);
  allow(p, SYS_access);
#endif
  allow(p, SYS_getdents64);
}

int seccomp_calls(unsigned int calls)
{
  struct program p;
  struct sock_fprog filter;
  size_t i = 0;
  begin(&p);
  for (; i < sizeof always / sizeof *always; i++) allow(&p, always[i]);
  /* Memory that can be written and then executed is what an attack needs first. */
  allow_without(&p, SYS_mmap, 2, PROT_EXEC);
  allow_without(&p, SYS_mprotect, 2, PROT_EXEC);
  if (calls & SANDBOX_ASK) allow(&p, SYS_socketpair);
  if (calls & SANDBOX_FILES) allow_files(&p);
  put(&p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
  filter.len = p.length;
  filter.filter = p.code;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0L, 0L) == 0) return 0;
  return errno == EINVAL || errno == ENOSYS ? 0 : -1;  /* a kernel without filters */
}

#else

int seccomp_calls(unsigned int calls)
{
  (void)calls;
  return 0;
}

#endif
