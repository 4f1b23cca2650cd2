#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* In the child: only calls that are safe after fork. */
static void clinux_child_fail(int report, int step) {
    int words[2] = {step, errno};
    ssize_t ignored = write(report, words, sizeof words);
    (void)ignored;
    _exit(127);
}

/* What the program says to its terminal or pipes it may also say to /dev/stdout and /dev/tty, which open them anew. */
static void clinux_give_away(uid_t user) {
    for (int i = 0; i < 3; i++) {
        struct stat facts;
        if (fstat(i, &facts) == 0 && (S_ISFIFO(facts.st_mode) || isatty(i))) {
            int ignored = fchown(i, user, (gid_t)-1);
            (void)ignored;
        }
    }
}

static void clinux_become(const struct clinux_spawn *how, int report) {
    if (how->open_files != 0) {
        struct rlimit limit = {.rlim_cur = how->open_files, .rlim_max = how->open_files};
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0) clinux_child_fail(report, 8);
    } else if (how->soft_open_files != 0) {
        struct rlimit limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > how->soft_open_files) {
            limit.rlim_cur = how->soft_open_files;
            if (setrlimit(RLIMIT_NOFILE, &limit) < 0) clinux_child_fail(report, 8);
        }
    }
    if (!how->becomes_user) return;
    clinux_give_away(how->user);
    if (setgroups(how->user_group_count, how->user_groups) < 0
        || setresgid(how->user_group, how->user_group, how->user_group) < 0
        || setresuid(how->user, how->user, how->user) < 0) {
        clinux_child_fail(report, 7);
    }
}

static void clinux_child(const struct clinux_spawn *how, int report) {
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    if (setsid() < 0) clinux_child_fail(report, 1);
    for (int i = 0; i < 5; i++) {
        if (how->groups[i] >= 0 && write(how->groups[i], "0", 1) != 1) clinux_child_fail(report, 6);
    }
    /* Everything is first moved out of the way, so that no move overwrites what a later one needs. */
    int high[7];
    for (int i = 0; i < 7; i++) {
        int source = i < 3 ? how->standard[i] : i < 6 ? how->inherited[i - 3] : report;
        high[i] = source < 0 ? -1 : fcntl(source, F_DUPFD_CLOEXEC, 16);
        if (source >= 0 && high[i] < 0) clinux_child_fail(report, 4);
    }
    report = high[6];
    for (int i = 0; i < 6; i++) {
        if (high[i] >= 0 && dup2(high[i], i) < 0) clinux_child_fail(report, 4);
        if (high[i] < 0) close(i);
    }
    if (dup3(report, 6, O_CLOEXEC) < 0) clinux_child_fail(report, 4);
    report = 6;
    syscall(SYS_close_range, 7u, ~0u, 0u);
    if (how->controlling_terminal && ioctl(0, TIOCSCTTY, 0) < 0) clinux_child_fail(report, 2);
    clinux_become(how, report);
    if (how->directory != NULL && chdir(how->directory) < 0) clinux_child_fail(report, 3);
    umask(how->mask);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(how->program, how->argv, how->envp);
    clinux_child_fail(report, 5);
}

pid_t clinux_spawn(const struct clinux_spawn *how, int *step) {
    int report[2];
    *step = 0;
    if (pipe2(report, O_CLOEXEC) < 0) return -1;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) clinux_child(how, report[1]);
    int failure = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (pid > 0) {
        int words[2];
        ssize_t got;
        do got = read(report[0], words, sizeof words); while (got < 0 && errno == EINTR);
        if (got == (ssize_t)sizeof words) {
            *step = words[0];
            failure = words[1];
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) { }
            pid = -1;
        }
    }
    close(report[0]);
    errno = failure;
    return pid;
}

pid_t clinux_fork(void) { return fork(); }

int clinux_open_pty(int *controller, int *terminal, unsigned short columns, unsigned short rows) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0) return -1;
    int slave = -1;
    if (grantpt(master) == 0 && unlockpt(master) == 0) {
        slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    }
    if (slave >= 0) {
        struct termios settings;
        if (ioctl(slave, TIOCSWINSZ, &size) == 0 && tcgetattr(slave, &settings) == 0) {
            settings.c_iflag |= IUTF8;
            if (tcsetattr(slave, TCSANOW, &settings) == 0) {
                *controller = master;
                *terminal = slave;
                return 0;
            }
        }
    }
    int failure = errno;
    if (slave >= 0) close(slave);
    close(master);
    errno = failure;
    return -1;
}

int clinux_set_window_size(int fd, unsigned short columns, unsigned short rows) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(fd, TIOCSWINSZ, &size);
}

int clinux_terminal_flags(int fd) {
    struct termios settings;
    if (tcgetattr(fd, &settings) < 0) return -1;
    return ((settings.c_lflag & ECHO) ? 1 : 0) | ((settings.c_lflag & ICANON) ? 2 : 0);
}

int clinux_terminal_unread(int controller) {
    int terminal = ioctl(controller, TIOCGPTPEER, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (terminal < 0) return -1;
    int count = 0;
    int result = ioctl(terminal, FIONREAD, &count);
    close(terminal);
    return result < 0 ? -1 : count;
}

int clinux_terminal_signal(int controller, int number) { return ioctl(controller, TIOCSIG, number); }

ssize_t clinux_send(int socket, const void *bytes, size_t length, const int *descriptors, int count) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int) * 4)]; } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 4) { errno = EINVAL; return -1; }
    if (count > 0) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t clinux_receive(int socket, void *bytes, size_t length, int *descriptors, int *count, int *cut) {
    struct iovec part = {.iov_base = bytes, .iov_len = length};
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int) * 8)]; } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    int room = *count;
    *count = 0;
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0) return got;
    *cut = (message.msg_flags & MSG_CTRUNC) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t came = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < came; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
            if (*count < room) descriptors[(*count)++] = fd; else close(fd);
        }
    }
    return got;
}

int clinux_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int clinux_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }

int clinux_peer(int socket, uid_t *uid, pid_t *pid) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
    *uid = peer.uid;
    *pid = peer.pid;
    return 0;
}

int clinux_peer_is_there(int socket) {
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
    int process = -1;
    socklen_t length = sizeof process;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &process, &length) < 0) return errno == ENOPROTOOPT;
    struct pollfd ended = {.fd = process, .events = POLLIN};
    int is_there = poll(&ended, 1, 0) == 0;
    close(process);
    return is_there;
}

int clinux_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int clinux_exit_status(int status, int *number) {
    *number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return WIFSIGNALED(status) ? 128 + *number : WEXITSTATUS(status);
}

int clinux_close_to_tracers(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

void clinux_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

/* The capabilities that a process can have at most (proc(5), CapBnd). */
static int clinux_capability_bound(pid_t leader, unsigned long long *mask) {
    char path[48], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)leader);
    FILE *file = fopen(path, "re");
    if (file == NULL) return -1;
    int found = -1;
    while (found < 0 && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "CapBnd: %llx", mask) == 1) found = 0;
    }
    fclose(file);
    if (found < 0) errno = ESRCH;
    return found;
}

static int clinux_shares_user_namespace(pid_t leader) {
    char path[48];
    struct stat own, other;
    snprintf(path, sizeof path, "/proc/%d/ns/user", (int)leader);
    return stat("/proc/self/ns/user", &own) == 0 && stat(path, &other) == 0 && own.st_ino == other.st_ino;
}

int clinux_enter(pid_t leader, uid_t user, gid_t group, int *step) {
    unsigned long long mask = 0;
    *step = 1;
    int process = (int)syscall(SYS_pidfd_open, leader, 0);
    if (process < 0) return -1;
    if (clinux_capability_bound(leader, &mask) < 0) { close(process); return -1; }
    *step = 2;
    int kinds = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    if (!clinux_shares_user_namespace(leader)) kinds |= CLONE_NEWUSER;
    int entered = setns(process, kinds);
    close(process);
    if (entered < 0) return -1;
    *step = 3;
    for (int number = 0; number < 64; number++) {
        if (!(mask >> number & 1)) prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    }
    if (setgroups(0, NULL) < 0 || setresgid(group, group, group) < 0 || setresuid(user, user, user) < 0) return -1;
    if (user == 0) {
        struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct data[2] = {
            {.effective = (unsigned)mask, .permitted = (unsigned)mask},
            {.effective = (unsigned)(mask >> 32), .permitted = (unsigned)(mask >> 32)},
        };
        if (syscall(SYS_capset, &header, data) < 0) return -1;
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int clinux_rename(const char *path, const char *target, int replaces) {
    return renameat2(AT_FDCWD, path, AT_FDCWD, target, replaces ? 0 : RENAME_NOREPLACE);
}

int clinux_open_without_links(const char *path, int reads) {
    struct open_how how = {
        .flags = O_CLOEXEC | (reads ? O_RDONLY | O_NONBLOCK : O_PATH),
        .resolve = RESOLVE_NO_SYMLINKS,
    };
    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

static int clinux_compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int clinux_own_descriptors(int *kept, int count) {
    qsort(kept, (size_t)count, sizeof *kept, clinux_compare);
    if (syscall(SYS_close_range, (unsigned)kept[count - 1] + 1, ~0U, CLOSE_RANGE_UNSHARE) < 0) return -1;
    unsigned next = 0;
    for (int i = 0; i < count; i++) {
        if ((unsigned)kept[i] > next) syscall(SYS_close_range, next, (unsigned)kept[i] - 1, 0u);
        next = (unsigned)kept[i] + 1;
    }
    return 0;
}
