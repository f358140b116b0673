/*
 * A mock upstream that is never the bottleneck: one thread, epoll, answers made beforehand.
 *
 *   upstream            listens on a free port of 127.0.0.1 and prints its number
 *
 * POST .../chat/completions is answered whole (588 bytes or so, with usage) or, where the body says
 * "stream":true, with 50 events, usage and [DONE], one send() each; POST .../embeddings with a vector
 * of 1,024 numbers. The model's name sets the pace: "bench-5ms" leaves 5 ms before an answer, or
 * between the events of a stream, "bench-0ms" nothing. Everything else is answered with a list of
 * models. A request has to state its Content-Length.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 50,
    PIECES = EVENTS + 2,
    DIMENSIONS = 1024,
    PIECE_MAX = 1 << 15,
    REQUEST_MAX = 1 << 21,
    READY_MAX = 256
};

typedef struct {
    char bytes[PIECE_MAX];
    size_t length;
} Piece;

typedef struct Client {
    int fd;
    char *request; /* what has arrived and is not answered yet */
    size_t request_length, request_room;
    char *unsent; /* what the socket did not take at once */
    size_t unsent_length;
    int next_piece;    /* of a stream; PIECES when nothing is under way */
    const Piece *late; /* a whole answer that waits for its time, instead of a stream */
    long pace_us, due_us;
    struct Client *previous, *next; /* in the list of running answers */
} Client;

static Piece whole_answer, embedding, model_list, stream_head, pieces[PIECES];
static Client running; /* the head of the list of running answers */
static int poller;

static long now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

/* ---- answers ---- */

static void make_answer(Piece *piece, const char *body) {
    piece->length = (size_t)snprintf(
        piece->bytes, sizeof piece->bytes,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s",
        strlen(body), body);
}

static void make_event(Piece *piece, const char *data, const char *after) {
    piece->length = (size_t)snprintf(piece->bytes, sizeof piece->bytes, "%zx\r\ndata: %s\n\n\r\n%s",
                                     strlen(data) + strlen("data: \n\n"), data, after);
}

static void make_embedding(void) {
    static char body[PIECE_MAX / 2];
    size_t length = (size_t)snprintf(body, sizeof body,
                                     "{\"object\":\"list\",\"model\":\"bench-0ms\",\"data\":[{"
                                     "\"object\":\"embedding\",\"index\":0,\"embedding\":[");
    for (int i = 0; i < DIMENSIONS; i++)
        length += (size_t)snprintf(body + length, sizeof body - length, "%s%.8f", i ? "," : "",
                                   (double)((i * 7919) % 2003 - 1001) / 16000.0);
    snprintf(body + length, sizeof body - length,
             "]}],\"usage\":{\"prompt_tokens\":19,\"total_tokens\":19}}");
    make_answer(&embedding, body);
}

static void make_answers(void) {
    make_embedding();
    make_answer(&model_list,
                "{\"object\":\"list\",\"data\":[{\"id\":\"bench-0ms\",\"object\":\"model\","
                "\"created\":1700000000,\"owned_by\":\"bench\"}]}");
    make_answer(&whole_answer,
                "{\"id\":\"chatcmpl-bench-0123456789abcdef\",\"object\":\"chat.completion\","
                "\"created\":1700000000,\"model\":\"bench-0ms\",\"choices\":[{\"index\":0,"
                "\"message\":{\"role\":\"assistant\",\"content\":\"The quick brown fox jumps over "
                "the lazy dog while the gateway forwards this answer untouched to the client.\","
                "\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{"
                "\"prompt_tokens\":19,\"completion_tokens\":24,\"total_tokens\":43,"
                "\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens_details\":{"
                "\"reasoning_tokens\":0}},\"system_fingerprint\":\"fp_bench\"}");
    stream_head.length = (size_t)snprintf(
        stream_head.bytes, sizeof stream_head.bytes,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
        "cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n");
    const char *frame =
        "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
        "\"model\":\"bench-0ms\",\"choices\":[{\"index\":0,\"delta\":{%s\"content\":\"token%02d \"},"
        "\"finish_reason\":%s}]}";
    char data[512];
    for (int i = 0; i < EVENTS; i++) {
        snprintf(data, sizeof data, frame, i ? "" : "\"role\":\"assistant\",", i,
                 i == EVENTS - 1 ? "\"stop\"" : "null");
        make_event(&pieces[i], data, "");
    }
    make_event(&pieces[EVENTS],
               "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\","
               "\"created\":1700000000,\"model\":\"bench-0ms\",\"choices\":[],\"usage\":{"
               "\"prompt_tokens\":19,\"completion_tokens\":50,\"total_tokens\":69}}",
               "");
    make_event(&pieces[EVENTS + 1], "[DONE]", "0\r\n\r\n");
}

/* ---- one client ---- */

static void watch(Client *client, int operation, unsigned events) {
    struct epoll_event event = {.events = events, .data.ptr = client};
    epoll_ctl(poller, operation, client->fd, &event);
}

static void leave_running(Client *client) {
    if (client->next_piece == PIECES) return;
    client->next_piece = PIECES;
    client->late = 0;
    client->previous->next = client->next;
    if (client->next) client->next->previous = client->previous;
}

static void drop(Client *client) {
    leave_running(client);
    close(client->fd);
    free(client->request);
    free(client->unsent);
    free(client);
}

/* Sends a piece, or keeps what the socket does not take. Returns 0 when the client is gone. */
static int put(Client *client, const Piece *piece) {
    const char *bytes = piece->bytes;
    size_t length = piece->length;
    if (!client->unsent_length) {
        ssize_t sent = send(client->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) return 0;
        if (sent > 0) bytes += sent, length -= (size_t)sent;
    }
    if (!length) return 1;
    client->unsent = realloc(client->unsent, client->unsent_length + length);
    memcpy(client->unsent + client->unsent_length, bytes, length);
    client->unsent_length += length;
    watch(client, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    return 1;
}

static int flush_unsent(Client *client) {
    ssize_t sent =
        send(client->fd, client->unsent, client->unsent_length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN;
    client->unsent_length -= (size_t)sent;
    memmove(client->unsent, client->unsent + sent, client->unsent_length);
    if (!client->unsent_length) watch(client, EPOLL_CTL_MOD, EPOLLIN);
    return 1;
}

/* Sends what is due. Usage and [DONE] of a stream follow the last token at once. */
static int send_due(Client *client) {
    long now = client->pace_us ? now_us() : 0;
    if (client->late) {
        const Piece *late = client->late;
        if (client->due_us > now) return 1;
        leave_running(client);
        return put(client, late);
    }
    while (client->next_piece < PIECES) {
        if (client->next_piece < EVENTS && client->due_us > now) return 1;
        if (!put(client, &pieces[client->next_piece])) return 0;
        client->due_us += client->pace_us;
        if (client->next_piece == PIECES - 1) {
            leave_running(client);
            return 1;
        }
        client->next_piece++;
    }
    return 1;
}

static void run(Client *client, long pace_us) {
    client->pace_us = pace_us;
    client->due_us = pace_us ? now_us() : 0;
    client->next_piece = 0;
    client->previous = &running;
    client->next = running.next;
    if (client->next) client->next->previous = client;
    running.next = client;
}

static int answer_late(Client *client, const Piece *piece, long pace_us) {
    if (!pace_us) return put(client, piece);
    run(client, pace_us);
    client->due_us += pace_us;
    client->late = piece;
    return 1;
}

static int answer(Client *client, const char *head, const char *body) {
    const char *model = strstr(body, "\"bench-");
    long pace_us = model ? atol(model + strlen("\"bench-")) * 1000 : 0;
    if (!strncmp(head, "POST ", 5) && strstr(head, "/embeddings "))
        return answer_late(client, &embedding, pace_us);
    if (strncmp(head, "POST ", 5) || !strstr(head, "/chat/completions "))
        return put(client, &model_list);
    if (!strstr(body, "\"stream\":true") && !strstr(body, "\"stream\": true"))
        return answer_late(client, &whole_answer, pace_us);
    run(client, pace_us);
    return put(client, &stream_head) && send_due(client);
}

/* Answers the requests that are there whole. Returns 0 when the client is gone. */
static int answer_all(Client *client) {
    while (client->next_piece == PIECES) { /* else an answer is under way: the rest waits */
        char *request = client->request;
        request[client->request_length] = 0;
        char *body = strstr(request, "\r\n\r\n");
        if (!body) return 1;
        *body = 0;
        char *stated = strcasestr(request, "\ncontent-length:");
        size_t body_length = stated ? strtoul(stated + strlen("\ncontent-length:"), 0, 10) : 0;
        size_t head_length = (size_t)(body - request) + 4;
        size_t length = head_length + body_length;
        if (client->request_length < length) {
            *body = '\r';
            return 1;
        }
        char after = request[length];
        request[length] = 0;
        int alive = answer(client, request, body + 4);
        request[length] = after;
        client->request_length -= length;
        memmove(request, request + length, client->request_length);
        if (!alive) return 0;
    }
    return 1;
}

static int receive(Client *client) {
    if (client->request_room - client->request_length < 8192) {
        if (client->request_room > REQUEST_MAX) return 0;
        client->request_room *= 2;
        client->request = realloc(client->request, client->request_room);
    }
    ssize_t got = recv(client->fd, client->request + client->request_length,
                       client->request_room - client->request_length - 1, MSG_DONTWAIT);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    client->request_length += (size_t)got;
    return answer_all(client);
}

/* ---- the loop ---- */

static void accept_all(int listener) {
    int fd, on = 1;
    while ((fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Client *client = calloc(1, sizeof *client);
        client->fd = fd;
        client->next_piece = PIECES;
        client->request_room = 16384;
        client->request = malloc(client->request_room);
        watch(client, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int wait_ms(void) {
    if (!running.next) return -1;
    long now = now_us(), earliest = now + 1000000;
    for (Client *client = running.next; client; client = client->next)
        if (client->due_us < earliest) earliest = client->due_us;
    return earliest <= now ? 0 : (int)((earliest - now + 999) / 1000);
}

static void send_all_due(void) {
    for (Client *client = running.next, *next; client; client = next) {
        next = client->next;
        if (!send_due(client) || (client->next_piece == PIECES && !answer_all(client)))
            drop(client);
    }
}

static int listen_on_free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (void *)&address, size) || listen(listener, 1024) ||
        getsockname(listener, (void *)&address, &size)) {
        perror("upstream");
        exit(1);
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(void) {
    struct epoll_event ready[READY_MAX], event = {.events = EPOLLIN, .data.ptr = 0};
    signal(SIGPIPE, SIG_IGN);
    make_answers();
    poller = epoll_create1(0);
    int listener = listen_on_free_port();
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poller, ready, READY_MAX, wait_ms());
        for (int i = 0; i < count; i++) {
            Client *client = ready[i].data.ptr;
            if (!client) {
                accept_all(listener);
                continue;
            }
            int alive = !(ready[i].events & EPOLLOUT) || flush_unsent(client);
            if (alive && ready[i].events & ~EPOLLOUT) alive = receive(client);
            if (!alive) drop(client);
        }
        send_all_due();
    }
}
