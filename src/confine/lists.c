/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls that a program needs once it has set up. Many do the same on different
 * machines or for different C libraries: with 64-bit offsets or times on machines of 32 bits, or in place
 * of an older call. All of a kind are here, so that neither another machine nor an update of the C
 * library meets a refusal. */
#include "config.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/bpf.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/sockios.h>

#include "confine/lists.h"

#define ALL_BITS 0xffffffffU	/* of an int: the upper half of a register is undefined */
#define TYPE_BITS 0xfU		/* of socket(2)'s type: without SOCK_CLOEXEC and SOCK_NONBLOCK */

/* The flags of clone(2) are its first argument but on s390 (clone(2), "C library/kernel differences"). */
#ifdef __s390__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif
#define NEW_NAMESPACES                                                                             \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)

/* TCGETS2, whose struct termios2 has 44 bytes: its header does not go with sys/ioctl.h. */
#define TERMIOS2 _IOR('T', 0x2a, char[44])

/* On some machines (i386, s390) one call stands for all of sockets. Its first argument says for which, and
 * the others are in memory, where a filter cannot look. For calls without conditions libseccomp adds
 * such an entry by itself. */
#define SOCKETCALL(number) { "socketcall", { { 0, ALL_BITS, number } } }

#define END { .name = NULL }

/* --- what every mode needs ------------------------------------------------------------- */

/* The C library: memory, threads' locks, signals, time, ending. */
static const char *const basic_names[] = {
	"arch_prctl", "brk", "clock_getres", "clock_getres_time64", "clock_gettime", "clock_gettime64",
	"clock_nanosleep", "clock_nanosleep_time64", "exit", "exit_group", "futex", "futex_requeue",
	"futex_time64", "futex_wait", "futex_waitv", "futex_wake", "get_robust_list",
	"get_thread_area", "getcpu", "getegid", "getegid32", "geteuid", "geteuid32", "getgid",
	"getgid32", "getgroups", "getgroups32", "getpgrp", "getpid", "getppid", "getrandom",
	"getrlimit", "gettid", "gettimeofday", "getuid", "getuid32", "madvise", "map_shadow_stack",
	"membarrier", "mmap", "mmap2", "mprotect", "mremap", "munmap", "nanosleep", "prctl",
	"prlimit64", "restart_syscall", "riscv_flush_icache", "rseq", "rt_sigaction",
	"rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
	"rt_sigtimedwait_time64", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
	"sched_yield", "set_robust_list", "set_thread_area", "set_tid_address", "set_tls",
	"sigaction", "sigaltstack", "signal", "sigprocmask", "sigreturn", "sysinfo", "tgkill", "time",
	"tkill", "ugetrlimit", "uname", "cacheflush", NULL,
};

/* Reading, writing and waiting, with descriptors that are open. */
static const char *const descriptor_names[] = {
	"_llseek", "_newselect", "close", "close_range", "dup", "dup2", "dup3", "epoll_create",
	"epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait",
	"eventfd", "eventfd2", "fadvise64", "fadvise64_64", "arm_fadvise64_64", "fallocate", "fcntl",
	"fcntl64", "fdatasync", "flock", "fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64",
	"fsync", "ftruncate", "ftruncate64", "getpeername", "getsockname", "getsockopt", "lseek",
	"newfstatat", "pipe", "pipe2", "poll", "ppoll", "ppoll_time64", "pread64", "preadv",
	"preadv2", "pselect6", "pselect6_time64", "pwrite64", "pwritev", "pwritev2", "read", "readv",
	"recv", "recvfrom", "recvmsg", "select", "send", "shutdown", "signalfd", "signalfd4", "statx",
	"timerfd_create", "timerfd_gettime", "timerfd_gettime64", "timerfd_settime",
	"timerfd_settime64", "write", "writev", NULL,
};

/* isatty(3) asks with one of the first two. The other requests of terminals, with which a program could
 * type for its user (TIOCSTI), are refused. sendto(2) without an address writes to an open connection. */
static const struct list_call descriptor_calls[] = {
	{ "ioctl", { { 1, ALL_BITS, TCGETS } } },
	{ "ioctl", { { 1, ALL_BITS, TERMIOS2 } } },
	{ "ioctl", { { 1, ALL_BITS, FIONREAD } } },
	{ "sendto", { { 5, ALL_BITS, 0 } } },
	SOCKETCALL(SYS_SENDTO),
	END
};

/* Looking files up and opening them. Landlock, owners and modes say which. */
static const char *const open_names[] = {
	"access", "faccessat", "faccessat2", "fstatat64", "getcwd", "getdents", "getdents64", "lstat",
	"lstat64", "open", "openat", "openat2", "readlink", "readlinkat", "stat", "stat64", "statfs",
	"statfs64", "umask", NULL,
};

static const struct list_group basic = { basic_names, NULL };
static const struct list_group descriptors = { descriptor_names, descriptor_calls };
static const struct list_group opening = { open_names, NULL };

/* --- files ------------------------------------------------------------------------------ */

/* Making, renaming and removing files and folders. */
static const char *const change_names[] = {
	"copy_file_range", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchown32", "fchownat", "link",
	"linkat", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "rmdir", "unlink",
	"unlinkat", NULL,
};
static const struct list_group changing = { change_names, NULL };

/* --- threads and processes ---------------------------------------------------------------- */

/* Of spools, and of name resolution. */
static const struct list_call thread_calls[] = {
	{ "clone", { { CLONE_FLAGS, CLONE_THREAD | NEW_NAMESPACES, CLONE_THREAD } } },
	END
};

/* The child that looks for what keeps data away, which has no namespaces of its own. */
static const char *const child_names[] = { "fork", "kill", "wait4", "waitid", "waitpid", NULL };
static const struct list_call child_calls[] = {
	{ "clone", { { CLONE_FLAGS, NEW_NAMESPACES, 0 } } },
	END
};
static const struct list_group threads = { NULL, thread_calls };
static const struct list_group children = { child_names, child_calls };

/* --- the kernel's tables -------------------------------------------------------------------- */

/* Netlink. The rules of old iptables are read with getsockopt(2) from a socket of the Internet, and a
 * local socket tells its network namespace. Both reach nobody: an address of netlink has 12 bytes
 * (struct sockaddr_nl), the kernel refuses shorter ones of the Internet than 16 bytes, and local
 * ones of 12 bytes have names of 9 or 10. */
static const char *const netlink_names[] = { "recvmmsg", "recvmmsg_time64", "setsockopt", NULL };
static const struct list_call netlink_calls[] = {
	{ "socket", { { 0, ALL_BITS, AF_NETLINK } } },
	{ "socket", { { 0, ALL_BITS, AF_INET }, { 1, TYPE_BITS, SOCK_DGRAM } } },
	{ "socket", { { 0, ALL_BITS, AF_INET6 }, { 1, TYPE_BITS, SOCK_DGRAM } } },
	{ "socket", { { 0, ALL_BITS, AF_UNIX }, { 1, TYPE_BITS, SOCK_DGRAM } } },
	{ "bind", { { 2, ALL_BITS, sizeof(struct sockaddr_nl) } } },
	{ "connect", { { 2, ALL_BITS, sizeof(struct sockaddr_nl) } } },
	{ "sendto", { { 5, ALL_BITS, sizeof(struct sockaddr_nl) } } },
	SOCKETCALL(SYS_SOCKET),
	SOCKETCALL(SYS_BIND),
	SOCKETCALL(SYS_CONNECT),
	END
};
_Static_assert(sizeof(struct sockaddr_nl) == 12, "shorter than an address of the Internet");
static const struct list_group netlink = { netlink_names, netlink_calls };

/* Other network namespaces. */
static const struct list_call entering_calls[] = {
	{ "setns", { { 1, ALL_BITS, CLONE_NEWNET } } },
	END
};
static const struct list_group entering = { NULL, entering_calls };

/* The rows of the kernel table. No program is loaded any more. */
static const struct list_call table_calls[] = {
	{ "bpf", { { 0, ALL_BITS, BPF_MAP_LOOKUP_ELEM } } },
	{ "bpf", { { 0, ALL_BITS, BPF_MAP_UPDATE_ELEM } } },
	{ "bpf", { { 0, ALL_BITS, BPF_MAP_DELETE_ELEM } } },
	{ "bpf", { { 0, ALL_BITS, BPF_MAP_GET_NEXT_KEY } } },
	{ "bpf", { { 0, ALL_BITS, BPF_MAP_LOOKUP_AND_DELETE_BATCH } } },
	{ "bpf", { { 0, ALL_BITS, BPF_OBJ_GET_INFO_BY_FD } } },	/* how often the tracing program was not run */
	END
};
static const struct list_group table = { NULL, table_calls };

/* --check loads the filter and tries it out, to see whether the kernel takes it. */
static const char *const load_names[] = { "bpf", "memfd_create" /* libbpf 1.5 */, "setrlimit", NULL };
static const struct list_call load_calls[] = {
	{ "socketpair", { { 0, ALL_BITS, AF_UNIX } } },
	SOCKETCALL(SYS_SOCKETPAIR),
	END
};
static const struct list_group loading = { load_names, load_calls };

/* --- the network ------------------------------------------------------------------------------ */

/* Resolving names: by DNS, over UDP or TCP, or by a local service (nscd, systemd-resolved, sssd).
 * Netlink tells which addresses this host has. */
static const char *const resolve_names[] = {
	"bind", "connect", "recvmmsg", "recvmmsg_time64", "sendmmsg", "sendmsg", "sendto", "setsockopt",
	"socketpair", NULL,
};
static const struct list_call resolve_calls[] = {
	{ "socket", { { 0, ALL_BITS, AF_INET }, { 1, TYPE_BITS, SOCK_DGRAM } } },
	{ "socket", { { 0, ALL_BITS, AF_INET }, { 1, TYPE_BITS, SOCK_STREAM } } },
	{ "socket", { { 0, ALL_BITS, AF_INET6 }, { 1, TYPE_BITS, SOCK_DGRAM } } },
	{ "socket", { { 0, ALL_BITS, AF_INET6 }, { 1, TYPE_BITS, SOCK_STREAM } } },
	{ "socket", { { 0, ALL_BITS, AF_NETLINK } } },
	{ "socket", { { 0, ALL_BITS, AF_UNIX } } },
	SOCKETCALL(SYS_SOCKET),
	{ "ioctl", { { 1, ALL_BITS, SIOCGIFINDEX } } },
	END
};
static const struct list_group resolving = { resolve_names, resolve_calls };

/* Inotify, with which ctagg-deliver waits for files, and some resolvers for changed settings. */
static const char *const notice_names[] = {
	"inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", NULL,
};
static const struct list_group noticing = { notice_names, NULL };

/* How much of what was sent the other host has not acknowledged. */
static const struct list_call connection_calls[] = {
	{ "ioctl", { { 1, ALL_BITS, SIOCOUTQ } } },
	{ "ioctl", { { 1, ALL_BITS, FIONBIO } } },
	END
};
static const struct list_group connections = { NULL, connection_calls };

/* --- any command ------------------------------------------------------------------------------- */

/* A command of --exec has this filter, too, and may do what services do: this is the list that systemd
 * calls @system-service (systemd.exec(5), SystemCallFilter=), with what newer kernels have of the same
 * kind, and without io_uring(7), userfaultfd(2) and calls that reach into other processes. Not in the list
 * are, besides, calls that load modules and BPF programs, mount, trace, set the clock, or
 * restart the machine. */
static const char *const service_names[] = {
	"_llseek", "_newselect", "accept", "accept4", "access", "add_key", "alarm", "arch_prctl",
	"arm_fadvise64_64", "bind", "brk", "cacheflush", "cachestat", "capget", "capset", "chdir",
	"chmod", "chown", "chown32", "clock_getres", "clock_getres_time64", "clock_gettime",
	"clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "clone", "close",
	"close_range", "connect", "copy_file_range", "creat", "dup", "dup2", "dup3",
	"epoll_create", "epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_pwait",
	"epoll_pwait2", "epoll_wait", "epoll_wait_old", "eventfd", "eventfd2", "execve",
	"execveat", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64", "fadvise64_64",
	"fallocate", "fchdir", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchown32",
	"fchownat", "fcntl", "fcntl64", "fdatasync", "fgetxattr", "flistxattr", "flock", "fork",
	"fremovexattr", "fsetxattr", "fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64",
	"fsync", "ftruncate", "ftruncate64", "futex", "futex_requeue", "futex_time64",
	"futex_wait", "futex_waitv", "futex_wake", "futimesat", "get_mempolicy",
	"get_robust_list", "get_thread_area", "getcpu", "getcwd", "getdents", "getdents64",
	"getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32", "getgroups",
	"getgroups32", "getitimer", "getpeername", "getpgid", "getpgrp", "getpid", "getppid",
	"getpriority", "getrandom", "getresgid", "getresgid32", "getresuid", "getresuid32",
	"getrlimit", "getrusage", "getsid", "getsockname", "getsockopt", "gettid", "gettimeofday",
	"getuid", "getuid32", "getxattr", "getxattrat", "inotify_add_watch", "inotify_init",
	"inotify_init1", "inotify_rm_watch", "io_cancel", "io_destroy", "io_getevents",
	"io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit", "ioctl", "ioprio_get",
	"ioprio_set", "ipc", "keyctl", "kill", "landlock_add_rule", "landlock_create_ruleset",
	"landlock_restrict_self", "lchown", "lchown32", "lgetxattr", "link", "linkat", "listen",
	"listmount", "listxattr", "listxattrat", "llistxattr", "lremovexattr", "lseek",
	"lsetxattr", "lstat", "lstat64", "madvise", "map_shadow_stack", "mbind", "membarrier",
	"memfd_create", "mkdir", "mkdirat", "mknod", "mknodat", "mlock", "mlock2", "mlockall",
	"mmap", "mmap2", "mprotect", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive",
	"mq_timedreceive_time64", "mq_timedsend", "mq_timedsend_time64", "mq_unlink", "mremap",
	"mseal", "msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock", "munlockall",
	"munmap", "name_to_handle_at", "nanosleep", "newfstatat", "nice", "oldfstat", "oldlstat",
	"oldolduname", "oldstat", "olduname", "open", "openat", "openat2", "pause", "personality",
	"pidfd_open", "pidfd_send_signal", "pipe", "pipe2", "poll", "ppoll", "ppoll_time64",
	"prctl", "pread64", "preadv", "preadv2", "prlimit64", "pselect6", "pselect6_time64",
	"pwrite64", "pwritev", "pwritev2", "read", "readahead", "readdir", "readlink",
	"readlinkat", "readv", "recv", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg",
	"remap_file_pages", "removexattr", "removexattrat", "rename", "renameat", "renameat2",
	"request_key", "restart_syscall", "riscv_flush_icache", "riscv_hwprobe", "rmdir", "rseq",
	"rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn",
	"rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_tgsigqueueinfo",
	"sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr",
	"sched_getparam", "sched_getscheduler", "sched_rr_get_interval",
	"sched_rr_get_interval_time64", "sched_setaffinity", "sched_setattr", "sched_setparam",
	"sched_setscheduler", "sched_yield", "seccomp", "select", "semctl", "semget", "semop",
	"semtimedop", "semtimedop_time64", "send", "sendfile", "sendfile64", "sendmmsg",
	"sendmsg", "sendto", "set_mempolicy", "set_mempolicy_home_node", "set_robust_list",
	"set_thread_area", "set_tid_address", "set_tls", "setfsgid", "setfsgid32", "setfsuid",
	"setfsuid32", "setgid", "setgid32", "setgroups", "setgroups32", "setitimer", "setns",
	"setpgid", "setpriority", "setregid", "setregid32", "setresgid", "setresgid32",
	"setresuid", "setresuid32", "setreuid", "setreuid32", "setrlimit", "setsid", "setsockopt",
	"setuid", "setuid32", "setxattr", "setxattrat", "shmat", "shmctl", "shmdt", "shmget",
	"shutdown", "sigaction", "sigaltstack", "signal", "signalfd", "signalfd4", "sigpending",
	"sigprocmask", "sigreturn", "sigsuspend", "socket", "socketcall", "socketpair", "splice",
	"stat", "stat64", "statfs", "statfs64", "statmount", "statx", "swapcontext", "symlink",
	"symlinkat", "sync", "sync_file_range", "sync_file_range2", "syncfs", "sysinfo", "tee",
	"tgkill", "time", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime",
	"timer_gettime64", "timer_settime", "timer_settime64", "timerfd_create",
	"timerfd_gettime", "timerfd_gettime64", "timerfd_settime", "timerfd_settime64", "times",
	"tkill", "truncate", "truncate64", "ugetrlimit", "umask", "uname", "unlink", "unlinkat",
	"unshare", "uretprobe", "utime", "utimensat", "utimensat_time64", "utimes", "vfork",
	"vmsplice", "wait4", "waitid", "waitpid", "write", "writev", NULL,
};
static const struct list_group service = { service_names, NULL };

/* --- modes --------------------------------------------------------------------------------------- */

#define GROUPS 10

static const struct list_group *const modes[CONFINE_MODES][GROUPS] = {
	[CONFINE_LIVE] = { &basic, &descriptors, &opening, &changing, &children, &netlink, &table },
	[CONFINE_LIVE_NETNS] = { &basic, &descriptors, &opening, &changing, &children, &netlink, &table,
				 &entering },
	[CONFINE_SNAPSHOT] = { &basic, &descriptors, &opening, &changing, &threads, &netlink },
	[CONFINE_CHECK] = { &basic, &descriptors, &opening, &netlink, &loading },
	[CONFINE_READ] = { &basic, &descriptors, &opening, &changing, &threads },
	[CONFINE_DELIVER_STREAM] = { &basic, &descriptors, &opening, &changing, &threads, &noticing,
				  &resolving, &connections },
	[CONFINE_DELIVER_DATAGRAM] = { &basic, &descriptors, &opening, &changing, &threads,
				       &noticing, &resolving },
	[CONFINE_DELIVER_FILE] = { &basic, &descriptors, &opening, &changing, &noticing },
	[CONFINE_DELIVER_EXEC] = { &basic, &descriptors, &opening, &changing, &noticing, &service },
	[CONFINE_DELIVER_OFFLINE] = { &basic, &descriptors, &opening, &changing },
};

const struct list_group *const *list_of(enum confine_mode mode)
{
	return modes[mode];
}
