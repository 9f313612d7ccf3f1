/*
 * The connections of the load generator: each knows which message is next, where in the replies it
 * is, and when each message in flight was sent, or, in an open loop, should have been.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Messages in flight on one connection; in an open loop, what is beyond waits. A power of two. */
#define MOST_IN_FLIGHT 1024

struct connection {
    int fd;
    int next_line;   /* of the script, to be sent */
    int in_position; /* in the script's replies */
    unsigned sent, replied;
    uint64_t times[MOST_IN_FLIGHT];
};

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

static void allow_all_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) die("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) die("setrlimit");
}

/* A connected socket. It is reset when it is closed: thousands in TIME_WAIT would use up ports. */
static int connect_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct linger reset = {1, 0};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) die("socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    return fd;
}

/* Sends `count` messages, the first of them timed `time` and the others `step` later each. */
static void say(struct connection *c, const struct script *s, int count, uint64_t time, double step) {
    int length = bytes_of(s, c->next_line, count), done = 0;
    const char *bytes = s->out + s->out_start[c->next_line];
    while (done < length) {
        ssize_t sent = send(c->fd, bytes + done, (size_t)(length - done), MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) die("send");
        if (sent > 0) done += (int)sent;
    }
    for (int i = 0; i < count; i++)
        c->times[c->sent++ % MOST_IN_FLIGHT] = time + (uint64_t)(step * i);
    c->next_line = (c->next_line + count) % s->lines;
}

/* Receives and checks what is there. Returns how many replies that completed. */
static int hear(struct connection *c, const struct script *s) {
    static char bytes[RECEIVE_BYTES];
    ssize_t length = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (length < 0) die("recv");
    if (length == 0) {
        fprintf(stderr, "the server closed a connection\n");
        exit(1);
    }
    if (memcmp(bytes, s->in + c->in_position, (size_t)length) != 0) {
        fprintf(stderr, "wrong reply: %.*s\nexpected: %.*s\n", (int)length < 200 ? (int)length : 200,
                bytes, (int)length < 200 ? (int)length : 200, s->in + c->in_position);
        exit(1);
    }
    int end = c->in_position + (int)length;
    int replies = s->replies_before[end] - s->replies_before[c->in_position];
    c->in_position = end % s->in_length;
    return replies;
}
