/*
 * Latencies in nanoseconds, counted in buckets that grow with the value, as HdrHistogram does:
 * 64 buckets for each power of two, so that whatever is read off is within 1.6 % of the truth and
 * counting one is a few instructions.
 */
#include <stdint.h>

#define SUB_BITS 6
#define SUB_BUCKETS (1 << SUB_BITS)
#define BUCKETS ((64 - SUB_BITS) * SUB_BUCKETS)

struct histogram {
    uint64_t counts[BUCKETS];
    uint64_t total;
    uint64_t max;
};

static inline int bucket_of(uint64_t value) {
    if (value < SUB_BUCKETS) return (int)value;
    int shift = 63 - __builtin_clzll(value) - SUB_BITS + 1;
    return (shift << (SUB_BITS - 1)) + (int)(value >> shift);
}

/* The middle of a bucket. */
static inline uint64_t value_of(int bucket) {
    if (bucket < SUB_BUCKETS) return (uint64_t)bucket;
    int shift = (bucket >> (SUB_BITS - 1)) - 1;
    uint64_t low = (uint64_t)(bucket - (shift << (SUB_BITS - 1))) << shift;
    return low + ((1ull << shift) >> 1);
}

static inline void record(struct histogram *h, uint64_t value, uint64_t times) {
    h->counts[bucket_of(value)] += times;
    h->total += times;
    if (value > h->max) h->max = value;
}

/* The value that `share` (0 to 1) of all lie at or below. */
static inline uint64_t percentile(const struct histogram *h, double share) {
    uint64_t wanted = (uint64_t)(share * (double)h->total + 0.5), seen = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
        seen += h->counts[bucket];
        if (seen >= wanted && seen > 0) return value_of(bucket) < h->max ? value_of(bucket) : h->max;
    }
    return h->max;
}
