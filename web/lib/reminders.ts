// SPDX-License-Identifier: Apache-2.0
// What the calls about reminders of the next check give (docs/formats/calls.md). Days are dates, such as 2027-11-30.

/** Somebody who is to be called, by ticket. */
export interface ToRemind {
    ticket: string;
    due: string;
}
/** What is needed for the call; any text may be empty. */
export interface Reminder {
    person: string;
    name: string;
    telephones: string;
    language: string;
    nextDate: string;
    siteTelephone: string;
}
