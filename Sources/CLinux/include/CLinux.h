#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/types.h>

/*
 * What Swift can not say on Linux: code that runs between fork and exec, and messages with descriptors in them.
 */

/* How a child is started. All descriptors stay the caller's. */
struct clinux_spawn {
    const char *program;        /* path of the program; no PATH search */
    char *const *argv;
    char *const *envp;
    const char *directory;      /* NULL: stay */
    int standard[3];            /* descriptors that become 0, 1 and 2 */
    int inherited[3];           /* descriptors that become 3, 4 and 5; -1: closed */
    int controlling_terminal;   /* not 0: descriptor 0 becomes the controlling terminal */
    mode_t mask;                /* umask(2) of the child */
    int groups[5];              /* cgroup.procs files that the child writes itself into; -1: none */
    unsigned long long open_files; /* RLIMIT_NOFILE, soft and hard; 0: as it is */
    unsigned long long soft_open_files; /* what the soft limit is lowered to where open_files is 0; 0: as it is */
    int becomes_user;           /* not 0: the child is this user and no other from its program on */
    uid_t user;
    gid_t user_group;
    const gid_t *user_groups;   /* supplementary ones */
    size_t user_group_count;
};

/*
 * Forks and executes in a session of its own, all signals at their defaults and unblocked, every other descriptor
 * closed.
 * Returns the child's pid, or -1 with errno; when what failed is the child's own step, *step names it.
 * Steps: 1 setsid, 2 controlling terminal, 3 directory, 4 descriptors, 5 exec, 6 control groups, 7 user, 8 limits.
 */
pid_t clinux_spawn(const struct clinux_spawn *how, int *step);

/* fork(2), for a program that has one thread. */
pid_t clinux_fork(void);

/* Opens a PTY pair, close-on-exec, the controlling side non-blocking. 0, or -1 with errno. */
int clinux_open_pty(int *controller, int *terminal, unsigned short columns, unsigned short rows);

/* TIOCSWINSZ. */
int clinux_set_window_size(int fd, unsigned short columns, unsigned short rows);

/* Bits of what a terminal's settings say: 1 ECHO, 2 ICANON; -1 with errno. */
int clinux_terminal_flags(int fd);

/* How many bytes are typed on a pseudo-terminal and not read (TIOCGPTPEER, FIONREAD: ioctl_tty(2)). */
int clinux_terminal_unread(int controller);

/* Sends SIGINT, SIGQUIT or SIGTSTP to the foreground process group of a pseudo-terminal (TIOCSIG). */
int clinux_terminal_signal(int controller, int number);

/* Sends bytes and up to 4 descriptors in one message; like send(2). */
ssize_t clinux_send(int socket, const void *bytes, size_t length, const int *descriptors, int count);

/*
 * Receives bytes and up to 8 descriptors (close-on-exec); like recv(2).
 * *count is the room in descriptors on entry, and how many came on return. Surplus descriptors are closed.
 * *cut is not 0 where the process could not take all that came (MSG_CTRUNC).
 */
ssize_t clinux_receive(int socket, void *bytes, size_t length, int *descriptors, int *count, int *cut);

/* accept4(2) with close-on-exec and non-blocking. */
int clinux_accept(int listener);

/* pipe2(2) with close-on-exec. */
int clinux_pipe(int *ends);

/* Peer's uid and pid of a connected local socket (SO_PEERCRED). 0, or -1 with errno. */
int clinux_peer(int socket, uid_t *uid, pid_t *pid);

/* Whether the process that connected a local socket has not ended (SO_PEERPIDFD); 1 where the kernel does not say. */
int clinux_peer_is_there(int socket);

/* An anonymous, close-on-exec file in memory. */
int clinux_memory_file(const char *name);

/*
 * Gives the calling thread a table of descriptors of its own, with nothing in it but those that are named.
 * 0, or -1 with errno: then it shares the table that it had, and nothing is closed.
 */
int clinux_own_descriptors(int *kept, int count);

/* Wait status decoding: macros in C. Returns the exit code, or 128 + n with *signal = n. */
int clinux_exit_status(int status, int *signal);

/*
 * Makes the calling process, which must have one thread, one of those of another: its user, mount, network, IPC and
 * host name namespaces (setns(2)), its capabilities at most, this user and group. Nothing gives it more again.
 * 0, or -1 with errno and *step. Steps: 1 the process is gone, 2 namespaces, 3 user.
 */
int clinux_enter(pid_t leader, uid_t user, gid_t group, int *step);

/* renameat2(2): with replaces 0 it fails with EEXIST where the target is there. 0, or -1 with errno. */
int clinux_rename(const char *path, const char *target, int replaces);

/*
 * Opens an absolute path no part of which may be a link (openat2(2)): to be read without waiting, or only to be named
 * (O_PATH). A close-on-exec descriptor, or -1 with errno.
 */
int clinux_open_without_links(const char *path, int reads);

/* prctl(PR_SET_DUMPABLE, 0): only root traces the process, reads its memory or takes its descriptors. 0, or -1. */
int clinux_close_to_tracers(void);

/* prctl(PR_SET_CHILD_SUBREAPER): prctl is variadic, so it does not import. */
void clinux_adopt_orphans(void);

#endif
