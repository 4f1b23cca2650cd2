#ifndef CSSH_SHIM_H
#define CSSH_SHIM_H
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <libssh/callbacks.h>
#include <sys/socket.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
    /* 35000 where the client opened the channel, 32768 where this side did. */
    if (head->session != ssh_channel_get_session(channel)) return 0;
    if (head->local_maxpacket != 35000 && head->local_maxpacket != 32768) return 0;
    return head->remote_window == ssh_channel_window_size(channel) ? head->remote_maxpacket : 0;
}

/*
 * A message that can be answered when the callback that it came with has returned, which is when libssh frees it.
 *
 * The copy is as large as what was allocated, so that its layout need not be known. Its texts are gone: only the calls
 * that answer may be given it, which read numbers alone. NULL where there is no memory.
 */
static inline ssh_message cssh_keep_message(ssh_message message) {
    size_t size = malloc_usable_size(message);
    void *copy = malloc(size);
    return copy == NULL ? NULL : (ssh_message)memcpy(copy, message, size);
}
static inline void cssh_forget_message(ssh_message kept) { free(kept); }

/*
 * The number that the client gave the channel of a direct-tcpip request. 0 with *number; -1 where it is not found.
 *
 * libssh has no call for it. It stands before two texts whose addresses libssh does tell, so they are looked for.
 */
struct cssh_open_request {
    int type;
    uint32_t sender, window, packet_size;
    const char *originator;
    uint16_t originator_port;
    const char *destination;
};
static inline int cssh_requested_channel(ssh_message message, uint32_t *number) {
    const char *originator = ssh_message_channel_request_open_originator(message);
    const char *destination = ssh_message_channel_request_open_destination(message);
    size_t size = malloc_usable_size(message);
    for (size_t at = 0; at + sizeof(struct cssh_open_request) <= size; at += sizeof(void *)) {
        const struct cssh_open_request *request = (const struct cssh_open_request *)((const char *)message + at);
        if (request->originator != originator || request->destination != destination) continue;
        if (originator == NULL || request->type != SSH_CHANNEL_DIRECT_TCPIP) continue;
        *number = request->sender;
        return 0;
    }
    return -1;
}

/*
 * The buffer in which libssh makes its next packet, or NULL where it can not be told.
 *
 * libssh refuses a channel with "administratively prohibited" and no text, and has no call for another reason. So the
 * packet is laid into its buffer, ahead of one that the receiver passes over. The first fields of the session are
 * these in 0.10; what is known by other ways is compared first, so that another layout is noticed.
 */
struct cssh_session_head {
    int error_code;
    char error_buffer[1024];
    void *callbacks;
    int log_verbosity;
    void *socket;
    const char *server_banner, *client_banner;
    int protocol, server, client, openssh;
    uint32_t send_sequence, receive_sequence;
    long rekeyed[2];
    int connected, alive, flags;
    uint32_t extensions;
    void *issue;
    char *peer_message, *disconnect_message;
    ssh_buffer in_buffer;
    struct { int valid; uint32_t length; uint8_t type; } in_packet;
    ssh_buffer out_buffer;
};
static inline ssh_buffer cssh_next_packet(ssh_session session) {
    const struct cssh_session_head *head = (const struct cssh_session_head *)session;
    if (ssh_version(SSH_VERSION_INT(0, 10, 0)) == NULL || ssh_version(SSH_VERSION_INT(0, 11, 0)) != NULL) return NULL;
    if ((const void *)head->error_buffer != (const void *)ssh_get_error(session)) return NULL;
    if (head->client_banner == NULL || head->client_banner != ssh_get_clientbanner(session)) return NULL;
    if (head->server != 1 || head->client != 0 || head->alive != 1) return NULL;
    if (head->out_buffer == NULL || ssh_buffer_get_len(head->out_buffer) != 0) return NULL;
    return head->out_buffer;
}

/* accept4(2) close-on-exec and non-blocking, which libssh's own listener does not do. Declared here because
 * <sys/socket.h> shows it to GNU sources only. */
extern int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict length, int flags);
static inline int cssh_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(listener, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
#endif
