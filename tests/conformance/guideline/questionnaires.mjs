// SPDX-License-Identifier: Apache-2.0
// What questionnaires, guidelines and packages say of each other; a line a check: "ok NAME" or "FAILED NAME".
import { readFileSync, readdirSync } from 'node:fs';

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const say = (name, wrong) => console.log(wrong.length === 0 ? `ok ${name}` : `FAILED ${name}: ${wrong.join(', ')}`);
const FOLDER = 'forms/questionnaires', forms = readdirSync(FOLDER).map((name) => json(`${FOLDER}/${name}`));
const itemsOf = (at) => (at.item ?? []).flatMap((item) => [item, ...itemsOf(item)]);

const guidelines = readdirSync('guidelines').filter((id) => id !== 'lib' && id !== 'alarms').map((id) => json(`guidelines/${id}/guideline.json`));
const inputs = guidelines.flatMap((guideline) => guideline.inputs.map((input) => ({ ...input, guideline: guideline.id })));
const questions = new Set([...inputs.map(({ question }) => question), ...json('guidelines/alarms/lines.json').questions.map(({ name }) => name),
    ...Object.keys(json('guidelines/alarms/words.en.json').inputs)]);
const loinc = new Set([...inputs.map(({ loinc: code }) => code), ...json('guidelines/alarms/lines.json').quantities.flatMap(({ codes }) => codes.map(([code]) => code))]);

// --- codes
for (const form of forms) {
    const coded = itemsOf(form).flatMap(({ code }) => code ?? []);
    say(`${form.id}: a guideline knows each code`, coded.filter(({ system, code }) => !(system === 'urn:salve:question' ? questions : loinc).has(code)).map(({ code }) => code));
    say(`${form.id}: no code is asked twice`, coded.map(({ code }) => code).filter((code, at, all) => all.indexOf(code) !== at));
    say(`${form.id}: its name is its url`, form.url === `urn:salve:form:${form.id}` ? [] : [form.url]);
}
const asked = new Set(forms.flatMap((form) => itemsOf(form).flatMap(({ code }) => (code ?? []).map((one) => one.code))));
// A day is part of these answers, and an answer is of the day on which it is given; composite questions are asked one by one.
const NOT_ASKED = ['retinal-image-taken', 'cervical-good-results', 'cervical-years-between', 'danger-symptoms', 'anaemia-danger-symptoms', 'chest-xray-abnormal'];
say('what a guideline asks, a form asks', [...new Set(inputs.flatMap(({ question }) => question ?? []))].filter((one) => !asked.has(one) && !NOT_ASKED.includes(one)));

// --- words
const words = Object.fromEntries(['en', 'ar'].map((language) => [language, json(`web/parts/questions/words.${language}.json`)]));
const arabic = (item) => item._text?.extension.find(({ extension }) => extension[0].valueCode === 'ar')?.extension[1].valueString;
say('danger questions are the words of the station', itemsOf(forms.find(({ id }) => id === 'danger'))
    .filter((item) => `ask.${item.linkId}` in words.en && (item.text !== words.en[`ask.${item.linkId}`] || arabic(item) !== words.ar[`ask.${item.linkId}`])).map(({ linkId }) => linkId));
const open = json('guidelines/alarms/lines.json').questions.filter((one) => !one.private && !one.composite).map(({ name }) => name);
const danger = new Set(itemsOf(forms.find(({ id }) => id === 'danger')).map(({ linkId }) => linkId));
say('every open danger question is asked', open.filter((name) => !danger.has(name)));

// --- packages
const packages = json('packages.json').packages, ids = new Set(forms.map(({ id }) => id));
const typed = new Set([...readFileSync('src/visit/measure.def', 'utf8').matchAll(/MEASURE\("([a-z0-9-]+)"/g)].map(([, word]) => word).concat('bp'));
const asks = packages.flatMap(({ asks: at }) => Object.values(at ?? {}).flat()).map((one) => (typeof one === 'string' ? { item: one } : one));
say('packages ask what is measured, or a form', asks.map(({ item }) => item).filter((item) => !typed.has(item) && !ids.has(item)));
const own = new Set(guidelines.filter(({ apart }) => apart).flatMap((guideline) => guideline.inputs.map(({ loinc: code, question }) => code ?? question)));
const rows = readFileSync('src/admit/admit_apart.def', 'utf8');
const isApart = (code) => own.has(code) && new RegExp(`[ "]${code}[ "]`).test(rows);
const lies = asks.filter(({ item, apart }) => {
    const form = forms.find(({ id }) => id === item);
    const codes = form === undefined ? [] : itemsOf(form).flatMap(({ code }) => (code ?? []).map((one) => one.code));
    // one question among many does not make a form one that is kept apart: it is answered into a response of its own
    return form !== undefined && (apart === true) !== (codes.filter(isApart).length * 2 > codes.length);
});
say('packages know which forms are kept apart', lies.map(({ item }) => item));
say('what does for an item together can be seen', asks.flatMap(({ all }) => all ?? []).filter(isApart));

// --- consent: made of the forms, and saying the same, word for word
const share = `${process.env.BUILD ?? 'build'}/share/fhir`;
const versions = (purpose) => readdirSync(`forms/${purpose}`).filter((name) => /^[0-9]/.test(name)).sort((a, b) => Number(a) - Number(b));
const purposes = readdirSync('forms').filter((purpose) => versions(purpose).length > 0);
say('every consent form is there as FHIR', purposes.filter((purpose) => !readdirSync(share).includes(`consent-${purpose}.json`)));
for (const purpose of purposes)
    for (const language of ['en', 'ar']) {
        const form = json(`forms/${purpose}/${versions(purpose).at(-1)}/form.${language}.json`), made = json(`${share}/consent-${purpose}.json`);
        const word = (at, name) => (language === 'en' ? at[name] : at[`_${name}`].extension.find(({ extension }) => extension[0].valueCode === language).extension[1].valueString);
        const items = itemsOf(made), have = [word(made, 'title'), ...items.map((item) => word(item, 'text'))];
        const call = form.reminder === undefined ? [] : [form.reminder.heading, form.reminder.text, form.reminder.yes];
        const want = [form.title, ...form.sections.flatMap(({ heading, text }) => [heading, text]), ...form.read_back.map(({ ask }) => ask), form.yes, ...call];
        say(`consent ${purpose} ${language}: says the same in the same order`, want.filter((text, at, all) => have.indexOf(text) < (at === 0 ? 0 : have.indexOf(all[at - 1]))));
        say(`consent ${purpose} ${language}: and nothing else but "in your own words"`, have.length === want.length + 1 ? [] : [`${have.length} texts`]);
        say(`consent ${purpose} ${language}: points of a right answer stay with staff`, form.read_back.flatMap(({ points }) => points).filter((point) => JSON.stringify(made).includes(JSON.stringify(point))));
        const decisions = items.filter(({ type }) => type === 'choice');
        say(`consent ${purpose} ${language}: yes and no to each, and nothing chosen`, decisions.length === (form.reminder === undefined ? 1 : 2) &&
            decisions.every(({ answerOption }) => answerOption.length === 2) && !JSON.stringify(made).includes('initial') && made.version === form.version ? [] : ['decision']);
    }
