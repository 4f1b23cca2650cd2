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

/* accept4(2) close-on-exec and non-blocking, which libssh's own listener does not do. Declared here because
 * <sys/socket.h> shows it to GNU sources only. */
extern int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict length, int flags);
static inline int cssh_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(listener, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
#endif
