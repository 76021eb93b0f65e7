/* SPDX-License-Identifier: Apache-2.0
 * A running server under the load of many stations: people come to one after the other, are measured, judged, signed for
 * and given their letter, by the app's own calls, and come back. With no arguments the generator's own parts are tested;
 *
 *     serve_load play PROGRAM FOLDER SECONDS VISITS_A_SECOND PEOPLE STATIONS [SYNCS]
 *
 * makes a site in FOLDER, serves it and plays; SYNCS is the file in which tests/support/preload/syncs.c counts. It prints
 * errors, times of each call, memory by the minute, CPU and syncs of a visit; the status is 1 where there was an error. */
#include <math.h>
#include <sys/mman.h>

#include "json/json.h"
#include "load_http.h"
#include "load_proc.h"
#include "load_site.h"

enum {
    STATIONS_MAX = 240, /* sessions of a site: 256 */
    CALLS_MAX = 40,
    FAULTS_MAX = 24,
    ROWS_MAX = 400,
    REQUEST_BYTES_MAX = 16 << 10,
    EVENTS_MAX = 64,
    SAMPLES_FIRST = 1 << 12,
    FLAT_FROM_S = 300, /* memory has settled by then */
};

/* A visit takes so much of the time until its station is wanted again. */
#define BUSY_PART 0.7

struct call_times {
    const char *name;
    float *seconds;
    size_t count, room;
};

struct station {
    struct load *load;
    size_t kind;
    struct line line;
    char cookie[200], token[120], person[80], html[120], pdf[120];
    bool is_busy, is_asked, has_alarm;
    struct plan_person *who;
    size_t step;
    double due_s; /* of the next step */
};

/* People who wait for a kind of station. */
struct queue {
    size_t *at, first, count;
};

struct fault {
    char what[160];
    size_t count;
};

struct row { /* figures of an interval */
    double at_s, p50_s, p99_s;
    size_t visits, late;
    struct proc_use use;
};

struct load {
    struct load_server server;
    int epoll;
    struct plan_person *people;
    size_t people_count, station_count, call_count, fault_kinds, row_count;
    struct station stations[STATIONS_MAX];
    struct queue queues[PLAN_KINDS]; /* of the first: who was never here */
    size_t *resting, resting_count;  /* who was here, and may come back */
    struct call_times calls[CALLS_MAX];
    struct fault faults[FAULTS_MAX];
    struct row rows[ROWS_MAX];
    size_t visits, late, faults_all, next_kind, wanted[PLAN_KINDS];
    double rate, seconds, began_s, next_visit_s;
    struct call_times interval; /* of all calls since the last row */
    uint64_t random;
    struct arena *mem;
    volatile uint64_t *syncs; /* NULL: nobody counts */
};

static double random_part(struct load *load) { return (double)(t_random(&load->random) >> 11) * 0x1p-53; }

/* --- times -------------------------------------------------------------------------------------------------------- */

static void times_add(struct call_times *times, double seconds)
{
    if (times->count == times->room) {
        times->room = times->room == 0 ? SAMPLES_FIRST : times->room * 2;
        times->seconds = realloc(times->seconds, times->room * sizeof *times->seconds);
        if (times->seconds == NULL) abort();
    }
    times->seconds[times->count++] = (float)seconds;
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* The value that `part` of them do not exceed; sorts them. */
static double times_part(struct call_times *times, double part)
{
    if (times->count == 0) return 0;
    qsort(times->seconds, times->count, sizeof *times->seconds, by_size);
    size_t at = (size_t)ceil(part * (double)times->count);
    return (double)times->seconds[at == 0 ? 0 : at - 1];
}

static struct call_times *times_of(struct load *load, const char *name)
{
    size_t at = 0;
    while (at < load->call_count && strcmp(load->calls[at].name, name) != 0) at++;
    if (at == CALLS_MAX) abort();
    if (at == load->call_count) load->calls[load->call_count++].name = name;
    return &load->calls[at];
}

static void add_fault(struct load *load, const char *call, int status, struct str code, struct str why)
{
    char what[sizeof load->faults[0].what];
    size_t at = 0;
    (void)snprintf(what, sizeof what, "%s: %d %.*s %.*s", call, status, STR_ARGS(code), STR_ARGS(why));
    load->faults_all++;
    while (at < load->fault_kinds && strcmp(load->faults[at].what, what) != 0) at++;
    if (at == FAULTS_MAX) return;
    if (at == load->fault_kinds) memcpy(load->faults[load->fault_kinds++].what, what, sizeof what);
    load->faults[at].count++;
}

/* --- queues ------------------------------------------------------------------------------------------------------- */

static void queue_put(struct load *load, size_t kind, size_t person)
{
    struct queue *queue = &load->queues[kind];
    queue->at[(queue->first + queue->count++) % load->people_count] = person;
}

static bool queue_take(struct load *load, size_t kind, size_t *person)
{
    struct queue *queue = &load->queues[kind];
    if (queue->count == 0) return false;
    *person = queue->at[queue->first];
    queue->first = (queue->first + 1) % load->people_count;
    queue->count--;
    return true;
}

/* Who comes to that kind of station. To the first come as many who were here before as new ones, each of them twice, so
 * that records are as large after an hour as after five minutes; where nobody new is left, again and again. */
static bool comes(struct load *load, size_t kind, size_t *person)
{
    bool is_back =
        kind == 0 && load->resting_count > 0 && (t_random(&load->random) % 2 == 0 || load->queues[0].count == 0);
    if (!is_back) return queue_take(load, kind, person);
    size_t at = (size_t)(t_random(&load->random) % load->resting_count);
    *person = load->resting[at];
    load->resting[at] = load->resting[--load->resting_count];
    return true;
}

/* --- one call ----------------------------------------------------------------------------------------------------- */

/* What a browser sends. */
static struct str request_of(struct station *s, const char *call, struct str body)
{
    struct load *load = s->load;
    struct buf out;
    buf_init(&out, load->mem, REQUEST_BYTES_MAX);
    bool is_page = str_starts(str_of(call), STR("GET "));
    if (is_page)
        buf_addf(&out, "GET %s HTTP/1.1\r\n", strcmp(call, "GET pdf") == 0 ? s->pdf : s->html);
    else
        buf_addf(&out,
                 "POST /call/%s HTTP/1.1\r\nOrigin: http://%s\r\nContent-Type: application/json\r\n"
                 "Content-Length: %zu\r\n",
                 call, load->server.host, body.len);
    buf_addf(&out, "Host: %s\r\nAccept: */*\r\nAccept-Language: en\r\nSec-Fetch-Site: same-origin\r\n",
             load->server.host);
    if (s->cookie[0] != '\0') buf_addf(&out, "Cookie: %s\r\n", s->cookie);
    if (s->token[0] != '\0' && !is_page) buf_addf(&out, "X-Salve-Token: %s\r\n", s->token);
    buf_add(&out, STR("\r\n"));
    if (!is_page) buf_add(&out, body);
    return buf_str(&out);
}

static void keep(struct str text, char *to, size_t size)
{
    if (text.ptr != NULL) (void)snprintf(to, size, "%.*s", STR_ARGS(text));
}

/* Whether an answer tells of something urgent that waits for an outcome. */
static bool is_urgent(struct str body)
{
    return str_find(body, STR("\"urgent\":[{")) >= 0 || str_find(body, STR("\"alarms\":[{")) >= 0;
}

static void take_answer(struct station *s, const char *call, const struct line_answer *answer)
{
    struct str body = answer->body, state = line_text(body, "state");
    bool is_stored = strcmp(call, "measure") != 0 || str_is(state, "stored");
    if (answer->status != 200 || !is_stored)
        add_fault(s->load, call, answer->status, answer->status == 200 ? state : line_text(body, "code"),
                  line_text(body, answer->status == 200 ? "word" : "why"));
    keep(line_cookie(answer->head), s->cookie, sizeof s->cookie);
    keep(line_text(body, "token"), s->token, sizeof s->token);
    if (strcmp(call, "open") == 0) keep(line_text(body, "person"), s->person, sizeof s->person);
    if (strcmp(call, "letter") == 0) {
        keep(line_text(body, "html"), s->html, sizeof s->html);
        keep(line_text(body, "pdf"), s->pdf, sizeof s->pdf);
    }
    if (is_urgent(body)) s->has_alarm = true;
}

static bool ask(struct station *s, const char *call, struct str body)
{
    struct arena_mark mark = arena_mark(s->load->mem);
    bool is = line_ask(&s->line, s->load->server.port, s->load->epoll, request_of(s, call, body), s);
    arena_rewind(s->load->mem, mark);
    if (!is) add_fault(s->load, call, 0, STR("no connection"), STR(""));
    return is;
}

/* One call, waited for: before the load begins. */
static bool ask_and_wait(struct station *s, const char *call, struct str body)
{
    struct line_answer answer;
    struct epoll_event unused;
    if (!ask(s, call, body)) return false;
    do
        if (epoll_wait(s->load->epoll, &unused, 1, 30000) != 1) return false;
    while (!line_hear(&s->line, &answer));
    take_answer(s, call, &answer);
    return answer.status == 200;
}

/* --- visits ------------------------------------------------------------------------------------------------------- */

static const struct plan_step *step_of(const struct station *s) { return &plan_kinds[s->kind].steps[s->step]; }

/* Steps of a visit lie apart as evenly as people are. */
static double pause_of(struct load *load, const struct station *s)
{
    double of_visit = BUSY_PART * (double)load->station_count / load->rate;
    return of_visit / (double)plan_steps(plan_kinds[s->kind].steps) * (0.5 + random_part(load));
}

static void leave(struct station *s)
{
    struct load *load = s->load;
    s->who->visits++;
    load->visits++;
    s->is_busy = false;
    size_t person = (size_t)(s->who - load->people);
    bool was_here_twice = s->who->visits >= 2 * PLAN_KINDS;
    if (s->kind + 1 < PLAN_KINDS)
        queue_put(load, s->kind + 1, person);
    else if (!was_here_twice || load->queues[0].count == 0)
        load->resting[load->resting_count++] = person;
}

/* The next step that is to be taken; behind the last the person leaves. */
static void next_step(struct station *s)
{
    do s->step++;
    while (step_of(s)->call != NULL && step_of(s)->when == PLAN_IF_ALARM && !s->has_alarm);
    if (step_of(s)->call == NULL) return leave(s);
    s->due_s = load_now_s() + pause_of(s->load, s);
}

static void take_step(struct station *s)
{
    struct load *load = s->load;
    struct buf body;
    struct arena_mark mark = arena_mark(load->mem);
    buf_init(&body, load->mem, REQUEST_BYTES_MAX / 2);
    plan_body_of(step_of(s)->body, s->who, s->person, &load->random, &body);
    s->is_asked = ask(s, step_of(s)->call, buf_str(&body));
    if (!s->is_asked) next_step(s);
    arena_rewind(load->mem, mark);
}

static void hear(struct station *s)
{
    struct line_answer answer;
    if (!s->is_asked) return line_drop(&s->line); /* the server closes what asks nothing */
    if (!line_hear(&s->line, &answer)) return;
    const char *call = step_of(s)->call;
    s->is_asked = false;
    times_add(times_of(s->load, call), answer.seconds);
    times_add(&s->load->interval, answer.seconds);
    take_answer(s, call, &answer);
    if (strcmp(call, "told") == 0 || strcmp(call, "not-told") == 0) s->has_alarm = strcmp(call, "told") == 0;
    next_step(s);
}

/* Somebody comes to a kind of station; who finds none free waits. */
static void arrive(struct load *load, double now_s)
{
    for (; load->next_visit_s <= now_s; load->next_visit_s += (0.5 + random_part(load)) / load->rate)
        load->wanted[load->next_kind++ % PLAN_KINDS]++;
    for (size_t i = 0; i < load->station_count; i++) {
        struct station *s = &load->stations[i];
        size_t person;
        if (s->is_busy || load->wanted[s->kind] == 0 || !comes(load, s->kind, &person)) continue;
        load->wanted[s->kind]--;
        s->is_busy = true;
        s->has_alarm = false;
        s->who = &load->people[person];
        s->step = 0;
        s->due_s = now_s;
    }
}

static void note_row(struct load *load, double now_s)
{
    struct row *row = &load->rows[load->row_count++];
    *row = (struct row){.at_s = now_s - load->began_s, .visits = load->visits};
    for (size_t kind = 0; kind < PLAN_KINDS; kind++) row->late += load->wanted[kind];
    row->p50_s = times_part(&load->interval, 0.5);
    row->p99_s = times_part(&load->interval, 0.99);
    load->interval.count = 0;
    proc_look(load->server.pid, &row->use);
    printf("%6.0f s %7zu visits, %3zu wait  p50 %6.1f ms  p99 %6.1f ms  PSS", row->at_s, row->visits, row->late,
           row->p50_s * 1e3, row->p99_s * 1e3);
    for (int i = 0; i < PROCS; i++) printf(" %s %.1f", proc_names[i], row->use.pss_mb[i]);
    printf(" MB\n");
    (void)fflush(stdout);
}

static double step_all(struct load *load, double now_s, bool is_over)
{
    double next_s = now_s + 0.05;
    for (size_t i = 0; i < load->station_count; i++) {
        struct station *s = &load->stations[i];
        if (!s->is_busy || s->is_asked) continue;
        if (s->due_s <= now_s) take_step(s);
        if (is_over && s->is_busy && !s->is_asked) s->due_s = now_s; /* who is here is seen to, without pauses */
        if (s->is_busy && !s->is_asked && s->due_s < next_s) next_s = s->due_s;
    }
    return next_s;
}

static bool is_anybody_here(const struct load *load)
{
    for (size_t i = 0; i < load->station_count; i++)
        if (load->stations[i].is_busy) return true;
    return false;
}

static void play(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];
    double every_s = load->seconds < 120 ? load->seconds / 4 : 60, row_s = load->began_s + every_s;
    double until_s = load->began_s + load->seconds, patience_s = until_s + 30;
    for (double now_s = load->began_s; now_s < until_s || is_anybody_here(load);) {
        bool is_over = now_s >= until_s;
        if (!is_over) arrive(load, now_s);
        double next_s = step_all(load, now_s, is_over);
        int wait_ms = (int)ceil((next_s - load_now_s()) * 1e3);
        int count = epoll_wait(load->epoll, events, EVENTS_MAX, wait_ms < 0 ? 0 : wait_ms);
        for (int i = 0; i < count; i++) hear(events[i].data.ptr);
        now_s = load_now_s();
        if (now_s > patience_s) return add_fault(load, "the end", 0, STR("somebody gets no answer"), STR(""));
        if (now_s < row_s || load->row_count == ROWS_MAX) continue;
        note_row(load, now_s);
        row_s += every_s;
    }
}

/* --- before ------------------------------------------------------------------------------------------------------- */

static bool log_in(struct load *load)
{
    size_t numbers[PLAN_KINDS] = {0};
    bool is = true;
    for (size_t i = 0; is && i < load->station_count; i++) {
        struct station *s = &load->stations[i];
        char name[40], body[120];
        *s = (struct station){.load = load, .kind = i % PLAN_KINDS, .line = {.fd = -1}};
        load_member(s->kind, numbers[s->kind]++, name);
        (void)snprintf(body, sizeof body, "{\"name\":\"%s\",\"secret\":\"246802\"}", name);
        is = ask_and_wait(s, "login", str_of(body)) && ask_and_wait(s, "ranges", STR("{}"));
    }
    return is;
}

/* As many as there are stations are somewhere in the round; the others were never here. */
static void line_up(struct load *load)
{
    load->resting = calloc(load->people_count, sizeof(size_t));
    if (load->resting == NULL) abort();
    for (size_t kind = 0; kind < PLAN_KINDS; kind++)
        if ((load->queues[kind].at = calloc(load->people_count, sizeof(size_t))) == NULL) abort();
    for (size_t i = 0; i < load->people_count; i++) queue_put(load, i < load->station_count ? i % PLAN_KINDS : 0, i);
}

/* --- after -------------------------------------------------------------------------------------------------------- */

static void tell_calls(struct load *load)
{
    printf("%-12s %8s %9s %9s %9s\n", "call", "answers", "p50 ms", "p99 ms", "max ms");
    for (size_t i = 0; i < load->call_count; i++) {
        struct call_times *times = &load->calls[i];
        if (times->count == 0) continue;
        printf("%-12s %8zu %9.1f %9.1f %9.1f\n", times->name, times->count, times_part(times, 0.5) * 1e3,
               times_part(times, 0.99) * 1e3, times_part(times, 1) * 1e3);
    }
}

static size_t answers_of(const struct load *load)
{
    size_t sum = 0;
    for (size_t i = 0; i < load->call_count; i++) sum += load->calls[i].count;
    return sum;
}

static double worst_p99_s(struct load *load)
{
    double worst = 0;
    for (size_t i = 0; i < load->call_count; i++) {
        double one = times_part(&load->calls[i], 0.99);
        worst = one > worst ? one : worst;
    }
    return worst;
}

static void tell_cpu(const struct load *load, const struct proc_use *before, const struct proc_use *after,
                     double took_s)
{
    double sum = 0;
    printf("CPU a visit:");
    for (int i = 0; i < PROCS; i++) {
        double one = (after->cpu_s[i] - before->cpu_s[i]) / (double)load->visits;
        sum += one;
        printf(" %s %.1f ms", proc_names[i], one * 1e3);
    }
    printf("; all %.1f ms, %.2f of a processor; this generator %.2f\n", sum * 1e3, sum * (double)load->visits / took_s,
           cpu_s(getpid()) / took_s);
}

/* Memory in the fifth minute and at the end, where it was played so long. */
static bool tell_memory(struct load *load)
{
    const struct row *from = NULL, *to = load->row_count == 0 ? NULL : &load->rows[load->row_count - 1];
    for (size_t i = 0; i < load->row_count && from == NULL; i++)
        if (load->rows[i].at_s >= FLAT_FROM_S) from = &load->rows[i];
    if (from == NULL || to == NULL || to->at_s < 2 * FLAT_FROM_S - 60) return true;
    double a = proc_pss_mb(&from->use), b = proc_pss_mb(&to->use);
    printf("PSS of all: %.1f MB at %.0f s, %.1f MB at %.0f s, %+.1f %%; aim: at most 5 %% more\n", a, from->at_s, b,
           to->at_s, (b / a - 1) * 100);
    return b <= a * 1.05;
}

static int tell(struct load *load, const struct proc_use *before, double took_s, uint64_t syncs)
{
    struct proc_use after;
    proc_look(load->server.pid, &after);
    int status = load_end(&load->server);
    printf("%zu visits of %zu people at %zu stations in %.0f s, %.1f a second (aim %.1f); %zu answers, %zu errors\n",
           load->visits, load->people_count, load->station_count, took_s, (double)load->visits / took_s, load->rate,
           answers_of(load), load->faults_all);
    tell_calls(load);
    if (load->visits > 0) tell_cpu(load, before, &after, took_s);
    if (load->syncs != NULL && load->visits > 0)
        printf("syncs: %llu, %.2f a visit, %.1f a second\n", (unsigned long long)syncs,
               (double)syncs / (double)load->visits, (double)syncs / took_s);
    bool is_flat = tell_memory(load);
    printf("worst p99 of a call: %.1f ms; aim: under 100 ms\n", worst_p99_s(load) * 1e3);
    for (size_t i = 0; i < load->fault_kinds; i++)
        printf("FAULT %zu times: %s\n", load->faults[i].count, load->faults[i].what);
    for (int i = 0; i < PROCS; i++)
        if (after.pid[i] != before->pid[i]) printf("FAULT another process is %s\n", proc_names[i]), status = 1;
    if (!is_flat) printf("FAULT memory grows\n");
    if (status != 0) printf("FAULT it ended with %d\n", status);
    return status == 0 && is_flat && load->faults_all == 0 && load->visits > 0 ? 0 : 1;
}

static bool read_numbers(char **argv, struct load *load)
{
    int64_t people = 0, stations = 0;
    bool is = str_to_double(str_of(argv[0]), &load->seconds) && str_to_double(str_of(argv[1]), &load->rate) &&
              str_to_i64(str_of(argv[2]), &people) && str_to_i64(str_of(argv[3]), &stations);
    load->people_count = (size_t)people;
    load->station_count = (size_t)stations;
    return is && load->seconds > 0 && load->rate > 0 && people >= PLAN_KINDS && people <= 1000000 &&
           stations >= PLAN_KINDS && stations <= STATIONS_MAX && stations % PLAN_KINDS == 0;
}

static volatile uint64_t *counter(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(uint64_t)) != 0) return NULL;
    void *at = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    return at == MAP_FAILED ? NULL : at;
}

static int play_all(char **argv, const char *syncs)
{
    static struct load all;
    struct load *load = &all;
    struct proc_use before;
    if (!read_numbers(argv + 2, load)) return 2;
    load->random = 11;
    load->mem = arena_open_private((size_t)64 << 20);
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->people = calloc(load->people_count, sizeof *load->people);
    if (load->people == NULL || load->mem == NULL || load->epoll < 0) abort();
    t_must(crypto_init(&err));
    load_site_make(argv[1], load->people, load->people_count, load->station_count / PLAN_KINDS);
    if (syncs != NULL) load->syncs = counter(syncs);
    if (!load_serve(argv[0], argv[1], &load->server) || !log_in(load)) {
        printf("FAULT it does not come up, or does not let in\n");
        return 1;
    }
    printf("serves as %d: %zu stations\n", (int)load->server.pid, load->station_count);
    line_up(load);
    proc_look(load->server.pid, &before);
    uint64_t synced = load->syncs == NULL ? 0 : *load->syncs;
    load->began_s = load->next_visit_s = load_now_s();
    play(load);
    double took_s = load_now_s() - load->began_s;
    printf("nobody is open any more:\n");
    note_row(load, load_now_s());
    load->row_count--; /* told, and not compared */
    return tell(load, &before, took_s, load->syncs == NULL ? 0 : *load->syncs - synced);
}

/* --- the generator itself ----------------------------------------------------------------------------------------- */

static void parts_are_found(void **state)
{
    (void)state;
    struct call_times times = {.name = "x"};
    for (int i = 100; i > 0; i--) times_add(&times, i);
    assert_true(times_part(&times, 0.5) == 50 && times_part(&times, 0.99) == 99 && times_part(&times, 1) == 100);
    free(times.seconds);
    times = (struct call_times){.name = "none"};
    assert_true(times_part(&times, 0.99) == 0);
}

static void bodies_are_json_with_numbers_that_can_be(void **state)
{
    (void)state;
    uint64_t random = 3;
    struct arena *mem = arena_open((size_t)1 << 20);
    for (size_t kind = 0; kind < PLAN_KINDS; kind++)
        for (const struct plan_step *step = plan_kinds[kind].steps; step->call != NULL; step++) {
            const struct plan_person person = {.card = "7QK4-M2ZP", .seed = random};
            const struct json *json = NULL;
            struct buf out;
            buf_init(&out, mem, 8000);
            plan_body_of(step->body, &person, "handle", &random, &out);
            assert_true(str_find(buf_str(&out), STR("%")) < 0 || str_find(buf_str(&out), STR("%\"")) >= 0);
            if (step->body[0] != '\0') assert_ok(json_read(buf_str(&out), NULL, mem, &json, NULL));
        }
    arena_close(mem);
}

static void who_waits_comes_in_order(void **state)
{
    (void)state;
    static struct load load;
    size_t person = 9;
    load.people_count = load.station_count = 7;
    line_up(&load);
    assert_true(queue_take(&load, 1, &person));
    assert_int_equal(person, 1);
    queue_put(&load, 1, 1);
    assert_true(queue_take(&load, 1, &person));
    assert_int_equal(person, 6);
    assert_true(queue_take(&load, 1, &person));
    assert_int_equal(person, 1);
    assert_false(queue_take(&load, 1, &person));
    load.resting[load.resting_count++] = 3; /* nobody new is left: who was here comes back */
    load.queues[0].count = 0;
    assert_true(comes(&load, 0, &person));
    assert_int_equal(person, 3);
    assert_false(comes(&load, 0, &person));
    for (size_t kind = 0; kind < PLAN_KINDS; kind++) free(load.queues[kind].at);
    free(load.resting);
}

static void answers_are_read(void **state)
{
    (void)state;
    struct str body = STR("{\"state\":\"stored\",\"alarms\":[],\"work\":{\"ticket\":null}}");
    assert_str(line_text(body, "state"), "stored");
    assert_true(line_text(body, "ticket").ptr == NULL);
    assert_false(is_urgent(body));
    assert_true(is_urgent(STR("{\"urgent\":[{\"item\":\"x\"}]}")));
    assert_str(line_cookie(STR("HTTP/1.1 200 OK\r\nSet-Cookie: sid=abc; HttpOnly\r\n\r\n")), "sid=abc");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_found),
        cmocka_unit_test(bodies_are_json_with_numbers_that_can_be),
        cmocka_unit_test(who_waits_comes_in_order),
        cmocka_unit_test(answers_are_read),
    };
    if (argc >= 8 && strcmp(argv[1], "play") == 0) return play_all(argv + 2, argc > 8 ? argv[8] : NULL);
    return t_run(tests);
}
