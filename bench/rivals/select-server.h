/*
 * A select(2) server as one writes it in C when speed is what counts: one thread, non-blocking
 * sockets, one recv, one send and a share of one select for each client's turn. The including file
 * defines answer(). Its fd sets are its own bitmaps, so descriptors above 1,023 are welcome.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 16384
#define WORD_BITS (8 * (int)sizeof(unsigned long))
#define RECEIVE_BYTES (64 * 1024)
/* No reply is longer, its LF included; a message may be as short as its LF. */
#define LONGEST_REPLY 64
#define REPLY_BYTES ((RECEIVE_BYTES + 1) * LONGEST_REPLY)

typedef unsigned long descriptor_set[MOST_DESCRIPTORS / WORD_BITS];

struct client {
    char *partial; /* an unfinished message, or NULL */
    int partial_length;
    char *unsent; /* replies the socket would not take, or NULL */
    size_t unsent_length;
};

/* Answers what was received; returns the length of the replies, or -1 to drop the client. */
static int answer(struct client *client, char *received, int length, char *replies);

static struct client *by_descriptor[MOST_DESCRIPTORS];
static descriptor_set readers, writers;
static int highest;

static void put(descriptor_set set, int fd) { set[fd / WORD_BITS] |= 1ul << (fd % WORD_BITS); }
static void drop(descriptor_set set, int fd) { set[fd / WORD_BITS] &= ~(1ul << (fd % WORD_BITS)); }

static void leave(int fd) {
    drop(readers, fd);
    drop(writers, fd);
    free(by_descriptor[fd]->partial);
    free(by_descriptor[fd]->unsent);
    free(by_descriptor[fd]);
    by_descriptor[fd] = NULL;
    close(fd);
}

static void welcome(int listener) {
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct client *client = fd < MOST_DESCRIPTORS ? calloc(1, sizeof *client) : NULL;
        if (!client) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        by_descriptor[fd] = client;
        put(readers, fd);
        if (fd > highest) highest = fd;
    }
}

/* Sends; what the socket does not take is kept, and the client not read until it is gone. */
static void deliver(int fd, const char *bytes, size_t length) {
    struct client *client = by_descriptor[fd];
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        leave(fd);
        return;
    }
    if (sent < 0) sent = 0;
    size_t rest = length - (size_t)sent;
    char *unsent = NULL;
    if (rest > 0) {
        unsent = malloc(rest);
        if (!unsent) {
            leave(fd);
            return;
        }
        memcpy(unsent, bytes + sent, rest);
    }
    free(client->unsent);
    client->unsent = unsent;
    client->unsent_length = rest;
    if (unsent) {
        put(writers, fd);
        drop(readers, fd);
    } else {
        drop(writers, fd);
        put(readers, fd);
    }
}

static void serve_readable(int fd) {
    static char received[RECEIVE_BYTES], replies[REPLY_BYTES];
    ssize_t length = recv(fd, received, sizeof received, 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    int reply = length > 0 ? answer(by_descriptor[fd], received, (int)length, replies) : -1;
    if (reply < 0) leave(fd);
    else if (reply > 0) deliver(fd, replies, (size_t)reply);
}

static int listen_anywhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 511) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0) {
        perror("cannot listen");
        exit(1);
    }
    printf("Server listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(void) {
    struct rlimit limit;
    descriptor_set readable, writable;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_anywhere();
    put(readers, listener);
    highest = listener;
    for (;;) {
        size_t bytes = (size_t)(highest / WORD_BITS + 1) * sizeof(unsigned long);
        memcpy(readable, readers, bytes);
        memcpy(writable, writers, bytes);
        if (select(highest + 1, (fd_set *)readable, (fd_set *)writable, NULL, NULL) < 0) continue;
        int words = highest / WORD_BITS + 1;
        for (int word = 0; word < words; word++) {
            for (unsigned long bits = writable[word]; bits; bits &= bits - 1) {
                int fd = word * WORD_BITS + __builtin_ctzl(bits);
                deliver(fd, by_descriptor[fd]->unsent, by_descriptor[fd]->unsent_length);
            }
            for (unsigned long bits = readable[word]; bits; bits &= bits - 1) {
                int fd = word * WORD_BITS + __builtin_ctzl(bits);
                if (fd == listener) welcome(listener);
                else if (by_descriptor[fd] && !by_descriptor[fd]->unsent) serve_readable(fd);
            }
        }
    }
}
