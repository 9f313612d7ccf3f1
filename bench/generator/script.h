/*
 * What is said and what must come back: a file of lines "message TAB reply", repeated for ever.
 * Both sides are laid out as one long run of bytes each, so that any number of messages goes out
 * from one place and anything received is compared with one memcmp.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINES 4096
#define RECEIVE_BYTES (64 * 1024)

struct script {
    int lines;
    char *out;           /* messages with their LF, round and round */
    int out_start[MAX_LINES + 1];
    char *in;            /* replies with their LF, round and round */
    int in_length;       /* of one round */
    int *replies_before; /* by position in `in`: replies that end before it */
};

static void die(const char *what) {
    perror(what);
    exit(1);
}

/* Repeats `length` bytes of `round` until they fill `wanted`. */
static char *repeat(const char *round, int length, int wanted) {
    char *bytes = malloc((size_t)wanted);
    if (!bytes) die("malloc");
    for (int at = 0; at < wanted; at++) bytes[at] = round[at % length];
    return bytes;
}

/* `in_flight` messages are the most that go out at once. */
static void read_script(struct script *s, const char *path, int in_flight) {
    static char out[MAX_LINES * 128], in[MAX_LINES * 128];
    char line[256];
    int out_length = 0, rounds;
    FILE *file = fopen(path, "r");
    if (!file) die(path);
    while (s->lines < MAX_LINES && fgets(line, sizeof line, file)) {
        char *tab = strchr(line, '\t');
        if (!tab) continue;
        *tab = '\n';
        s->out_start[s->lines++] = out_length;
        memcpy(out + out_length, line, (size_t)(tab + 1 - line));
        out_length += (int)(tab + 1 - line);
        int length = (int)strlen(tab + 1);
        memcpy(in + s->in_length, tab + 1, (size_t)length);
        s->in_length += length;
    }
    fclose(file);
    if (s->lines == 0) {
        fprintf(stderr, "%s: no lines\n", path);
        exit(1);
    }
    s->out_start[s->lines] = out_length;
    rounds = in_flight / s->lines + 2;
    s->out = repeat(out, out_length, out_length * rounds);
    int in_total = s->in_length + RECEIVE_BYTES;
    s->in = repeat(in, s->in_length, in_total);
    s->replies_before = malloc(sizeof(int) * (size_t)(in_total + 1));
    if (!s->replies_before) die("malloc");
    s->replies_before[0] = 0;
    for (int at = 0; at < in_total; at++)
        s->replies_before[at + 1] = s->replies_before[at] + (s->in[at] == '\n');
}

/* Bytes of `count` messages from line `from` on. */
static int bytes_of(const struct script *s, int from, int count) {
    int rounds = (from + count) / s->lines, last = (from + count) % s->lines;
    return rounds * s->out_start[s->lines] + s->out_start[last] - s->out_start[from];
}
