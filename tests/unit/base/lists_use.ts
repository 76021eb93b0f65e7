// SPDX-License-Identifier: Apache-2.0
// What a program in TypeScript does with the closed lists. Compiled, not run: each line behind "ts-expect-error" has to be
// refused by the compiler, all others taken.
import { commands, errors, events, findingFields, options, purposes, roles, urgencies } from './lists.ts';
import type {
    Command, DataClass, ErrorCode, Finding, FindingField, LogEvent, Option, Purpose, Role, Urgency,
} from './lists.ts';

const status: 403 = errors['SLV-401'].http;
const code: ErrorCode = 'SLV-401';
const opens: readonly DataClass[] = purposes.care.classes;
const doctor: Role = 'clinician';
const soonest = Object.keys(urgencies)[0] as Urgency;
const what: Record<LogEvent, { readonly what: string }> = events;
const screen: Command = 'screen';
const json: Option = 'json';

const finding: Finding = {
    guideline: 'blood-pressure', version: '1.0.0', item: 'bp-category', status: 'assessed', category: 'hypertension',
    action: '', urgency: 'soon', value: '148', value2: '92', unit: 'mm[Hg]', line: '', define: 'BP category', source: '',
    excluded: '', recheck: '', meanwhile: '', standing: '', missing: [], queried: [], because: [],
    queried_why: [], too_old: [], too_old_on: [], not_asked: [],
    inputs: [{ label: 'systolic', value: '148', unit: 'mm[Hg]', date: '2026-11-23', reference: '' }],
};

// A face that forgets an urgency, a role or an error does not compile.
function words(urgency: Urgency): string {
    switch (urgency) {
        case 'emergency-now': return 'now';
        case 'same-day': return 'today';
        case 'soon': return 'in two weeks';
        case 'routine': return 'in three months';
        case 'self-care': case 'none': return '';
    }
}
const fields = Object.keys(findingFields) as FindingField[];
const lists = fields.filter((name) => findingFields[name].kind === 'list');

// @ts-expect-error there is no such purpose
const police: Purpose = 'police';
// @ts-expect-error there is no such role
roles.police;
// @ts-expect-error there is no such error
const unknown: ErrorCode = 'SLV-999';
// @ts-expect-error rows are constant
errors['SLV-401'].http = 200;
// @ts-expect-error a finding has no such field
finding.diagnosis;
// @ts-expect-error no urgency is forgotten
const some: Record<Urgency, string> = { 'emergency-now': '', 'same-day': '', soon: '', routine: '', none: '' };
// @ts-expect-error statistics open no name
const named: 'identity' = purposes.statistics.classes[0];

export default [
    status, code, opens, doctor, soonest, what, screen, json, words, lists, police, unknown, some, named, commands, options,
];
