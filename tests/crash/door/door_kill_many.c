/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 of a gate while saves share commits. Stations at the other end of the door save for a person each, all at
 * once, again and again, and acknowledge what the gate answered; the process is killed just before its n-th system call
 * that changes a file, so also before, within and behind each sync that several wait for. Then everything that was
 * acknowledged is there; what was not is there or is not, for each station by itself; and verify finds nothing. */
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "door/door.h"
#include "t_kill_site.h"
#include "t_site.h"

enum { STATIONS = 5, SAVES = 4, POINTS_MIN = T_IS_SANITIZED ? 1 : 30 };

static struct t_site *base;
static struct str cards[STATIONS];
static char folder[520];

/* --- what is killed ----------------------------------------------------------------------------------------------- */

/* The gate is the thread whose calls are counted; the stations, and who waits for them, are others. */
struct gate {
    struct door_server *server;
    struct station *stations;
    int status;
    _Atomic bool is_over;
};

struct station {
    pthread_t thread;
    struct t_site *t;
    int fd;
    struct site *site;
    struct rec_view *view;
    struct arena *mem;
    int number, acks;
    bool is_good;
};

/* "saved <station> <how many>", in one write of a pipe: lines of several do not mix. */
static void *save(void *with)
{
    char line[32], kilograms[16];
    struct station *station = with;
    for (int i = 0; i < SAVES; i++) {
        struct str id;
        (void)snprintf(kilograms, sizeof kilograms, "%d", 60 + i);
        if (rec_new_id(station->view, station->mem, &id, NULL) != SALVE_OK) return NULL;
        struct tape tape = t_weight(station->t, station->view, id, kilograms);
        struct rec_item item = {.tape = &tape};
        if (rec_save(station->view, &item, 1, NULL, station->mem, NULL) != SALVE_OK) return NULL;
        int len = snprintf(line, sizeof line, "saved %d %d\n", station->number, i + 1);
        if (write(station->acks, line, (size_t)len) != len) return NULL;
    }
    station->is_good = true;
    return NULL;
}

static int open_line(struct gate *gate, struct station *station)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return 91;
    station->fd = ends[1];
    return door_server_add(gate->server, ends[0], DOOR_WEB, NULL) == SALVE_OK ? 0 : 92;
}

static int connect_one(struct station *station)
{
    const struct door_connect ask = {
        .fds = &station->fd, .fd_count = 1, .page_fd = -1, .clock = station->t->options.clock};
    return door_connect(&ask, &station->site, NULL) == SALVE_OK ? 0 : 93;
}

static int open_station(struct station *station, struct actor actor)
{
    struct rec_ask ask = {.actor = actor, .purpose = PURPOSE_CARE, .who = cards[station->number]};
    return rec_open(station->site, &ask, &station->view, NULL) == SALVE_OK ? 0 : 94;
}

static int run_stations(struct station *stations)
{
    struct session ben;
    for (int i = 0; i < STATIONS; i++) {
        int status = connect_one(&stations[i]);
        if (status == 0 && i == 0 &&
            session_begin(stations[0].site, T_ASSISTANT.id, T_PIN, stations[0].mem, &ben, NULL) != SALVE_OK)
            return 95;
        if (status == 0) status = open_station(&stations[i], ben.actor);
        if (status != 0) return status;
    }
    for (int i = 0; i < STATIONS; i++)
        if (pthread_create(&stations[i].thread, NULL, save, &stations[i]) != 0) return 96;
    for (int i = 0; i < STATIONS; i++) (void)pthread_join(stations[i].thread, NULL);
    for (int i = 0; i < STATIONS; i++) {
        if (!stations[i].is_good || rec_close(&stations[i].view, NULL) != SALVE_OK) return 97;
        (void)!site_close(&stations[i].site, NULL);
    }
    return 0;
}

static void *ask_all(void *with)
{
    struct gate *gate = with;
    gate->status = run_stations(gate->stations);
    atomic_store(&gate->is_over, true);
    return NULL;
}

static int work(int acks, void *with)
{
    struct t_site *t = with;
    struct t_site own[STATIONS];
    struct station stations[STATIONS];
    struct gate gate = {.stations = stations};
    pthread_t thread;
    int status = 0;
    if (site_open(&t->options, &t->site, NULL) != SALVE_OK) return 98;
    const struct door_serve_ask ask = {.site = t->site};
    if (door_server_open(&ask, &gate.server, NULL) != SALVE_OK) return 99;
    for (int i = 0; i < STATIONS && status == 0; i++) { /* tapes of each in an arena of its own */
        own[i] = *t;
        own[i].mem = arena_open((size_t)64 << 20);
        stations[i] = (struct station){.t = &own[i], .mem = own[i].mem, .number = i, .acks = acks};
        status = open_line(&gate, &stations[i]);
    }
    if (status != 0 || pthread_create(&thread, NULL, ask_all, &gate) != 0) return 100;
    while (!atomic_load(&gate.is_over))
        if (door_server_step(gate.server, 5, NULL) != SALVE_OK) return 90;
    (void)pthread_join(thread, NULL);
    door_server_close(&gate.server);
    return site_close(&t->site, NULL) == SALVE_OK ? gate.status : 101;
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

/* How many saves of a station were acknowledged. */
static int told(const struct t_kill *job, int station)
{
    char line[32];
    int most = 0;
    for (int i = 1; i <= SAVES; i++) {
        size_t len = (size_t)snprintf(line, sizeof line, "saved %d %d\n", station, i);
        for (size_t at = 0; at + len <= job->acks_len; at++)
            if (memcmp(job->acks + at, line, len) == 0) most = i;
    }
    return most;
}

static int count_of(struct t_site *t, struct str card)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    t_must(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, &err));
    t_close_view(&view);
    return (int)count;
}

static void check_after(struct t_site *t, const struct t_kill *job)
{
    struct site_verify_result result;
    struct site_verify_ask verify = {.actor = T_TECHNICIAN};
    t_site_open(t);
    bool good = job->killed || job->status == 0;
    for (int i = 0; i < STATIONS && good; i++) {
        int there = count_of(t, cards[i]), acknowledged = told(job, i);
        good = (there == acknowledged || there == acknowledged + 1) && (job->killed || there == SAVES);
        if (!good)
            t_fail("kill many", "before call %llu: station %d: %d told, %d there", (unsigned long long)job->nth, i,
                   acknowledged, there);
    }
    if (good && site_verify(t->site, &verify, &result, NULL) == SALVE_OK)
        t_pass();
    else
        t_fail("kill many", "before call %llu: status %d, or verify", (unsigned long long)job->nth, job->status);
    t_site_close(t);
}

static int run_one(struct t_kill *job, uint64_t nth)
{
    struct t_site run;
    int code = t_kill_copy(base, folder, work, nth, job, &run);
    if (code == 0) check_after(&run, job);
    arena_close(run.mem);
    return code;
}

int main(void)
{
    static struct t_kill job;
    time_t end = time(NULL) + (t_is_all() ? 600 : 4);
    base = t_site_make("door-kill", false);
    for (int i = 0; i < STATIONS; i++) {
        cards[i] = t_enrol(base, "Haddad", "1980-01-01").card;
        t_give(base, cards[i], PURPOSE_CARE);
    }
    t_site_close(base);
    (void)snprintf(folder, sizeof folder, "%s-run", base->folder);
    if (run_one(&job, 0) != 0) {
        t_skipped(1);
        t_site_drop(base);
        return t_end();
    }
    uint64_t calls = job.calls, tried = 0, step = t_is_all() ? 1 : 7;
    for (uint64_t from = 1; from <= step; from++)
        for (uint64_t nth = from; nth <= calls && (tried < POINTS_MIN || time(NULL) < end); nth += step, tried++)
            run_one(&job, nth);
    printf("%llu points of a run of about %llu calls\n", (unsigned long long)tried, (unsigned long long)calls);
    t_remove(folder);
    t_site_drop(base);
    return t_end();
}
