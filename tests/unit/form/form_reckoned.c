/* SPDX-License-Identifier: Apache-2.0
 * What a form makes of answers: what is asked, reckoned, at fault. */
#include "form_case.h"

#define EVERY "tests/unit/form/questionnaires/every-kind.json"

struct row {
    const char *answers, *said, *faults;
};

static void check_rows(const struct form *form, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *mem = arena_open(32 << 20);
        struct form_reckoned got = reckon(mem, form, rows[i].answers);
        struct str is = said(mem, &got), wrong = faults(mem, &got);
        if (!str_is(is, rows[i].said) || !str_is(wrong, rows[i].faults))
            fail_msg("row %zu: %.*s | %.*s", i, STR_ARGS(is), STR_ARGS(wrong));
        arena_close(mem);
    }
}

static void every_kind_is_read_reckoned_and_checked(void **state)
{
    static const struct row rows[] = {
        {"[]", "", ""},
        {"[{'link':'weight','values':['72.5']},{'link':'height','values':['170']}]",
         "weight=72.5 kg;height=170 cm;bmi=25.1;", ""},
        {"[{'link':'weight','values':['160 [lb_av]']}]", "weight=160 [lb_av];", ""},
        {"[{'link':'weight','values':['4 [lb_av]']}]", "weight=4 [lb_av];", "body:check;weight:range;"},
        {"[{'link':'weight','values':['72.55']}]", "", "weight:form;"},
        {"[{'link':'weight','values':['72 [stone_av]']}]", "", "weight:unit;"},
        {"[{'link':'weight','values':['1e3']},{'link':'cigarettes','values':['1.5']},{'link':'m1','values':['LA9']}]",
         "", "weight:form;m1:option;cigarettes:form;"},
        {"[{'link':'sex','values':['male']},{'link':'pregnant','values':['true']}]", "sex=male;", ""},
        {"[{'link':'sex','values':['female']},{'link':'pregnant','values':['true']}]", "sex=female;pregnant=true;", ""},
        {"[{'link':'m1','values':['LA6570-1']},{'link':'m2','values':['LA6569-3']},{'link':'more','values':['x']}]",
         "m1=LA6570-1;m2=LA6569-3;total=3;more=x;", ""},
        {"[{'link':'m1','values':['LA6570-1']},{'link':'more','values':['x']}]", "m1=LA6570-1;total=2;", ""},
        {"[{'link':'total','values':['27']}]", "", ""}, /* what the page reckoned is not taken */
        {"[{'link':'signs','values':['LA1','LA2']},{'link':'years','values':['3']}]", "signs=LA1;signs=LA2;years=3;",
         ""},
        {"[{'link':'signs','values':['LA1','LA3']}]", "signs=LA1;signs=LA3;", "signs:option;"},
        {"[{'link':'signs','values':['LA1','LA1']}]", "signs=LA1;signs=LA1;", "signs:option;"},
        {"[{'link':'years','values':['3']}]", "", ""},
        {"[{'link':'cigarettes','values':['0']},{'link':'years','values':['3']}]", "cigarettes=0;", ""},
        {"[{'link':'cigarettes','values':['101']}]", "cigarettes=101;", "cigarettes:range;"},
        {"[{'link':'name','in':[0],'values':['a']},{'link':'dose','in':[0],'values':['0.1']},"
         "{'link':'times','in':[0],'values':['3']},{'link':'name','in':[1],'values':['b']},"
         "{'link':'dose','in':[1],'values':['500']},{'link':'times','in':[1],'values':['2']}]",
         "name.0=a;dose.0=0.1;times.0=3;daily.0=0.3;name.1=b;dose.1=500;times.1=2;daily.1=1000;doses=1000.3;", ""},
        {"[{'link':'dose','in':[0],'values':['1']}]", "dose.0=1;", "name:required;"},
        {"[{'link':'why','in':[0],'values':['x']},{'link':'name','in':[0],'values':['a']}]", "name.0=a;", ""},
        {"[{'link':'name','in':[5],'values':['a']}]", "", "name:many;"},
        {"[{'link':'name','values':['a']}]", "", "name:unknown;"},
        {"[{'link':'expiry','values':['2026-11-30']}]", "expiry=2026-11-30;", ""},
        {"[{'link':'expiry','values':['2026-11-29']}]", "expiry=2026-11-29;", "expiry:check;"},
        {"[{'link':'expiry','values':['2026-02-30']}]", "", "expiry:form;"},
        {"[{'link':'body','values':['1']},{'link':'zzz','values':['1']}]", "", "body:unknown;:unknown;"},
        {"[{'link':'cigarettes','values':['1']},{'link':'cigarettes','values':['2']}]", "cigarettes=1;cigarettes=2;",
         "cigarettes:many;cigarettes:many;"},
    };
    (void)state;
    struct arena *mem = arena_open(32 << 20);
    check_rows(form_file(mem, EVERY), rows, sizeof rows / sizeof *rows);
    arena_close(mem);
}

/* The operators of enableWhen, with one answer, none and several. */
static void each_operator_of_enable_when(void **state)
{
    static const struct {
        const char *operator, * answer, *given;
        bool is_asked;
    } rows[] = {
        {"exists", "'answerBoolean':true", "", false}, {"exists", "'answerBoolean':true", "'2'", true},
        {"exists", "'answerBoolean':false", "", true}, {"exists", "'answerBoolean':false", "'2'", false},
        {"=", "'answerInteger':2", "'2'", true},       {"=", "'answerInteger':2", "'3'", false},
        {"=", "'answerInteger':2", "", false},         {"!=", "'answerInteger':2", "'2'", false},
        {"!=", "'answerInteger':2", "'3'", true},      {"!=", "'answerInteger':2", "", true},
        {">", "'answerInteger':2", "'3'", true},       {">", "'answerInteger':2", "'2'", false},
        {">=", "'answerInteger':2", "'2'", true},      {"<", "'answerInteger':2", "'1'", true},
        {"<=", "'answerInteger':2", "'3'", false},     {"<", "'answerInteger':2", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *mem = arena_open(32 << 20);
        struct form *form = NULL;
        char items[500], answers[200];
        (void)snprintf(
            items, sizeof items,
            "{'linkId':'a','type':'integer','text':'?'},{'linkId':'b','type':'string','text':'?','enableWhen':"
            "[{'question':'a','operator':'%s',%s}]}",
            rows[i].operator, rows[i].answer);
        (void)snprintf(answers, sizeof answers, "[{'link':'a','values':[%s]},{'link':'b','values':['x']}]",
                       rows[i].given);
        assert_int_equal(form_of(mem, items, &form, NULL), SALVE_OK);
        struct form_reckoned got = reckon(mem, form, answers);
        if ((got.unasked_count == 0) != rows[i].is_asked) fail_msg("row %zu", i);
        arena_close(mem);
    }
}

/* A chain: what is hidden hides what rests on it, in whatever order the form has them. */
static void what_is_not_asked_is_no_answer_to_others(void **state)
{
    (void)state;
    struct arena *mem = arena_open(32 << 20);
    struct form *form = NULL;
    assert_int_equal(
        form_of(mem,
                "{'linkId':'c','type':'integer','text':'?','enableWhen':[{'question':'b','operator':'exists',"
                "'answerBoolean':true}]},{'linkId':'b','type':'integer','text':'?','enableWhen':[{'question':'a',"
                "'operator':'=','answerBoolean':true}]},"
                "{'linkId':'a','type':'boolean','text':'?'}",
                &form, NULL),
        SALVE_OK);
    struct form_reckoned yes =
        reckon(mem, form, "[{'link':'a','values':['true']},{'link':'b','values':['1']},{'link':'c','values':['2']}]");
    struct form_reckoned no =
        reckon(mem, form, "[{'link':'a','values':['false']},{'link':'b','values':['1']},{'link':'c','values':['2']}]");
    assert_str(said(mem, &yes), "c=2;b=1;a=true;");
    assert_str(said(mem, &no), "a=false;");
    assert_int_equal(no.unasked_count, 2);
    arena_close(mem);
}

/* A program that takes too long gives nothing, and the form goes on. */
static void a_program_ends(void **state)
{
    (void)state;
    struct arena *mem = arena_open(64 << 20);
    struct form *form = NULL;
    char items[6000] =
        "{'linkId':'r','type':'group','repeats':true,'text':'?','item':[{'linkId':'a','type':'integer','text':'?'}]},";
    size_t used = strlen(items);
    (void)snprintf(
        items + used, sizeof items - used,
        "{'linkId':'c','type':'integer','text':'?','extension':[{'url':'http://hl7.org/fhir/uv/sdc/StructureDefinition/"
        "sdc-questionnaire-calculatedExpression','valueExpression':{'language':'text/fhirpath','expression':"
        "'%%resource.item.where(linkId = ~r~).item.select(%%resource.item.where(linkId = ~r~).item.select("
        "%%resource.item.where("
        "linkId = ~r~).item.answer.value)).count()'}}]},{'linkId':'b','type':'boolean','text':'?'}");
    assert_int_equal(form_of(mem, items, &form, NULL), SALVE_OK);
    char answers[5000] = "[{'link':'b','values':['true']}";
    for (int i = 0; i < 50; i++) {
        used = strlen(answers);
        (void)snprintf(answers + used, sizeof answers - used, ",{'link':'a','in':[%d],'values':['1']}", i);
    }
    (void)strncat(answers, "]", 2);
    struct form_reckoned got = reckon(mem, form, answers);
    for (size_t i = 0; i < got.kept_count; i++) assert_false(str_is(got.kept[i].link, "c"));
    assert_str(got.kept[got.kept_count - 1].link, "b");
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_read_reckoned_and_checked),
        cmocka_unit_test(each_operator_of_enable_when),
        cmocka_unit_test(what_is_not_asked_is_no_answer_to_others),
        cmocka_unit_test(a_program_ends),
    };
    return t_run(tests);
}
