/*
 * A load generator: CONNECTIONS clients, each asking again as soon as it has its answer.
 *
 *   client PORT CONNECTIONS SECONDS whole|stream|embeddings MODEL PATH BYTES [HEADER...]
 *
 * BYTES: how large a body is, by a picture in base64 in its message; 0: a short text without one.
 * Prints one line of JSON: requests, errors, seconds, events (of streams), and in milliseconds the
 * median and the 99th percentile of the whole answer, of the first event and of the longest gap
 * between two events. An answer that is not a 200 or ends early is an error; the first is shown.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX = 16384, PIECE_MAX = 65536, TAIL_MAX = 16, ERRORS_MAX = 200, CONNECTIONS_MAX = 512 };

typedef struct {
    double *values;
    size_t count, room;
} Sample;

typedef struct {
    int fd;
    size_t sent;                                        /* of the request */
    double asked, first_event, last_event, longest_gap; /* milliseconds; 0: not yet */
    char head[HEAD_MAX];
    size_t head_length;
    int in_body, is_chunked, saw_done;
    long body_left;        /* of a body with a stated length */
    char tail[TAIL_MAX];   /* the last bytes of the body so far: a mark may be cut in two */
    size_t tail_length;
    long events;
} Client;

static char *request;
static size_t request_length;
static int poller, port, is_stream;
static long requests, errors, events;
static Sample answer_times, first_times, gap_times;
static char complaint[400];

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- numbers ---- */

static void add(Sample *sample, double value) {
    if (sample->count == sample->room) {
        sample->room = sample->room ? sample->room * 2 : 65536;
        sample->values = realloc(sample->values, sample->room * sizeof(double));
    }
    sample->values[sample->count++] = value;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_sample(const char *name, Sample *sample) {
    if (!sample->count) return;
    qsort(sample->values, sample->count, sizeof(double), ascending);
    size_t p99 = (size_t)((double)sample->count * 0.99);
    printf(",\"%s_p50_ms\":%.4f,\"%s_p99_ms\":%.4f", name, sample->values[sample->count / 2], name,
           sample->values[p99 < sample->count ? p99 : sample->count - 1]);
}

/* ---- one client ---- */

/* Writes a chat whose message holds a picture that fills the body up. */
static void write_picture(char *body, const char *model, size_t bytes) {
    const char *symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *end = "\"}}]}],\"max_tokens\":256}";
    size_t length = (size_t)sprintf(
        body,
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
        "\"text\":\"What is in this picture?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":"
        "\"data:image/png;base64,iVBORw0KGgo",
        model);
    unsigned number = 1;
    size_t data = 11; /* symbols so far; base64 comes in fours */
    while (length + strlen(end) < bytes || data % 4) {
        number = number * 1103515245 + 12345;
        body[length++] = symbols[number >> 26];
        data++;
    }
    strcpy(body + length, end);
}

static void make_request(const char *kind, const char *model, const char *path, size_t bytes,
                         char **headers, int header_count) {
    char *body = malloc(bytes + HEAD_MAX);
    request = malloc(bytes + 3 * HEAD_MAX);
    if (bytes)
        write_picture(body, model, bytes);
    else if (!strcmp(kind, "embeddings"))
        sprintf(body,
                "{\"model\":\"%s\",\"input\":\"Write a short paragraph about the history of "
                "reverse proxies and API gateways.\",\"encoding_format\":\"float\"}",
                model);
    else
        sprintf(body,
                "{\"model\":\"%s\",\"messages\":[{\"role\":\"system\",\"content\":\"You are a "
                "helpful assistant.\"},{\"role\":\"user\",\"content\":\"Write a short paragraph "
                "about the history of reverse proxies and API gateways.\"}],\"temperature\":0.7,"
                "\"max_tokens\":256,\"stream\":%s}",
                model, is_stream ? "true,\"stream_options\":{\"include_usage\":true}" : "false");
    int length = snprintf(request, HEAD_MAX,
                          "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: "
                          "application/json\r\nContent-Length: %zu\r\n",
                          path, port, strlen(body));
    for (int i = 0; i < header_count && length < HEAD_MAX; i++)
        length += snprintf(request + length, HEAD_MAX, "%s\r\n", headers[i]);
    if (length >= HEAD_MAX) exit(1);
    request_length = (size_t)length + (size_t)sprintf(request + length, "\r\n%s", body);
    free(body);
}

static void connect_client(Client *client) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    int on = 1;
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(client->fd, (void *)&address, sizeof address)) {
        perror("client");
        exit(1);
    }
    epoll_ctl(poller, EPOLL_CTL_ADD, client->fd, &event);
}

static void disconnect(Client *client) {
    close(client->fd);
    client->fd = -1;
}

/* Sends what the socket takes of the request; the rest when it takes more. Returns 0 on failure. */
static int push(Client *client) {
    ssize_t sent = send(client->fd, request + client->sent, request_length - client->sent,
                        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return 0;
    int was_whole = !client->sent && sent == (ssize_t)request_length;
    if (sent > 0) client->sent += (size_t)sent;
    if (was_whole) return 1;
    struct epoll_event event = {
        .events = EPOLLIN | (client->sent < request_length ? EPOLLOUT : 0), .data.ptr = client};
    epoll_ctl(poller, EPOLL_CTL_MOD, client->fd, &event);
    return 1;
}

static void ask(Client *client) {
    if (client->fd < 0) connect_client(client);
    int fd = client->fd;
    memset(client, 0, sizeof *client);
    client->fd = fd;
    client->asked = now_ms();
    if (!push(client)) {
        errors++;
        disconnect(client);
    }
}

static void note_error(Client *client, const char *what) {
    errors++;
    if (!complaint[0])
        snprintf(complaint, sizeof complaint, "%s: %.300s", what, client->head);
    disconnect(client);
}

/* Looks for events and the end in a piece of body, with the tail of the piece before. */
static int scan_body(Client *client, const char *bytes, size_t length, double now) {
    static char window[TAIL_MAX + PIECE_MAX + 1];
    memcpy(window, client->tail, client->tail_length);
    memcpy(window + client->tail_length, bytes, length);
    size_t total = client->tail_length + length;
    int saw_event = 0;
    const char *mark = window;
    while ((mark = memmem(mark, total - (size_t)(mark - window), "data: ", 6))) {
        mark += 6;
        if ((size_t)(mark - window) > client->tail_length) client->events++, saw_event = 1;
    }
    if (memmem(window, total, "[DONE]", 6)) client->saw_done = 1;
    if (saw_event) {
        if (!client->first_event) client->first_event = now;
        else if (now - client->last_event > client->longest_gap)
            client->longest_gap = now - client->last_event;
        client->last_event = now;
    }
    client->tail_length = total < TAIL_MAX ? total : TAIL_MAX;
    memcpy(client->tail, window + total - client->tail_length, client->tail_length);
    if (!client->is_chunked) return (client->body_left -= (long)length) <= 0;
    return total >= 5 && !memcmp(window + total - 5, "0\r\n\r\n", 5);
}

/* Takes a piece of the answer. Returns 1 at its end, -1 when it is no good. */
static int take(Client *client, const char *bytes, size_t length, double now) {
    if (!client->in_body) {
        size_t before = client->head_length;
        if (before + length >= HEAD_MAX) return -1;
        memcpy(client->head + before, bytes, length);
        client->head_length += length;
        client->head[client->head_length] = 0;
        char *end = strstr(client->head, "\r\n\r\n");
        if (!end) return 0;
        if (strncmp(client->head, "HTTP/1.1 200 ", 13)) return -1;
        size_t taken = (size_t)(end - client->head) + 4 - before;
        *end = 0;
        const char *stated = strcasestr(client->head, "\ncontent-length:");
        client->body_left = stated ? atol(stated + strlen("\ncontent-length:")) : 0;
        client->is_chunked = !stated;
        client->in_body = 1;
        bytes += taken;
        length -= taken;
    }
    return length ? scan_body(client, bytes, length, now) : 0;
}

static void finish(Client *client, double now) {
    if (is_stream && !client->saw_done) {
        note_error(client, "a stream without its end");
        return;
    }
    requests++;
    events += client->events;
    add(&answer_times, now - client->asked);
    if (!is_stream) return;
    add(&first_times, client->first_event - client->asked);
    add(&gap_times, client->longest_gap);
}

/* ---- the loop ---- */

/* Reads what is there. Returns 1 when the client has nothing under way any more. */
static int serve(Client *client) {
    static char piece[PIECE_MAX];
    ssize_t got = recv(client->fd, piece, sizeof piece, MSG_DONTWAIT);
    double now = now_ms();
    if (got < 0 && errno == EAGAIN) return 0;
    int state = got > 0 ? take(client, piece, (size_t)got, now) : -1;
    if (state > 0) finish(client, now);
    if (state < 0) note_error(client, got > 0 ? "not an answer" : "the connection was closed");
    return state != 0;
}

int main(int argc, char **argv) {
    if (argc < 8) {
        fputs("client PORT CONNECTIONS SECONDS KIND MODEL PATH BYTES [HEADER...]\n", stderr);
        return 2;
    }
    port = atoi(argv[1]);
    int connections = atoi(argv[2]), live = connections;
    if (connections < 1 || connections > CONNECTIONS_MAX) return 2;
    is_stream = !strcmp(argv[4], "stream");
    make_request(argv[4], argv[5], argv[6], (size_t)atol(argv[7]), argv + 8, argc - 8);
    poller = epoll_create1(0);
    Client *clients = calloc((size_t)connections, sizeof(Client));
    double began = now_ms(), end = began + atof(argv[3]) * 1e3, given_up = end + 10e3;
    for (int i = 0; i < connections; i++) clients[i].fd = -1, ask(&clients[i]);
    struct epoll_event ready[CONNECTIONS_MAX];
    while (live && now_ms() < given_up) {
        int count = epoll_wait(poller, ready, CONNECTIONS_MAX, 100);
        for (int i = 0; i < count; i++) {
            Client *client = ready[i].data.ptr;
            if (client->fd < 0) continue;
            if (client->sent < request_length && !push(client)) note_error(client, "not taken");
            else if (!serve(client)) continue;
            if (now_ms() < end && errors < ERRORS_MAX) ask(client);
            else live--, disconnect(client);
        }
    }
    errors += live;
    if (live && !complaint[0]) strcpy(complaint, "no answer within 10 s of the end");
    for (char *c = complaint; *c; c++)
        if (*c < ' ' || *c == '"' || *c == '\\') *c = ' ';
    printf("{\"requests\":%ld,\"errors\":%ld,\"seconds\":%.4f,\"events\":%ld,\"complaint\":\"%s\"",
           requests, errors, (now_ms() - began) / 1e3, events, complaint);
    print_sample("answer", &answer_times);
    print_sample("first", &first_times);
    print_sample("gap", &gap_times);
    puts("}");
}
