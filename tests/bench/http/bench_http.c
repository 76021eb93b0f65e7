/* SPDX-License-Identifier: Apache-2.0
 * An answer of 1.2 kB from Salve's server, on its loop and by its workers, beside a bare epoll server that sends the
 * same bytes for whatever ends with an empty line. Servers on core 0, the clients on core 1, in turns; the figure is
 * answers in a second of the server's processor. Arguments: clients, milliseconds of a turn, turns. */
#include "http_race.h"

static const char request[] = RACE_REQUEST("127.0.0.1:8080");

static void serve_loop(int fd) { serve(fd, false, http_server_listen); }
static void serve_workers(int fd) { serve(fd, true, http_server_listen); }

/* --- bare epoll --------------------------------------------------------------------------------------------------- */

static void take(int epoll, int listener)
{
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0) return;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) abort();
}

static void serve_epoll(int listener)
{
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.fd = listener};
    int epoll = epoll_create1(0);
    char got[4096];
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) abort();
    for (;;) {
        int count = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                take(epoll, fd);
                continue;
            }
            ssize_t n = read(fd, got, sizeof got);
            if (n <= 0)
                close(fd);
            else if (n >= 4 && memcmp(got + n - 4, "\r\n\r\n", 4) == 0 &&
                     write(fd, wanted, wanted_bytes) != (ssize_t)wanted_bytes)
                close(fd);
        }
    }
}

/* --- the clients -------------------------------------------------------------------------------------------------- */

static struct client {
    int fd;
    size_t got;
    double since;
} clients[CLIENTS_MAX];

static void ask(struct client *c)
{
    c->got = 0;
    c->since = now_s(CLOCK_MONOTONIC);
    if (write(c->fd, request, sizeof request - 1) != (ssize_t)sizeof request - 1) abort();
}

static void hear(struct client *c, bool asks_again)
{
    char text[ANSWER_BYTES_MAX];
    ssize_t n = read(c->fd, text, sizeof text);
    if (n <= 0) abort();
    c->got += (size_t)n;
    if (c->got > wanted_bytes) abort();
    if (c->got < wanted_bytes) return;
    if (sample_count < SAMPLES_MAX) samples[sample_count++] = (float)(now_s(CLOCK_MONOTONIC) - c->since);
    c->got = 0;
    if (asks_again) ask(c);
}

/* So many answers came; all clients have theirs at the end. */
static size_t load(const struct sockaddr_in *at, size_t count, double seconds)
{
    struct epoll_event events[256];
    int epoll = epoll_create1(0);
    double until = now_s(CLOCK_MONOTONIC) + seconds;
    size_t asked = count;
    for (size_t i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        clients[i].fd = connected(at);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event) != 0) abort();
    }
    for (size_t i = 0; i < count; i++) ask(&clients[i]);
    for (size_t heard = 0; heard < asked;) {
        int ready = epoll_wait(epoll, events, 256, -1);
        bool goes_on = now_s(CLOCK_MONOTONIC) < until;
        for (int i = 0; i < ready; i++) {
            size_t before = sample_count;
            hear(events[i].data.ptr, goes_on);
            if (sample_count == before) continue;
            heard++;
            asked += goes_on;
        }
    }
    for (size_t i = 0; i < count; i++) close(clients[i].fd);
    close(epoll);
    return asked;
}

static void learn_answer(const struct sockaddr_in *at)
{
    int fd = connected(at);
    ssize_t n = 0;
    if (write(fd, request, sizeof request - 1) < 0) abort();
    while (wanted_bytes < BODY_BYTES + 100) {
        n = read(fd, wanted + wanted_bytes, sizeof wanted - wanted_bytes);
        if (n <= 0) abort();
        wanted_bytes += (size_t)n;
    }
    close(fd);
}

int main(int argc, char **argv)
{
    const struct race race = {.title = "clients",
                              .peer = "bare epoll",
                              .serves = {serve_loop, serve_workers, serve_epoll},
                              .learn_answer = learn_answer,
                              .load = load};
    return race_run(&race, argc, argv);
}
