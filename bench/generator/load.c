/*
 * The load generator: one process, epoll, so light that the server it loads is the busier side.
 *
 *   load PORT SCRIPT CLIENTS IN_FLIGHT WARM_UP SECONDS RATE IDLE     clients that talk
 *   load PORT SCRIPT first COUNT GAP_MS                              newcomers, one by one
 *   load PORT SCRIPT hold CLIENTS                                    idle until stdin ends
 *
 * RATE 0 is a closed loop: a message is sent when a reply has come. Any other rate, in messages a
 * second over all clients, is an open loop: messages fall due whether or not the server keeps up,
 * and a latency counts from when its message was due, so that a stall is seen by all it delays.
 * Each byte of each reply is checked. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include "script.h"
#include "connections.h"
#include "histogram.h"
#include <sys/epoll.h>
#include <sys/prctl.h>

#define SILENCE_NS 5000000000ull

static struct script script;
static struct histogram latencies;
static struct connection *connections;
static int clients;
static int queue;

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print_result(double seconds, double cpu) {
    printf("{\"perSecond\":%.1f,\"cpu\":%.3f,\"count\":%llu", (double)latencies.total / seconds,
           cpu / seconds, (unsigned long long)latencies.total);
    printf(",\"latency\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}}\n",
           (double)percentile(&latencies, 0.5) / 1e3, (double)percentile(&latencies, 0.9) / 1e3,
           (double)percentile(&latencies, 0.99) / 1e3, (double)percentile(&latencies, 0.999) / 1e3,
           (double)latencies.max / 1e3);
}

/* Counts what has come; in a closed loop, as many messages are sent at once. */
static void replied(struct connection *c, int replies, int closed_loop) {
    uint64_t time = now_ns();
    for (int i = 0; i < replies; i++)
        record(&latencies, time - c->times[c->replied++ % MOST_IN_FLIGHT], 1);
    if (closed_loop && replies > 0) say(c, &script, replies, time, 0);
}

/* Says what is due on each connection; `due` is the time of the next message, in nanoseconds. */
static void say_what_is_due(double *due, double interval) {
    static int turn;
    double now = (double)now_ns();
    for (int full = 0; *due <= now && full < clients; turn = (turn + 1) % clients) {
        struct connection *c = &connections[turn];
        if (c->sent - c->replied >= MOST_IN_FLIGHT) {
            full++;
            continue;
        }
        say(c, &script, 1, (uint64_t)*due, 0);
        *due += interval;
    }
}

/* Talks for so many seconds. Returns how long it really was. */
static double talk(double seconds, double rate) {
    uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), heard = start, now;
    double interval = rate > 0 ? 1e9 / rate : 0, due = (double)start;
    struct epoll_event events[1024];
    while ((now = now_ns()) < end) {
        uint64_t wait = end - now;
        if (rate > 0) {
            say_what_is_due(&due, interval);
            now = now_ns();
            wait = due > (double)now ? (uint64_t)(due - (double)now) : 0;
        }
        struct timespec timeout = {(time_t)(wait / 1000000000ull), (long)(wait % 1000000000ull)};
        int ready = epoll_pwait2(queue, events, 1024, &timeout, NULL);
        if (ready < 0 && errno != EINTR) die("epoll_pwait2");
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            replied(c, hear(c, &script), rate == 0);
        }
        if (ready > 0) heard = now;
        else if (now - heard > SILENCE_NS) {
            fprintf(stderr, "no reply for 5 s\n");
            exit(1);
        }
    }
    return (double)(now - start) / 1e9;
}

/* Each client asks once, and all wait for all: a thread each may take some time to start. */
static void introduce(void) {
    int waiting = clients;
    struct epoll_event events[1024];
    for (int i = 0; i < clients; i++) say(&connections[i], &script, 1, now_ns(), 0);
    while (waiting > 0) {
        int ready = epoll_wait(queue, events, 1024, 10000);
        if (ready <= 0) {
            fprintf(stderr, "%d clients without a reply for 10 s\n", waiting);
            exit(1);
        }
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            int replies = hear(c, &script);
            replied(c, replies, 0);
            waiting -= replies;
        }
    }
}

/* One message and its reply, waiting for it. */
static void ask(struct connection *c) {
    int replies = 0;
    say(c, &script, 1, 0, 0);
    while (replies == 0) {
        struct epoll_event event = {.events = EPOLLIN}, ready;
        epoll_ctl(queue, EPOLL_CTL_ADD, c->fd, &event);
        if (epoll_wait(queue, &ready, 1, 10000) != 1) {
            fprintf(stderr, "no reply for 10 s\n");
            exit(1);
        }
        epoll_ctl(queue, EPOLL_CTL_DEL, c->fd, NULL);
        replies = hear(c, &script);
    }
}

/* Now and then one asks, so that no more wait to be accepted than a backlog holds. */
static void connect_idle(int port, int count) {
    static struct connection asking;
    for (int i = 0; i < count; i++) {
        int fd = connect_to(port);
        if (i % 128 != 127) continue;
        memset(&asking, 0, sizeof asking);
        asking.fd = fd;
        ask(&asking);
    }
}

static void talk_to(int port, char **words) {
    int in_flight = atoi(words[1]), idle = atoi(words[5]);
    double warm_up = atof(words[2]), seconds = atof(words[3]), rate = atof(words[4]);
    clients = atoi(words[0]);
    connections = calloc((size_t)clients, sizeof *connections);
    queue = epoll_create1(0);
    if (!connections || queue < 0) die("epoll_create1");
    connect_idle(port, idle);
    for (int i = 0; i < clients; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        connections[i].fd = connect_to(port);
        if (epoll_ctl(queue, EPOLL_CTL_ADD, connections[i].fd, &event) < 0) die("epoll_ctl");
    }
    introduce();
    if (rate == 0)
        for (int i = 0; i < clients; i++) say(&connections[i], &script, in_flight, now_ns(), 0);
    talk(warm_up, rate);
    memset(&latencies, 0, sizeof latencies);
    double cpu = cpu_seconds();
    double really = talk(seconds, rate);
    print_result(really, cpu_seconds() - cpu);
}

/* Connects, asks and leaves, `count` times: from connect(2) to the first reply. */
static void first_replies(int port, int count, double gap_ms) {
    static struct connection newcomer;
    double start = (double)now_ns(), cpu = cpu_seconds();
    struct timespec gap = {(time_t)(gap_ms / 1e3), (long)(gap_ms * 1e6) % 1000000000l};
    queue = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        nanosleep(&gap, NULL);
        uint64_t time = now_ns();
        memset(&newcomer, 0, sizeof newcomer);
        newcomer.fd = connect_to(port);
        ask(&newcomer);
        record(&latencies, now_ns() - time, 1);
        close(newcomer.fd);
    }
    print_result(((double)now_ns() - start) / 1e9, cpu_seconds() - cpu);
}

/* Clients that have been answered once, and then say nothing until our input ends. */
static void hold(int port, int count) {
    static struct connection held;
    char byte;
    queue = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        memset(&held, 0, sizeof held);
        held.fd = connect_to(port);
        ask(&held);
    }
    print_result(1, 0);
    fflush(stdout);
    while (read(0, &byte, 1) > 0) {
    }
}

int main(int count, char **words) {
    if (count < 5) {
        fprintf(stderr, "the words are in load.c\n");
        return 2;
    }
    int port = atoi(words[1]);
    allow_all_descriptors();
    prctl(PR_SET_TIMERSLACK, 1ul);
    if (strcmp(words[3], "hold") == 0 || strcmp(words[3], "first") == 0) {
        read_script(&script, words[2], 1);
        if (words[3][0] == 'h') hold(port, atoi(words[4]));
        else if (count == 6) first_replies(port, atoi(words[4]), atof(words[5]));
    } else if (count == 9) {
        read_script(&script, words[2], atoi(words[4]));
        talk_to(port, words + 3);
    }
    return 0;
}
