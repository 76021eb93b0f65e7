// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines } from './settings.ts';

test('what is set stands in lines, what is empty does not', () => {
    assert.deepEqual(
        lines({
            name: 'North Clinic',
            consentAgeYears: 16,
            nameIndex: false,
            units: '',
            clinic: {
                telephone: '+30 21 0555 0100',
                places: {
                    'call-emergency': { name: 'Ambulance', telephone: '112', address: '' },
                    'ask-now': 'here',
                },
            },
        }),
        [
            { name: 'name', value: 'North Clinic' },
            { name: 'consentAgeYears', value: '16' },
            { name: 'nameIndex', value: 'false' },
            { name: 'clinic.telephone', value: '+30 21 0555 0100' },
            { name: 'clinic.places.call-emergency', value: 'Ambulance, 112' },
            { name: 'clinic.places.ask-now', value: 'here' },
        ],
    );
});
