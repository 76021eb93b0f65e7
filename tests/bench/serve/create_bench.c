/* SPDX-License-Identifier: Apache-2.0
 * Creates over the API with all guidelines accepted, in a view of both ends of a door: CPU of a create, web's and the
 * gate's end together, where the record has so many Observations. create_bench HELD CREATES */
#define T_SITE_FAR
#include "../../unit/api/api_world.h"
#include "t_bench.h"

enum { CREATES_MAX = 2000, BUNDLE_MAX = 100 };

static const struct {
    const char *code, *unit;
} kinds[] = {{"8480-6", "mm[Hg]"}, {"8462-4", "mm[Hg]"}, {"29463-7", "kg"}, {"8302-2", "cm"},  {"8867-4", "/min"},
             {"9279-1", "/min"},   {"8310-5", "Cel"},    {"59408-5", "%"},  {"56086-2", "cm"}, {"39156-5", "kg/m2"}};

/* A vital sign of its own minute, of years ago, as tests/bench/api/api.mjs makes them. */
static void add_observation(struct buf *out, struct str patient, unsigned number)
{
    unsigned day = number / 1440, minute = number % 1440;
    char text[900];
    (void)snprintf(
        text, sizeof text,
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/%.*s\"},"
        "\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\","
        "\"code\":\"vital-signs\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%s\"}]},"
        "\"effectiveDateTime\":\"2024-01-%02uT%02u:%02u:00Z\",\"valueQuantity\":{\"value\":%u,\"unit\":\"1\","
        "\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"}}",
        STR_ARGS(patient), kinds[number % 10].code, 1 + day, minute / 60, minute % 60, 60 + number % 20,
        kinds[number % 10].unit);
    buf_add(out, str_of(text));
}

static struct answer post(struct api_world *world, const char *path, struct buf *body)
{
    buf_add_char(body, '\0');
    return api_send(world, &(struct api_ask){.method = HTTP_POST,
                                             .path = path,
                                             .body = buf_str(body).ptr,
                                             .token = world->token,
                                             .lines = {"Content-Type", "application/fhir+json"}});
}

static void fill(struct api_world *world, struct str patient, unsigned from, unsigned count)
{
    struct buf body;
    buf_init(&body, world->pages->w.t->mem, 1 << 20);
    buf_add(&body, STR("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["));
    for (unsigned i = 0; i < count; i++) {
        buf_add(&body, i == 0 ? STR("{\"resource\":") : STR(",{\"resource\":"));
        add_observation(&body, patient, from + i);
        buf_add(&body, STR(",\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}}"));
    }
    buf_add(&body, STR("]}"));
    assert_status(post(world, "/fhir", &body), 200);
}

static void accept_all(struct api_world *world)
{
    struct visit visit = world->pages->w.visit;
    for (size_t i = 0; i < visit.content->guideline_count; i++) {
        const struct guideline *unused = NULL;
        visit.actor = T_CLINICIAN;
        (void)!visit_accept(&visit, guideline_info(visit.content->guidelines[i])->id, NULL, 0, &unused, NULL);
    }
}

/* A function of its own, so that a profile may begin here. */
__attribute__((noinline, noclone)) static void creates_of(struct api_world *world, struct str patient, unsigned held,
                                                          unsigned count, double *times)
{
    for (unsigned i = 0; i < count; i++) {
        struct buf body;
        buf_init(&body, world->pages->w.t->mem, 1 << 20);
        add_observation(&body, patient, held + i);
        double before = t_cpu_ms();
        struct answer answer = post(world, "/fhir/Observation", &body);
        times[i] = t_cpu_ms() - before;
        assert_status(answer, 201);
    }
}

int main(int argc, char **argv)
{
    static double times[CREATES_MAX];
    int64_t held = 100, creates = 50;
    if (argc > 1 && (!str_to_i64(str_of(argv[1]), &held) || held < 0 || held > 20000)) return 2;
    if (argc > 2 && (!str_to_i64(str_of(argv[2]), &creates) || creates < 1 || creates > CREATES_MAX)) return 2;
    struct api_world *world = api_world_make("api-bench");
    accept_all(world);
    api_world_open(world, "dr-amina");
    struct answer found = api_get(world, "/Patient");
    struct str patient = text_of(found, "entry.0.resource.id");
    for (unsigned from = 0; from < (unsigned)held; from += BUNDLE_MAX)
        fill(world, patient, from, (unsigned)held - from < BUNDLE_MAX ? (unsigned)held - from : BUNDLE_MAX);
    creates_of(world, patient, (unsigned)held, (unsigned)creates, times);
    printf("create_ms\t%.3f\n", t_median(times, (size_t)creates));
    void *state = world;
    api_world_teardown(&state);
    return 0;
}
