// SPDX-License-Identifier: Apache-2.0
// Writes the newest version of each consent form as a FHIR Questionnaire, in all its languages: what it is about, the read-back
// questions, and yes or no. For programs that show forms; an answer to one is no agreement, and nothing here takes it for one: an
// agreement is taken down by consent-give alone. Usage: node consent_forms.mjs FORMS OUT
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , forms, out] = process.argv;
const TRANSLATION = 'http://hl7.org/fhir/StructureDefinition/translation', NO = { en: 'No', ar: 'لا' }, YES = { en: 'Yes', ar: 'نعم' };
const READ_BACK = { en: 'Say it in your own words', ar: 'قل ذلك بكلماتك' };
const other = (words) => ({ extension: Object.entries(words).filter(([language]) => language !== 'en').map(([lang, content]) => ({
    url: TRANSLATION, extension: [{ url: 'lang', valueCode: lang }, { url: 'content', valueString: content }],
})) });
const said = (words) => ({ text: words.en, _text: other(words) });
const option = (code, words) => ({ valueCoding: { system: 'urn:salve:form:consent', code, display: words.en, _display: other(words) } });
// The same of each language.
const each = (languages, take) => Object.fromEntries(Object.entries(languages).map(([language, form]) => [language, take(form)]));

function questionnaire(purpose, languages) {
    const { version, in_force: date, sections, read_back: asks, reminder } = languages.en, of = (take) => each(languages, take);
    return {
        resourceType: 'Questionnaire', id: `consent-${purpose}`, url: `urn:salve:form:consent-${purpose}`, version, status: 'active', language: 'en',
        title: languages.en.title, _title: other(of(({ title }) => title)), date, subjectType: ['Patient'],
        item: [
            ...sections.map(({ id }, at) => ({
                linkId: id, ...said(of((form) => form.sections[at].heading)), type: 'group',
                item: [{ linkId: `${id}-text`, ...said(of((form) => form.sections[at].text)), type: 'display' }],
            })),
            { linkId: 'read-back', ...said(READ_BACK), type: 'group', item: asks.map((_, at) => ({ linkId: `read-back-${at + 1}`, ...said(of((form) => form.read_back[at].ask)), type: 'text' })) },
            { linkId: 'decision', ...said(of(({ yes }) => yes)), type: 'choice', answerOption: [option('yes', YES), option('no', NO)] },
            ...(reminder ? [{
                linkId: 'reminder', ...said(of((form) => form.reminder.heading)), type: 'group',
                item: [
                    { linkId: 'reminder-text', ...said(of((form) => form.reminder.text)), type: 'display' },
                    { linkId: 'reminder-decision', ...said(of((form) => form.reminder.yes)), type: 'choice', answerOption: [option('yes', YES), option('no', NO)] },
                ],
            }] : []),
        ],
    };
}

mkdirSync(out, { recursive: true });
const number = (version) => version.split('.').map(Number), newer = (a, b) => number(a)[0] - number(b)[0] || number(a)[1] - number(b)[1];
for (const purpose of readdirSync(forms)) {
    const versions = readdirSync(join(forms, purpose)).filter((name) => /^\d+\.\d+$/.test(name)).sort(newer), newest = versions.at(-1);
    if (newest === undefined || !existsSync(join(forms, purpose, newest, 'form.en.json'))) continue;
    const languages = Object.fromEntries(readdirSync(join(forms, purpose, newest)).map((name) => /^form\.(.+)\.json$/.exec(name)).filter(Boolean)
        .map(([name, language]) => [language, JSON.parse(readFileSync(join(forms, purpose, newest, name), 'utf8'))]));
    writeFileSync(join(out, `consent-${purpose}.json`), `${JSON.stringify(questionnaire(purpose, languages), null, 1)}\n`);
}
