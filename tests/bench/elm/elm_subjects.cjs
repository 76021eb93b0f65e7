// SPDX-License-Identifier: Apache-2.0
// Deterministic people for the ELM bench: a Bundle each with weights, blood pressure panels, laboratory values, conditions
// and encounters. `small` has 21 resources, `large` 1001.
function rng(seed) {
    let s = seed >>> 0;
    return () => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return s / 4294967296; };
}
const two = n => String(n).padStart(2, '0');
const profiles = { small: { w: 6, b: 4, l: 6, c: 2, e: 2 }, large: { w: 150, b: 100, l: 600, c: 50, e: 100 } };

exports.bundle = (i, profile) => {
    const { w, b, l, c, e } = profiles[profile], r = rng(i * 2654435761 + 1), id = 'p' + i;
    const subject = { reference: 'Patient/' + id }, entry = [];
    const add = resource => entry.push({ fullUrl: 'urn:uuid:' + resource.id, resource });
    const when = () => `${2015 + Math.floor(r() * 11)}-${two(1 + Math.floor(r() * 12))}-${two(1 + Math.floor(r() * 28))}T08:30:00.000+00:00`;
    const quantity = (value, unit) => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });
    const observation = (key, code, display, rest, category = 'vital-signs') => add({
        resourceType: 'Observation', id: `${id}-${key}`, status: 'final',
        category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
        code: { coding: [{ system: 'http://loinc.org', code, display }], text: display }, subject,
        encounter: { reference: `Encounter/${id}-e0` }, effectiveDateTime: when(), issued: when(), ...rest });
    const part = (code, display, value) => ({ code: { coding: [{ system: 'http://loinc.org', code, display }] },
                                              valueQuantity: quantity(value, 'mm[Hg]') });
    add({ resourceType: 'Patient', id, gender: r() < .5 ? 'male' : 'female',
          birthDate: `${1930 + Math.floor(r() * 90)}-0${1 + Math.floor(r() * 9)}-1${Math.floor(r() * 9)}`,
          name: [{ use: 'official', family: 'Fam' + i, given: ['Giv' + i, 'M'] }], identifier: [{ system: 'urn:x', value: id }] });
    for (let k = 0; k < w; k++)
        observation('w' + k, '29463-7', 'Body weight', { valueQuantity: quantity(+(45 + r() * 60).toFixed(1), 'kg') });
    for (let k = 0; k < b; k++)
        observation('b' + k, '85354-9', 'Blood pressure panel', { component: [
            part('8480-6', 'Systolic blood pressure', Math.round(95 + r() * 75)),
            part('8462-4', 'Diastolic blood pressure', Math.round(55 + r() * 45))] });
    const labs = ['2093-3', '2571-8', '18262-6', '4548-4', '2339-0', '33914-3'];
    // one person in fifty has the first of these codes, three in five the second
    const lab = k => k === 0 && i % 50 === 7 ? '17861-6' : k === 1 && i % 5 < 3 ? '8310-5' : labs[k % 6];
    for (let k = 0; k < l; k++)
        observation('l' + k, lab(k), 'Laboratory', { valueQuantity: quantity(+(1 + r() * 200).toFixed(2), 'mg/dL') }, 'laboratory');
    for (let k = 0; k < c; k++)
        add({ resourceType: 'Condition', id: `${id}-c${k}`, subject, onsetDateTime: when(),
              clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
              code: { coding: [{ system: 'http://snomed.info/sct', code: r() < .2 ? '44054006' : '59621000' }] } });
    for (let k = 0; k < e; k++)
        add({ resourceType: 'Encounter', id: `${id}-e${k}`, status: 'finished', subject, period: { start: when(), end: when() },
              class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' } });
    return { resourceType: 'Bundle', type: 'collection', entry };
};
