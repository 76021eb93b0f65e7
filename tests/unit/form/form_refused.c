/* SPDX-License-Identifier: Apache-2.0
 * What a questionnaire may not have is refused, with the item and what of it: nobody is asked what is half
 * understood. */
#include "form_case.h"

#define SDC           "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define Q(link)       "{'linkId':'" link "','type':'integer','text':'?'}"
#define LOINC(value)  "'code':[{'system':'http://loinc.org','code':'" value "'}]"
#define PRESSURE_UNIT "'system':'http://unitsofmeasure.org','code':'mm[Hg]'"
#define NUMBER(code, how)                                                                                              \
    "{'linkId':'n','type':'quantity','text':'?'," LOINC(                                                               \
        code) ",'extension':[{'url':'" SDC "observationExtract','" how                                                 \
              "},{'url':'http://hl7.org/fhir/StructureDefinition/questionnaire-unit','valueCoding':{" PRESSURE_UNIT    \
              "}}]}"
#define PRESSURE(item) "{'linkId':'g','type':'group','text':'?'," LOINC("85354-9") ",'item':[" item "]}"
#define CALC(e)                                                                                                        \
    "'extension':[{'url':'" SDC "calculatedExpression','valueExpression':{'language':'text/fhirpath','expression':'" e \
    "'}}]"
#define WITH(e) "{'linkId':'c','type':'integer','text':'?'," CALC(e) "}," Q("a")

static const struct {
    const char *items, *names; /* what the error has to name */
} rows[] = {
    {"{'linkId':'a','type':'attachment','text':'?'}", "attachment"},
    {"{'linkId':'a','type':'reference','text':'?'}", "reference"},
    {"{'linkId':'a','type':'open-choice','text':'?'}", "open-choice"},
    {"{'linkId':'a','type':'integer','text':'?','definition':'urn:x'}", "definition"},
    {"{'linkId':'a','type':'choice','text':'?','answerValueSet':'urn:x'}", "answerValueSet"},
    {"{'linkId':'a','type':'integer','text':'?','extension':[{'url':'urn:x:y','valueBoolean':true}]}", "urn:x:y"},
    {Q("a") "," Q("a"), "linkId"},
    {"{'linkId':'a','type':'integer'}", "text"},
    {"{'linkId':'a','type':'choice','text':'?'}", "answerOption"},
    {"{'linkId':'a','type':'quantity','text':'?'}", "quantity"},
    {"{'linkId':'a','type':'integer','text':'?','repeats':true}", "repeats"},
    {"{'linkId':'a','type':'integer','text':'?','item':[" Q("b") "]}", "item"},
    {"{'linkId':'a','type':'group','text':'?','required':true,'item':[" Q("b") "]}", "required"},
    {"{'linkId':'a','type':'integer','text':'?','code':[{'system':'urn:other','code':'x'}]}", "code"},
    {"{'linkId':'a','type':'date','text':'?','code':[{'system':'http://loinc.org','code':'x'}]}", "code"},
    /* a measurement of two numbers is a blood pressure, and its numbers stand in it as components */
    {"{'linkId':'g','type':'group','text':'?'," LOINC("8302-2") ",'item':[" Q("b") "]}", "code"},
    {"{'linkId':'g','type':'group','text':'?','item':[" NUMBER("8480-6", "valueCode':'component'") "]}",
     "observationExtract"},
    {PRESSURE(NUMBER("8480-6", "valueBoolean':true")), "observationExtract"},
    {PRESSURE(NUMBER("8480-6", "valueCode':'member'")), "observationExtract"},
    {PRESSURE(NUMBER("8302-2", "valueCode':'component'")), "observationExtract"},
    {"{'linkId':'a','type':'integer','text':'?','initial':[{'valueString':'x'}]}", "initial"},
    {"{'linkId':'a','type':'integer','text':'?','enableWhen':[{'question':'b','operator':'=','answerInteger':1}]}",
     "enableWhen"},
    {Q("b") ",{'linkId':'a','type':'integer','text':'?','enableWhen':[{'question':'b','operator':'=',"
            "'answerString':'x'}]}",
     "enableWhen"},
    {WITH("%resource.item.where(linkId = ~z~).answer.value"), "calculatedExpression"},
    {WITH("%resource.item.where(linkId = ~a~).item.answer.value"), "there are no items inside"},
    {WITH("%resource.item.where(linkId = ~c~).answer.value"), "circle"},
    {WITH("%resource.item.answer.value.sum()"), "circle"},
    {WITH("%resource.item.where(linkId = ~a~).answer.value.matches(~x~)"), "matches"},
    {WITH("%resource.item.where(linkId = ~a~).text"), "text"},
    {WITH("%patient.birthDate"), "patient"},
    {WITH("1 +"), "calculatedExpression"},
    {WITH("5 ~mg~"), "constant"},
    {WITH("a.resolve()"), "resolve"},
};

static void what_is_not_understood_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *mem = arena_open(32 << 20);
        struct form *form = NULL;
        struct salve_err err = {0};
        char all[1000];
        enum salve_code code = form_of(mem, rows[i].items, &form, &err);
        (void)snprintf(all, sizeof all, "%s %s", t_where(&err), err.why);
        if (code == SALVE_OK || str_find(str_of(all), str_of(rows[i].names)) < 0)
            fail_msg("row %zu: %s: %s", i, salve_code_name(code), all);
        arena_close(mem);
    }
}

static void words_are_there_in_every_language_of_the_title(void **state)
{
    (void)state;
    struct arena *mem = arena_open(32 << 20);
    struct form *form = NULL;
    struct salve_err err = {0};
    struct str json =
        quoted(mem, "{'resourceType':'Questionnaire','id':'t','url':'urn:salve:form:t','version':'1','status':'active',"
                    "'title':'T','_title':{'extension':[{'url':'http://hl7.org/fhir/StructureDefinition/translation',"
                    "'extension':[{'url':'lang','valueCode':'ar'},{'url':'content','valueString':'x'}]}]},"
                    "'item':[{'linkId':'a','type':'integer','text':'?'}]}");
    assert_code(form_read(json, NULL, mem, &form, &err), SALVE_E_INVALID);
    assert_true(str_find(str_of(err.why), STR("language")) >= 0);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_understood_is_named),
        cmocka_unit_test(words_are_there_in_every_language_of_the_title),
    };
    return t_run(tests);
}
