#ifndef CSSH_SHIM_H
#define CSSH_SHIM_H
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <libssh/callbacks.h>
#include <sys/socket.h>

/* ssh_callbacks_init() is a macro, so Swift cannot see it. */
static inline void cssh_init_server_callbacks(struct ssh_server_callbacks_struct *cb, void *userdata) {
    ssh_callbacks_init(cb);
    cb->userdata = userdata;
}
static inline void cssh_init_channel_callbacks(struct ssh_channel_callbacks_struct *cb, void *userdata) {
    ssh_callbacks_init(cb);
    cb->userdata = userdata;
}

/*
 * The largest packet that a channel's peer takes, or 0 where it can not be told.
 *
 * libssh writes for ever to a peer that takes packets as long as their header, 10 bytes, and has no call that tells the
 * size. So it is read from libssh's own structure, whose first fields these are in 0.10; what is known by other ways is
 * compared first, so that another layout is noticed.
 */
struct cssh_channel_head {
    ssh_session session;
    uint32_t local_channel, local_window;
    int local_eof;
    uint32_t local_maxpacket, remote_channel, remote_window;
    int remote_eof;
    uint32_t remote_maxpacket;
};
static inline uint32_t cssh_largest_packet(ssh_channel channel) {
    const struct cssh_channel_head *head = (const struct cssh_channel_head *)channel;
    if (head->session != ssh_channel_get_session(channel) || head->local_maxpacket != 35000) return 0;
    return head->remote_window == ssh_channel_window_size(channel) ? head->remote_maxpacket : 0;
}

/* accept4(2) close-on-exec and non-blocking, which libssh's own listener does not do. Declared here because
 * <sys/socket.h> shows it to GNU sources only. */
extern int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict length, int flags);
static inline int cssh_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(listener, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
#endif
