// SPDX-License-Identifier: Apache-2.0
// One small resource of each type that programs may write over FHIR, about the person `patient` ("Patient/<id>"), at `at`.
const SCT = 'http://snomed.info/sct', LOINC = 'http://loinc.org', UCUM = 'http://unitsofmeasure.org', HL7 = 'http://terminology.hl7.org/CodeSystem';
const concept = (system, code) => ({ coding: [{ system, code }] });
export const samples = (patient, at) => {
    const subject = { reference: patient };
    return {
        AllergyIntolerance: { code: concept(SCT, '91936005'), patient: subject },
        Appointment: { status: 'booked', participant: [{ actor: subject, status: 'accepted' }] },
        Communication: { status: 'completed', subject, payload: [{ contentString: 'Letter given' }] },
        Condition: { clinicalStatus: concept(`${HL7}/condition-clinical`, 'active'), code: concept(SCT, '38341003'), subject },
        DiagnosticReport: { status: 'final', code: concept(LOINC, '58410-2'), subject, effectiveDateTime: at },
        Encounter: { status: 'finished', class: { system: `${HL7}/v3-ActCode`, code: 'AMB' }, subject },
        Immunization: { status: 'completed', vaccineCode: concept('http://hl7.org/fhir/sid/cvx', '140'), patient: subject, occurrenceDateTime: '2020' },
        MedicationRequest: { status: 'active', intent: 'order', medicationCodeableConcept: concept('http://www.whocc.no/atc', 'C09AA02'), subject },
        MedicationStatement: { status: 'active', medicationCodeableConcept: concept('http://www.whocc.no/atc', 'C09AA02'), subject },
        Observation: { status: 'final', code: concept(LOINC, '29463-7'), subject, effectiveDateTime: at, valueQuantity: { value: 71.5, unit: 'kg', system: UCUM, code: 'kg' } },
        Procedure: { status: 'completed', code: concept(SCT, '80146002'), subject },
        QuestionnaireResponse: { status: 'completed', questionnaire: 'urn:salve:form:body', subject, item: [{ linkId: '/29463-7', answer: [{ valueQuantity: { value: 71.5, unit: 'kg', system: UCUM, code: 'kg' } }] }] },
        RelatedPerson: { patient: subject, name: [{ family: 'Haddad' }] },
        RiskAssessment: { status: 'final', method: concept('urn:salve:guideline:cvd-risk', 'score2'), subject, prediction: [{ probabilityDecimal: 4.2 }] },
        ServiceRequest: { status: 'active', intent: 'proposal', code: concept(SCT, '308480000'), subject },
        Task: { status: 'requested', intent: 'order', for: subject, description: 'Repeat in two weeks' },
    };
};
export const sample = (type, patient, at) => ({ resourceType: type, ...samples(patient, at)[type] });
