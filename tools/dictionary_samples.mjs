// SPDX-License-Identifier: Apache-2.0
// Made-up record contents for training the compression dictionary of src/records: one JSON array of resources a line, or
// a string (an event or a decision). Nobody in it exists; numbers come from a fixed generator, so runs repeat.
let state = 20261123;
const next = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
const pick = (list) => list[Math.floor(next() * list.length)];
const between = (low, high, digits = 0) => (low + next() * (high - low)).toFixed(digits);
const text = (alphabet, n) => Array.from({ length: n }, () => pick(alphabet)).join('');
const B32 = 'abcdefghijklmnopqrstuvwxyz234567';
const hex = (n) => text('0123456789abcdef', n);
const two = (n) => String(n).padStart(2, '0');
const day = () => `20${pick([24, 25, 26, 27, 28])}-${two(1 + Math.floor(next() * 12))}-${two(1 + Math.floor(next() * 28))}`;
const time = () => `${two(7 + Math.floor(next() * 11))}:${two(Math.floor(next() * 60))}:00`;
const zone = () => pick(['Z', '+03:00', '+01:00', '+05:30']);

const VITALS = [
    ['29463-7', 'Body weight', 'kg', 45, 110, 1], ['8302-2', 'Body height', 'cm', 148, 195, 0],
    ['39156-5', 'Body mass index (BMI) [Ratio]', 'kg/m2', 18, 41, 1], ['8280-0', 'Waist Circumference at umbilicus by Tape measure', 'cm', 64, 120, 0],
    ['8867-4', 'Heart rate', '/min', 52, 104, 0], ['9279-1', 'Respiratory rate', '/min', 10, 22, 0],
    ['8310-5', 'Body temperature', 'Cel', 36, 38, 1], ['2708-6', 'Oxygen saturation in Arterial blood', '%', 92, 99, 0]];
const LABS = [
    ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', 4, 9, 1], ['59261-8', 'Hemoglobin A1c/Hemoglobin.total in Blood by IFCC protocol', 'mmol/mol', 28, 80, 0],
    ['1558-6', 'Fasting glucose [Mass/volume] in Serum or Plasma', 'mg/dL', 70, 180, 0], ['14771-0', 'Fasting glucose [Moles/volume] in Serum or Plasma', 'mmol/L', 4, 11, 1],
    ['2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'mg/dL', 0.5, 2, 2], ['14682-9', 'Creatinine [Moles/volume] in Serum or Plasma', 'umol/L', 45, 180, 0],
    ['9318-7', 'Albumin/Creatinine [Mass Ratio] in Urine', 'mg/g', 3, 400, 0], ['62238-1', 'Glomerular filtration rate/1.73 sq M.predicted', 'mL/min/{1.73_m2}', 20, 120, 0],
    ['2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma', 'mg/dL', 130, 290, 0], ['2085-9', 'Cholesterol in HDL [Mass/volume] in Serum or Plasma', 'mg/dL', 30, 90, 0],
    ['718-7', 'Hemoglobin [Mass/volume] in Blood', 'g/dL', 9, 17, 1], ['18262-6', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma', 'mg/dL', 60, 190, 0]];
const SNOMED = 'http://snomed.info/sct', LOINC = 'http://loinc.org', UCUM = 'http://unitsofmeasure.org';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const coded = (system, code, display) => ({ coding: [{ system, code, display }], text: display });
const quantity = (unit, low, high, digits) => ({ value: Number(between(low, high, digits)), unit, system: UCUM, code: unit });

function person() {
    const compartment = text(B32, 26);
    let n = 65536 * (3 + Math.floor(next() * 40));
    return { compartment, id: () => `${compartment}.${n++}`, subject: { reference: `Patient/${compartment}.1` }, at: `${day()}T${time()}${zone()}` };
}
function observation(p, category, row) {
    const [code, display, unit, low, high, digits] = row;
    return { resourceType: 'Observation', id: p.id(), status: 'final', category: [{ coding: [{ system: CATEGORY, code: category }] }],
        code: coded(LOINC, code, display), subject: p.subject, effectiveDateTime: p.at, valueQuantity: quantity(unit, low, high, digits) };
}
function pressure(p) {
    return { resourceType: 'Observation', id: p.id(), status: 'final', category: [{ coding: [{ system: CATEGORY, code: 'vital-signs' }] }],
        code: coded(LOINC, '85354-9', 'Blood pressure panel with all children optional'), subject: p.subject, effectiveDateTime: p.at,
        component: [['8480-6', 'Systolic blood pressure', 95, 190], ['8462-4', 'Diastolic blood pressure', 55, 115]].map(([code, display, low, high]) =>
            ({ code: coded(LOINC, code, display), valueQuantity: quantity('mm[Hg]', low, high, 0) })) };
}
function finding(p) {
    const guideline = pick(['blood-pressure', 'body-measures', 'glycaemia', 'kidney']);
    return { resourceType: 'Observation', id: p.id(), status: pick(['preliminary', 'final']),
        category: [{ coding: [{ system: CATEGORY, code: 'survey' }] }],
        code: { coding: [{ system: 'urn:salve:finding', code: `${guideline}/${pick(['bp-category', 'bmi-category', 'hba1c', 'egfr', 'waist', 'uacr'])}` }] },
        subject: p.subject, effectiveDateTime: p.at, issued: `${p.at.slice(0, 19)}Z`,
        valueCodeableConcept: { coding: [{ system: 'urn:salve:category', code: pick(['normal', 'elevated', 'hypertension', 'high', 'diabetes', 'g2', 'a1']) }] },
        interpretation: [{ coding: [{ system: 'urn:salve:urgency', code: pick(['routine', 'self-care', 'soon', 'same-day', 'none']) }] }],
        derivedFrom: [{ reference: `Observation/${p.id()}` }, { reference: `Observation/${p.id()}` }] };
}
const patient = (p) => ({ resourceType: 'Patient', id: `${p.compartment}.1`, identifier: [{ system: 'urn:salve:imported', value: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}` }],
    name: [{ use: 'official', family: text('abdeiklmnorsu', 7), given: [text('abdeiklmnorsu', 6)] }], gender: pick(['female', 'male']), birthDate: `19${between(40, 99)}-${day().slice(5)}` });
const request = (p) => ({ resourceType: 'ServiceRequest', id: p.id(), status: 'draft', intent: 'proposal', priority: pick(['routine', 'urgent', 'asap', 'stat']),
    code: { coding: [{ system: 'urn:salve:action', code: pick(['confirm-out-of-office', 'refer-clinic', 'repeat-test', 'lifestyle-advice']) }] },
    subject: p.subject, occurrencePeriod: { end: day() }, authoredOn: p.at, reasonReference: [{ reference: `Observation/${p.id()}` }] });
const task = (p) => ({ resourceType: 'Task', id: p.id(), status: 'requested', intent: 'proposal', code: { coding: [{ system: 'urn:salve:task', code: 'measure-again' }] },
    focus: { reference: `Observation/${p.id()}` }, for: p.subject, authoredOn: p.at });
const provenance = (p) => ({ resourceType: 'Provenance', id: p.id(), target: [{ reference: `Observation/${p.id()}` }, { reference: `ServiceRequest/${p.id()}` }],
    recorded: `${p.at.slice(0, 19)}Z`, activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion', code: 'LA' }] },
    agent: [{ type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'verifier' }] },
        who: { identifier: { system: 'urn:salve:staff', value: `dr-${text('abdeiklmnorsu', 5)}` } } }] });
const condition = (p) => ({ resourceType: 'Condition', id: p.id(), identifier: patient(p).identifier,
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: pick(['active', 'resolved']) }] },
    verificationStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }] },
    code: coded(SNOMED, pick(['59621000', '44054006', '38341003', '195662009']), pick(['Hypertension', 'Diabetes mellitus type 2', 'Acute viral pharyngitis (disorder)'])),
    subject: p.subject, encounter: { reference: `Encounter/${p.id()}` }, onsetDateTime: p.at, abatementDateTime: p.at, recordedDate: p.at });
const encounter = (p) => ({ resourceType: 'Encounter', id: p.id(), identifier: patient(p).identifier, status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, type: [coded(SNOMED, '185349003', 'Encounter for check up (procedure)')],
    subject: p.subject, period: { start: p.at, end: p.at } });
const answers = (p) => ({ resourceType: 'QuestionnaireResponse', id: p.id(), questionnaire: `urn:salve:form:${pick(['history', 'tobacco', 'phq-9'])}|1.0`, status: 'completed',
    subject: p.subject, authored: p.at, item: Array.from({ length: 4 }, (_, i) => ({ linkId: `${i + 1}`, answer: [pick([{ valueBoolean: true }, { valueBoolean: false }, { valueInteger: i }, { valueCoding: { system: LOINC, code: 'LA33-6', display: 'Yes' } }])] })) });
const medication = (p) => ({ resourceType: 'MedicationRequest', id: p.id(), identifier: patient(p).identifier, status: pick(['active', 'completed', 'stopped']), intent: 'order',
    medicationCodeableConcept: coded('http://www.nlm.nih.gov/research/umls/rxnorm', between(100000, 999999), pick(['Lisinopril 10 MG Oral Tablet', 'Metformin hydrochloride 500 MG'])),
    subject: p.subject, encounter: { reference: `Encounter/${p.id()}` }, authoredOn: p.at });
const immunization = (p) => ({ resourceType: 'Immunization', id: p.id(), identifier: patient(p).identifier, status: 'completed',
    vaccineCode: coded('http://hl7.org/fhir/sid/cvx', '140', 'Influenza, seasonal, injectable, preservative free'), patient: p.subject,
    encounter: { reference: `Encounter/${p.id()}` }, occurrenceDateTime: p.at, primarySource: true });
const report = (p) => ({ resourceType: 'DiagnosticReport', id: p.id(), identifier: patient(p).identifier, status: 'final', code: coded(LOINC, '51990-0', 'Basic Metabolic Panel'),
    subject: p.subject, encounter: { reference: `Encounter/${p.id()}` }, effectiveDateTime: p.at, issued: p.at, result: [{ reference: `Observation/${p.id()}`, display: 'Glucose' }] });
const risk = (p) => ({ resourceType: 'RiskAssessment', id: p.id(), status: 'final', subject: p.subject, occurrenceDateTime: p.at, basis: [{ reference: `Observation/${p.id()}` }] });

const CLASSES = ['identity', 'clinical', 'sensitive', 'statistics', 'contact', 'audit', 'consent'];
function event() {
    const kind = pick(['enrolment', 'access', 'access', 'denied', 'read', 'read', 'write', 'write', 'consent', 'withdrawal', 'card', 'look-up']);
    const role = pick(['clinician', 'assistant', 'registrar', 'participant', 'guardian', 'helper']);
    return JSON.stringify({ ...(role === 'participant' ? {} : { actor: `${pick(['dr', 'nurse', 'desk'])}-${text('abdeiklmnorsu', 5)}` }), at: `${day()}T${time()}Z`,
        classes: pick([['identity', 'clinical'], ['identity'], ['identity', 'consent'], ['clinical'], CLASSES]), ...(kind === 'consent' ? { consent: 7 } : {}),
        head: { seq: Math.floor(next() * 60), sha256: hex(64) }, kind, purpose: pick(['care', 'self', 'follow-up', 'statistics', 'research-contact', 'transfer', 'helper']),
        ...(kind === 'read' ? { resources: Math.floor(next() * 90) } : {}), role, site: pick(['Northern District, tent 4', 'Demo site', 'Health post 12', 'Clinic of the river towns']) });
}
const decision = () => JSON.stringify({ assent: 'none', at: `${day()}T${time()}Z`, by: 'participant', classes: ['identity', 'clinical'],
    form: { id: pick(['care', 'statistics', 'follow-up', 'transfer', 'helper', 'research-contact']), lang: pick(['en', 'ar']), sha256: hex(64), version: '1.0' }, majority: null,
    method: pick(['signed', 'card', 'pin', 'spoken']), not_after: `${day()}T${time()}Z`, purpose: pick(['care', 'statistics', 'follow-up']), state: pick(['given', 'withdrawn']),
    taken_by: `desk-${text('abdeiklmnorsu', 5)}`, teach_back: 'done', teach_back_rounds: 1, to: '', witness: pick(['none', 'independent', 'interpreter']) });

for (let i = 0; i < 260; i++) {
    const p = person();
    const lines = [
        [patient(p)], [pressure(p), pressure(p), pressure(p), ...VITALS.map((row) => observation(p, 'vital-signs', row))],
        LABS.filter(() => next() < 0.5).map((row) => observation(p, 'laboratory', row)), [finding(p), finding(p), finding(p), request(p), task(p), provenance(p)],
        [answers(p)], [encounter(p), condition(p), medication(p), report(p), immunization(p), risk(p)], event(), event(), event(), decision()];
    for (const line of lines) if (line.length > 0) console.log(JSON.stringify(line));
}
