/* SPDX-License-Identifier: Apache-2.0
 *
 * deeds - what staff says and does about a person, as it stands in the record: a finding and what follows from it, a
 * signing, that the person was told, that an alarm was closed, that a draft was left out. Screen writes these and reads
 * them (docs/formats/findings.md); the gate looks at the same marks before it takes them (docs/internals/records.md).
 * The ninth door of the gate: names and nothing else. */
#ifndef SALVE_RECORDS_DEEDS_H
#define SALVE_RECORDS_DEEDS_H

#define DEED_EXTENSION "urn:salve:extension:"
#define DEED_FINDING   DEED_EXTENSION "finding" /* marks an Observation as a kept finding */
#define DEED_INPUT     DEED_EXTENSION "input"   /* one of its inputs; the other parts are named as their fields */
#define DEED_GUIDELINE "urn:salve:guideline:"   /* begins the system of what a proposed ServiceRequest asks for */
#define DEED_TASK      "urn:salve:task"
#define DEED_STAFF     "urn:salve:staff"                                              /* system of a pseudonym */
#define DEED_ACTIVITY  "urn:salve:activity"                                           /* of a signing: `sign` */
#define DEED_CATEGORY  "http://terminology.hl7.org/CodeSystem/communication-category" /* of telling: notification */
#define DEED_OPERATION "http://terminology.hl7.org/CodeSystem/v3-DataOperation"       /* COMPLETE: closed; CANCEL */
#define DEED_REFUSED   "refused-value" /* item of a finding that nobody has to be told of */

#endif
