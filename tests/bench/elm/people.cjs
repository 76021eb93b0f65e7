// SPDX-License-Identifier: Apache-2.0
// Made-up people for the benchmarks: bundle(i, {w, b, l, c, e}) gives person i as a Bundle with w weights, b blood
// pressure panels, l laboratory results, c conditions and e encounters. The same arguments give the same Bundle.
function random(seed) {
  let s = seed >>> 0;
  return () => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return s / 4294967296; };
}
const two = (n) => String(n).padStart(2, '0');
const period = (a, b) => ({ start: a < b ? a : b, end: a < b ? b : a });
const LABS = ['2093-3', '2571-8', '18262-6', '4548-4', '2339-0', '33914-3'];

exports.bundle = function bundle(i, { w = 6, b = 4, l = 6, c = 2, e = 2 } = {}) {
  const r = random(i * 2654435761 + 1);
  const id = `p${i}`;
  const subject = { reference: `Patient/${id}` };
  const entry = [];
  const add = (resource) => entry.push({ fullUrl: `urn:uuid:${resource.id}`, resource });
  const when = () => `${2015 + Math.floor(r() * 11)}-${two(1 + Math.floor(r() * 12))}-${two(1 + Math.floor(r() * 28))}`
    + 'T08:30:00.000+00:00';
  add({
    resourceType: 'Patient', id, gender: r() < 0.5 ? 'male' : 'female',
    birthDate: `${1930 + Math.floor(r() * 90)}-0${1 + Math.floor(r() * 9)}-1${Math.floor(r() * 9)}`,
    name: [{ use: 'official', family: `Fam${i}`, given: [`Giv${i}`, 'M'] }, { use: 'nickname', given: [`N${i}`] }],
    identifier: [{ system: 'urn:x', value: id }],
  });
  const observation = (key, code, display, rest, category = 'vital-signs') => add({
    resourceType: 'Observation', id: `${id}-${key}`, status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
    code: { coding: [{ system: 'http://loinc.org', code, display }], text: display }, subject,
    encounter: { reference: `Encounter/${id}-e0` }, effectiveDateTime: when(), issued: when(), ...rest,
  });
  const quantity = (value, unit) => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });
  const part = (code, display, value) => ({
    code: { coding: [{ system: 'http://loinc.org', code, display }] }, valueQuantity: quantity(value, 'mm[Hg]'),
  });
  for (let k = 0; k < w; k++) {
    observation(`w${k}`, '29463-7', 'Body Weight', { valueQuantity: quantity(+(45 + r() * 60).toFixed(1), 'kg') });
  }
  for (let k = 0; k < b; k++) {
    observation(`b${k}`, '85354-9', 'Blood pressure panel', { component: [
      part('8480-6', 'Systolic blood pressure', Math.round(95 + r() * 75)),
      part('8462-4', 'Diastolic blood pressure', Math.round(55 + r() * 45))] });
  }
  for (let k = 0; k < l; k++) {
    observation(`l${k}`, LABS[k % 6], 'Lab', { valueQuantity: quantity(+(1 + r() * 200).toFixed(2), 'mg/dL') },
      'laboratory');
  }
  for (let k = 0; k < c; k++) {
    add({
      resourceType: 'Condition', id: `${id}-c${k}`, subject, onsetDateTime: when(),
      clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
        code: 'active' }] },
      code: { coding: [{ system: 'http://snomed.info/sct', code: r() < 0.2 ? '44054006' : '59621000' }] },
    });
  }
  for (let k = 0; k < e; k++) {
    add({
      resourceType: 'Encounter', id: `${id}-e${k}`, status: 'finished', subject, period: period(when(), when()),
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    });
  }
  return { resourceType: 'Bundle', type: 'collection', entry };
};
