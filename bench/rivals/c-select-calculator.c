/*
 * The rival for server3: a calculator around select(2) in C, with a parser that is careful: every
 * overflow is caught, nesting is bounded, errors are replies. Whole numbers of 64 bits alone; a
 * division that does not come out even is an error. A message ends at LF.
 */
#include "select-server.h"
#include <stdint.h>

#define LONGEST_MESSAGE 4096
#define DEEPEST 200

struct parser {
    const char *at, *end;
    const char *error; /* the first, or NULL */
    int depth;
};

static int64_t sum(struct parser *p);

static void fail(struct parser *p, const char *error) {
    if (!p->error) p->error = error;
}

static char peek(struct parser *p) {
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t')) p->at++;
    return p->at < p->end ? *p->at : '\0';
}

static int64_t number(struct parser *p) {
    int64_t value = 0;
    if (peek(p) < '0' || *p->at > '9') {
        fail(p, "expected a number");
        return 0;
    }
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *p->at - '0', &value))
            fail(p, "number too large");
    }
    return value;
}

static int64_t factor(struct parser *p) {
    int64_t value;
    int negative = 0;
    for (char sign; (sign = peek(p)) == '-' || sign == '+'; p->at++) negative ^= sign == '-';
    if (peek(p) == '(') {
        p->at++;
        if (++p->depth > DEEPEST) {
            fail(p, "nested too deeply");
            return 0;
        }
        value = sum(p);
        p->depth--;
        if (peek(p) == ')') p->at++;
        else fail(p, "expected ')'");
    } else {
        value = number(p);
    }
    if (negative && __builtin_sub_overflow(0, value, &value)) fail(p, "number too large");
    return value;
}

static int64_t product(struct parser *p) {
    int64_t value = factor(p);
    for (char sign; !p->error && ((sign = peek(p)) == '*' || sign == '/'); ) {
        p->at++;
        int64_t right = factor(p);
        if (sign == '*') {
            if (__builtin_mul_overflow(value, right, &value)) fail(p, "number too large");
        } else if (right == 0) {
            fail(p, "division by zero");
        } else if (right == -1) {
            if (__builtin_sub_overflow(0, value, &value)) fail(p, "number too large");
        } else if (value % right != 0) {
            fail(p, "not a whole number");
        } else {
            value /= right;
        }
    }
    return value;
}

static int64_t sum(struct parser *p) {
    int64_t value = product(p);
    for (char sign; !p->error && ((sign = peek(p)) == '+' || sign == '-'); ) {
        p->at++;
        int64_t right = product(p);
        if (sign == '+' ? __builtin_add_overflow(value, right, &value)
                        : __builtin_sub_overflow(value, right, &value))
            fail(p, "number too large");
    }
    return value;
}

static int write_number(char *reply, int64_t value) {
    char digits[24];
    int count = 0, length = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do digits[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0) reply[length++] = '-';
    while (count > 0) reply[length++] = digits[--count];
    reply[length++] = '\n';
    return length;
}

static int calculate(const char *message, const char *end, char *reply) {
    struct parser p = {message, end, NULL, 0};
    if (end - message > LONGEST_MESSAGE) return sprintf(reply, "error: message too long\n");
    int64_t value = sum(&p);
    if (!p.error && peek(&p) != '\0') fail(&p, "unexpected character");
    if (p.error) return sprintf(reply, "error: %s\n", p.error);
    return write_number(reply, value);
}

static int keep(struct client *client, const char *bytes, int length) {
    if (client->partial_length + length > LONGEST_MESSAGE) return -1;
    if (!client->partial && !(client->partial = malloc(LONGEST_MESSAGE))) return -1;
    memcpy(client->partial + client->partial_length, bytes, (size_t)length);
    client->partial_length += length;
    return 0;
}

static int answer(struct client *client, char *received, int length, char *replies) {
    char *at = received, *end = received + length, *line_end;
    int written = 0;
    while ((line_end = memchr(at, '\n', (size_t)(end - at)))) {
        char *message_end = line_end > at && line_end[-1] == '\r' ? line_end - 1 : line_end;
        if (client->partial_length > 0) {
            if (keep(client, at, (int)(message_end - at)) < 0) return -1;
            char *message = client->partial;
            written += calculate(message, message + client->partial_length, replies + written);
            client->partial_length = 0;
        } else {
            written += calculate(at, message_end, replies + written);
        }
        at = line_end + 1;
    }
    if (at < end && keep(client, at, (int)(end - at)) < 0) return -1;
    return written;
}
