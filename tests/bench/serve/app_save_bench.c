/* SPDX-License-Identifier: Apache-2.0
 * A save in the app until its findings are there: CPU of both ends of the door, for a person with their first 20
 * results and all guidelines accepted; and one answer of the open record. app_save_bench PEOPLE */
#define T_SITE_FAR
#include "../../unit/pages/pages_world.h"
#include "t_bench.h"

enum { PEOPLE_MAX = 1000 };

static const char results[] = "{'word':'bp','text':'138/86'},{'word':'bp','text':'134/84'},"
                              "{'word':'height','text':'168'},{'word':'weight','text':'82.5'},"
                              "{'word':'waist','text':'101'},{'word':'pulse','text':'72'},"
                              "{'word':'oxygen','text':'97'},{'word':'temperature','text':'36.8'},"
                              "{'word':'hba1c','text':'6.1%'},{'word':'glucose-random','text':'6.4'},"
                              "{'word':'creatinine','text':'88'},{'word':'cholesterol','text':'5.5'},"
                              "{'word':'hdl','text':'1.1'},{'word':'ldl','text':'3.4'},"
                              "{'word':'triglycerides','text':'2.1'},{'word':'haemoglobin','text':'131'},"
                              "{'word':'platelets','text':'231'},{'word':'alt','text':'38'},"
                              "{'word':'ast','text':'35'},{'word':'no-danger-signs','text':'yes'}";

static void one_person(struct browser *ben, unsigned number, double *save_ms, double *read_ms)
{
    char body[2000];
    struct str card = t_enrol(ben->world->w.t, "Adeyemi", "1950-01-01").card;
    t_give(ben->world->w.t, card, PURPOSE_CARE);
    assert_status(browser_open(ben, card), 200);
    (void)snprintf(body, sizeof body, "{'person':'%%P','key':'0b6d1c2e-7f1a-4c3d-9e21-5a8f00c4%04x','readings':[%s]}",
                   number, results);
    double before = t_cpu_ms();
    struct answer answer = call(ben, "measure", body);
    *save_ms = t_cpu_ms() - before;
    assert_str(text_of(answer, "state"), "stored");
    before = t_cpu_ms();
    assert_status(call(ben, "person", "{'person':'%P'}"), 200);
    *read_ms = t_cpu_ms() - before;
    (void)call(ben, "not-told", "{'person':'%P','why':'left'}");
    assert_status(call(ben, "close", "{'person':'%P'}"), 200);
}

int main(int argc, char **argv)
{
    static double saves[PEOPLE_MAX], reads[PEOPLE_MAX];
    int64_t people = 50;
    if (argc > 1 && (!str_to_i64(str_of(argv[1]), &people) || people < 1 || people > PEOPLE_MAX)) return 2;
    struct pages_world *world = pages_world_make("pages-bench", true);
    struct visit visit = world->w.visit;
    for (size_t i = 0; i < visit.content->guideline_count; i++) {
        const struct guideline *unused = NULL;
        visit.actor = T_CLINICIAN;
        (void)!visit_accept(&visit, guideline_info(visit.content->guidelines[i])->id, NULL, 0, &unused, NULL);
    }
    struct browser ben = browser_login(world, STR("nurse-ben"));
    double unused = 0;
    one_person(&ben, PEOPLE_MAX, &unused, &unused);
    for (unsigned i = 0; i < (unsigned)people; i++) one_person(&ben, i, &saves[i], &reads[i]);
    printf("save_ms\t%.2f\nread_ms\t%.2f\n", t_median(saves, (size_t)people), t_median(reads, (size_t)people));
    pages_world_drop(world);
    return 0;
}
