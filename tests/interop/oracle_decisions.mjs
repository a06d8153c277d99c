// Why a converter's Bundle and Gantry's record may differ. A decision does not excuse an element, it foretells it: `holds` works out of
// the message (as it was sent) what Gantry has to say there, and is true only when it says exactly that. What no decision foretells is
// wrong.
import { all, field, first, typeOf } from './oracle_messages.mjs';
import { authority, contact, humanName, instant, words } from './oracle_values.mjs';

const component = (text, number) => (text ?? '').split('^')[number - 1] ?? '';
const part = (text, number) => (text ?? '').split('&')[number - 1] ?? '';
const repetitions = (segment, number) => field(segment, number).split('~').filter(Boolean);
const empty = ({ expected }) => expected === '';
const silent = ({ actual }) => actual === '';
const upTo = (number) => Array.from({ length: number }, (_, index) => index + 1);

// The words of `whole` without those of `some`, each taken away once, the last one first; null when one is not there.
function without(whole, some) {
  const left = whole.split(/[ |]+/).filter(Boolean);
  for (const word of some) {
    const at = left.lastIndexOf(word);
    if (at < 0) return null;
    left.splice(at, 1);
  }
  return left.join(' ');
}
const sameWords = (whole, some, rest) => some.length > 0 && without(whole, some) === rest.split(/[ |]+/).filter(Boolean).join(' ');
const wordsOf = (...texts) => texts.flatMap((text) => text.split(/\s+/)).filter(Boolean);

const resultLike = (message) => /^(ORU|MDM)/.test(typeOf(message));
const sent = (message) => instant(field(first(message, 'MSH'), 7));
const documentDate = (message) => instant(field(first(message, 'TXA'), 8) || field(first(message, 'TXA'), 6));

// The groups as the records follow them: the OBR and the ORC before it.
function groupOf(message, at) {
  const requests = message.map((segment, index) => ({ segment, index })).filter(({ segment }) => segment.name === 'OBR');
  const here = requests[at ?? 0];
  if (!here) return {};
  const from = at > 0 ? requests[at - 1].index : 0;
  const to = requests[(at ?? 0) + 1]?.index ?? message.length;
  const heads = message.slice(from, here.index).filter(({ name }) => name === 'ORC');
  return { order: heads.at(-1), request: here.segment, rest: message.slice(from, to), after: message.slice(here.index, to) };
}

const resultStates = { F: 'final', C: 'corrected', P: 'preliminary', M: 'preliminary', A: 'partial', R: 'partial' };
const lineStates = { F: 'final', P: 'preliminary', R: 'partial', S: 'partial', I: 'registered', O: 'registered', C: 'corrected' };
const leastFinal = ['registered', 'partial', 'preliminary', 'final', 'corrected'];
const documentStates = { AU: 'final', LA: 'final', IP: 'preliminary', DI: 'preliminary', DO: 'preliminary', IN: 'preliminary', PA: 'preliminary' };

// What the report's status has to be: a document's by TXA-17, else by OBR-25, else by the least final line.
function reportState(message, at) {
  const { request, after } = groupOf(message, at);
  const document = first(message, 'TXA');
  if (document && field(document, 17)) return documentStates[field(document, 17)];
  if (field(request, 25)) return resultStates[field(request, 25)];
  const lines = all(after ?? message, 'OBX').map((line) => lineStates[field(line, 11)]).filter(Boolean);
  return lines.sort((one, other) => leastFinal.indexOf(one) - leastFinal.indexOf(other))[0];
}

// What the order's has to be: what a result says about it, else what ORC-1 asked for.
function orderState(message, at) {
  if (resultLike(message)) return ['final', 'corrected'].includes(reportState(message, at)) ? 'completed' : 'active';
  return /^(CA|DC|OC|OD)$/.test(field(groupOf(message, at).order, 1)) ? 'revoked' : 'active';
}

const priorities = (message, at) => {
  const { order, request, rest } = groupOf(message, at);
  const timing = all(rest ?? [], 'TQ1').map((segment) => component(field(segment, 9), 1));
  return [...timing, component(field(order, 7), 6), component(field(request, 27), 6), field(request, 5)].filter(Boolean);
};

const numbersIn = (message, names, from, to) => names.flatMap((name) => all(message, name))
  .flatMap((segment) => upTo(to - from + 1).flatMap((number) => repetitions(segment, number + from - 1)));
// A number that stands in PID-3 as well has to be among the patient's all the same.
function elsewhere(row, message, rows, texts) {
  const value = row.expected.split(' ')[0];
  const named = (text) => component(text, 1).split('&')[0] === value;
  const needed = repetitions(first(message, 'PID'), 3).some(named);
  const there = rows.some(({ element, actual }) => element === row.element && actual.split(' ')[0] === value);
  return row.actual === '' && texts.some(named) && (!needed || there);
}

export const decisions = [
  {
    id: 'numbers-in-pid-3',
    says: 'A patient is known by the numbers in PID-3. PID-2 is read only where PID-3 has none, PID-4 is not read: the same number without its authority would tie two people together.',
    cites: 'HL7 v2.9 chapter 3, PID-2 and PID-4: withdrawn, the numbers are in PID-3',
    elements: ['Patient.identifier'],
    holds: (row, message, { rows }) => field(first(message, 'PID'), 3) !== '' &&
      elsewhere(row, message, rows, [...repetitions(first(message, 'PID'), 2), ...repetitions(first(message, 'PID'), 4)]),
  },
  {
    id: 'numbers-of-other-registers',
    says: 'Social security, driving licence, insurance and disability numbers identify nobody here, unless they are sent in PID-3 with their type.',
    cites: 'HL7 v2.9 chapter 3, PID-19 and PID-20: withdrawn, in PID-3 with the types SS and DL; DB1-3, IN1 and IN2 are about a disability or an insurance',
    elements: ['Patient.identifier'],
    holds: (row, message, { rows }) => {
      const pid = first(message, 'PID');
      const others = [field(pid, 19), field(pid, 20), ...numbersIn(message, ['DB1'], 3, 3), ...numbersIn(message, ['IN1', 'IN2'], 1, 80)];
      return elsewhere(row, message, rows, others);
    },
  },
  {
    id: 'five-parts-of-a-name',
    says: 'A name has family, given, middle, prefix and suffix (with the degree). The professional suffix and what somebody is called by are left out.',
    cites: 'DICOM PS3.5 6.2.1; HL7 v2.9 chapter 2A, XPN-14, XPN-15 and XCN-21',
    elements: ['Patient.name', 'Patient.name (further)', 'ServiceRequest.requester'],
    holds: (row, message, { at }) => {
      const { order, request } = groupOf(message, at);
      const extras = row.element.startsWith('Patient')
        ? [...repetitions(first(message, 'PID'), 5), ...repetitions(first(message, 'PID'), 9)].map((name) => [component(name, 14), component(name, 15)])
        : [...repetitions(request, 16), ...repetitions(order, 12)].map((name) => [component(name, 21)]);
      return extras.some((some) => sameWords(row.expected, wordsOf(...some), row.actual));
    },
  },
  {
    id: 'names-of-others',
    says: 'The person who consents is not a name of the patient.',
    cites: 'HL7 v2.9 chapter 9, CON-24',
    elements: ['Patient.name (further)'],
    holds: (row, message) => silent(row) && all(message, 'CON').some((consent) => {
      const name = field(consent, 24);
      return humanName({ family: component(name, 1), given: [component(name, 2), component(name, 3)], suffix: [component(name, 4)] }) === row.expected;
    }),
  },
  {
    id: 'address-without-addressee',
    says: 'An address is where, not who: the addressee is left out.',
    cites: 'HL7 v2.9 chapter 2A, XAD-19; DICOM (0010,1040)',
    elements: ['Patient.address'],
    holds: (row, message) => sameWords(row.expected, wordsOf(component(field(first(message, 'PID'), 11), 19)), row.actual),
  },
  {
    id: 'number-as-written',
    says: 'Where a telephone number is sent both as it is written (XTN-1) and unformatted (XTN-12), the first one is taken; the converter takes the other.',
    cites: 'HL7 v2.9 chapter 2A, XTN-1 and XTN-12',
    elements: ['Patient.telecom'],
    holds: (row, message) => [13, 14, 40].flatMap((number) => repetitions(first(message, 'PID'), number))
      .some((one) => contact(component(one, 12)) === row.expected && contact(component(one, 1)) === row.actual),
  },
  {
    id: 'number-missing-in-bundle',
    says: 'The Bundle has a telecom without a number; the message has one.',
    cites: 'HL7 v2.9 chapter 2A, XTN-1, XTN-6 and XTN-7',
    elements: ['Patient.telecom'],
    holds: (row, message) => empty(row) && row.actual !== '' && [13, 14].flatMap((number) => repetitions(first(message, 'PID'), number))
      .some((one) => [contact(component(one, 1)), contact(component(one, 6) + component(one, 7))].includes(row.actual)),
  },
  {
    id: 'whole-seconds',
    says: 'Times are kept to the second.',
    cites: 'HL7 v2.9 chapter 2A, DTM: fractions are optional',
    elements: ['Patient.deceased'],
    holds: (row) => /\.\d+Z$/.test(row.expected) && row.expected.replace(/\.\d+Z$/, 'Z') === row.actual,
  },
  {
    id: 'whole-dates',
    says: 'Part of a date is no date: it is left out with a warning, and the next source counts.',
    cites: 'docs/specs/mapping-language.md, Expressions; DICOM PS3.5 6.2 (DA is eight digits)',
    elements: ['Patient.deceased', 'DiagnosticReport.issued'],
    holds: (row, message) => /^\d{4}(-\d\d)?$/.test(row.expected) && row.actual === (row.element === 'Patient.deceased' ? '' : sent(message)),
  },
  {
    id: 'authority-kept',
    says: 'A number keeps who gave it, also where the converter leaves that out.',
    cites: 'HL7 v2.9 chapter 2A, CX-4 and EI-2',
    elements: ['Patient.identifier.system', 'ServiceRequest.identifier PLAC.system', 'ServiceRequest.identifier FILL.system'],
    holds: (row, message, { at }) => {
      const { order, request } = groupOf(message, at);
      const number = { Patient: [], PLAC: [field(request, 2), field(order, 2)], FILL: [field(request, 3), field(order, 3)] };
      const which = row.element.startsWith('Patient') ? 'Patient' : row.element.split(' ')[1].split('.')[0];
      const given = which === 'Patient' ? repetitions(first(message, 'PID'), 3).map((one) => component(one, 4).split('&')[0])
        : number[which].map((one) => component(one, 2));
      return empty(row) && given.filter(Boolean).some((one) => authority(one) === row.actual);
    },
  },
  {
    id: 'name-of-the-authority',
    says: 'Who gave a number is called by the namespace; the universal id counts where there is none. Senders write the one everywhere and the other here and there.',
    cites: 'HL7 v2.9 chapter 2A, EI-2 and EI-3',
    elements: ['ServiceRequest.identifier PLAC.system', 'ServiceRequest.identifier FILL.system'],
    holds: (row, message, { at }) => {
      const { order, request } = groupOf(message, at);
      const number = row.element.includes('PLAC') ? 2 : 3;
      return [field(request, number), field(order, number)]
        .some((one) => component(one, 3) !== '' && component(one, 3) === row.expected && authority(component(one, 2)) === row.actual);
    },
  },
  {
    id: 'mrn-is-mr',
    says: 'A number of type MRN is a medical record number, MR.',
    cites: 'HL7 v2.9 table 0203 has MR; channel setting patients.record_number_types',
    elements: ['Patient.identifier'],
    holds: (row, message) => repetitions(first(message, 'PID'), 3)
      .some((one) => component(one, 5) === 'MRN' && row.expected === `${component(one, 1)} MRN` && row.actual === `${component(one, 1)} MR`),
  },
  {
    id: 'placer-of-the-sender',
    says: 'A placer number without a namespace is one of the sender: MSH-3 and MSH-4.',
    cites: 'HL7 v2.9 chapter 4, ORC-2: the number is unique within the placing application; rule 5 in docs/conformance/order-rules.md',
    elements: ['ServiceRequest.identifier PLAC.system'],
    holds: (row, message) => {
      const header = first(message, 'MSH');
      return empty(row) && authority([component(field(header, 3), 1), component(field(header, 4), 1)].filter(Boolean).join('^')) === row.actual;
    },
  },
  {
    id: 'filler-number-generated',
    says: 'An order without a filler number gets one: this engine is the Order Filler.',
    cites: 'IHE Radiology TF-2 4.3 (RAD-3); channel setting orders.role',
    elements: ['ServiceRequest.identifier FILL'],
    holds: (row, message, { at }) => {
      const { order, request } = groupOf(message, at);
      return empty(row) && field(order, 3) === '' && field(request, 3) === '' && /^F[0-9A-Z]{12}$/.test(row.actual);
    },
  },
  {
    id: 'parents-are-named-only',
    says: 'An order that another one names as its parent (ORC-8, OBR-29) is linked when it is known; the name alone makes none.',
    cites: 'HL7 v2.9 chapter 4, ORC-8 and OBR-29',
    elements: ['ServiceRequest'],
    holds: (row, message, { at }) => silent(row) && at >= all(message, 'OBR').length,
  },
  {
    id: 'status-of-the-order',
    says: 'The status of a request is what the order has come to: completed by a final result, active before. The converters take it from ORC-5, from ORC-1, or do not know it.',
    cites: 'HL7 v2.9 chapter 4, ORC-1 (table 0119), and chapter 7, OBR-25 (table 0123); docs/conformance/order-rules.md and report-rules.md. Deviates from the v2-to-FHIR guide, ORC to ServiceRequest, on purpose: a cancelled order must not be active',
    elements: ['ServiceRequest.status'],
    holds: (row, message, { at }) => row.actual === orderState(message, at),
  },
  {
    id: 'asap-is-urgent',
    says: 'An order is STAT, URGENT or ROUTINE; as soon as possible is URGENT.',
    cites: 'HL7 v2.9 table 0485 (A); DICOM (0040,1003); mappings/tables/priority.json',
    elements: ['ServiceRequest.priority'],
    holds: (row, message, { at }) => row.expected === 'asap' && row.actual === 'urgent' && priorities(message, at).includes('A'),
  },
  {
    id: 'no-priority-is-routine',
    says: 'An order that says nothing about its priority is routine, as is one that says so.',
    cites: 'HL7 v2.9 table 0485 (R is the default); v2-to-FHIR guide, table 0485',
    elements: ['ServiceRequest.priority'],
    holds: (row, message, { at }) => empty(row) && row.actual === 'routine' && priorities(message, at).every((code) => code === 'R'),
  },
  {
    id: 'ordered-when-first-heard-of',
    says: 'When an order was made is ORC-9, else when the first message about it was sent.',
    cites: 'HL7 v2.9 chapter 4, ORC-9, and chapter 2, MSH-7',
    elements: ['ServiceRequest.authoredOn'],
    holds: (row, message, { at }) => {
      const spoken = instant(field(groupOf(message, at).order, 9));
      return empty(row) && row.actual === (/Z$/.test(spoken) ? spoken : sent(message));
    },
  },
  {
    id: 'notes-are-nte',
    says: 'The comments on an order are its NTE. The texts of a quantity/timing (ORC-7.8, TQ1-11) say how a dose is to be given; OBR-18 to 21 are numbers (accession number, requested procedure, step).',
    cites: 'v2-to-FHIR guide, NTE to Annotation; HL7 v2.9 chapter 4, TQ1-11 and OBR-18 to 21; IHE Radiology TF-2 4.4',
    elements: ['ServiceRequest.note'],
    holds: (row, message, { at }) => silent(row) && [component(field(groupOf(message, at).order, 7), 8),
      ...all(groupOf(message, at).rest ?? [], 'TQ1').map((timing) => field(timing, 11)),
      ...[18, 19, 20, 21].map((number) => field(groupOf(message, at).request, number))].includes(row.expected),
  },
  {
    id: 'notes-of-the-order-itself',
    says: 'A document names the orders that it answers; what was written to them comes with the orders, and is not repeated from the document.',
    cites: 'HL7 v2.9 chapter 9, MDM^T02: ORC, OBR and NTE are optional',
    elements: ['ServiceRequest.note'],
    holds: (row, message, { at }) => typeOf(message).startsWith('MDM') && silent(row) &&
      all(groupOf(message, at).after ?? [], 'NTE').some((note) => field(note, 3) === row.expected),
  },
  {
    id: 'local-codes',
    says: 'A code without a coding system is a local one, 99LOCAL; a report whose code has no text is called by the code.',
    cites: 'DICOM PS3.16 8.2 (a local designator begins with 99); rule 10 in docs/conformance/order-rules.md',
    elements: ['ServiceRequest.code', 'DiagnosticReport.code'],
    holds: (row, message, { at }) => {
      const code = component(field(groupOf(message, at).request, 4), 1);
      const named = row.element.startsWith('Diagnostic') ? code : '';
      return row.expected === `${code}||` && row.actual === `${code}|99LOCAL|${named}`;
    },
  },
  {
    id: 'status-never-unknown',
    says: 'A report has a status: a document by TXA-17, a result by OBR-25, else by its least final line (OBX-11).',
    cites: 'HL7 v2.9 chapter 7, OBR-25 (table 0123) and OBX-11 (table 0085), chapter 9, TXA-17 (table 0271); docs/conformance/report-rules.md',
    elements: ['DiagnosticReport.status'],
    holds: (row, message, { at }) => row.expected === 'unknown' && row.actual === reportState(message, at),
  },
  {
    id: 'no-status-no-report',
    says: 'A result whose status nobody can tell, or is in no table, is refused (AE), not filed as unknown.',
    cites: 'HL7 v2.9 table 0123; docs/conformance/report-rules.md',
    elements: ['DiagnosticReport.status'],
    holds: (row, message, { at }) => row.actual === 'refused at OBR-25' && reportState(message, at) === undefined,
  },
  {
    id: 'report-date',
    says: 'A report without OBR-22 is of when it was sent; a document of TXA-8 or TXA-6.',
    cites: 'HL7 v2.9 chapter 7, OBR-22, chapter 2, MSH-7, chapter 9, TXA-6 and TXA-8',
    elements: ['DiagnosticReport.issued'],
    holds: (row, message, { at }) => empty(row) && (first(message, 'TXA')
      ? row.actual === documentDate(message)
      : field(groupOf(message, at).request, 22) === '' && row.actual === sent(message)),
  },
  {
    id: 'head-of-a-document',
    says: 'Of a document the header tells kind, time, author and number: TXA-2, 4, 9 (else 5, 22) and 12; of an addendum the number is that of the document it adds to (TXA-13).',
    cites: 'HL7 v2.9 chapter 9, TXA',
    elements: ['DiagnosticReport.category', 'DiagnosticReport.effective', 'DiagnosticReport.resultsInterpreter', 'DiagnosticReport.identifier FILL'],
    holds: (row, message) => {
      const head = first(message, 'TXA');
      const author = [9, 5, 22].map((number) => field(head, number)).find((name) => component(name, 2)) ?? '';
      const foretold = {
        category: [component(field(head, 2), 1)],
        effective: [instant(field(head, 4))],
        resultsInterpreter: [humanName({ family: part(component(author, 2), 1), given: [component(author, 3), component(author, 4)] })],
        'identifier FILL': [component(field(head, /T0[56]$/.test(typeOf(message)) ? 13 : 12), 1)],
      };
      return head !== undefined && empty(row) && row.actual !== '' && foretold[row.element.replace('DiagnosticReport.', '')].includes(row.actual);
    },
  },
  {
    id: 'addendum-adds-text',
    says: 'An addendum adds its text and leaves everything else of the report as it is; whose report it is, the order tells.',
    cites: 'HL7 v2.9 chapter 9, MDM^T05 and T06',
    elements: ['DiagnosticReport.code'],
    holds: (row, message) => /^MDM\^T0[56]$/.test(typeOf(message)) && silent(row),
  },
  {
    id: 'empty-document',
    says: 'A document without content is none; a warning says so.',
    cites: 'HL7 v2.9 chapter 2A, ED-5',
    elements: ['DiagnosticReport.presentedForm'],
    holds: (row, message) => silent(row) && all(message, 'OBX').filter((line) => field(line, 2) === 'ED').every((line) => component(field(line, 5), 5) === ''),
  },
  {
    id: 'structured-numbers',
    says: 'A structured number is written as it was sent, its four parts one after the other, with the unit.',
    cites: 'HL7 v2.9 chapter 2A, SN',
    elements: ['Observation.value'],
    holds: (row, message) => all(message, 'OBX').filter((line) => field(line, 2) === 'SN').some((line) => {
      const unit = component(field(line, 6), 2);
      return row.actual === words([upTo(4).map((number) => component(field(line, 5), number)).join(''), unit]) && row.expected !== '';
    }),
  },
  {
    id: 'ranges',
    says: 'A range of values is written from the first to the last.',
    cites: 'HL7 v2.9 chapter 2A, VR',
    elements: ['Observation.value'],
    holds: (row, message) => all(message, 'OBX').filter((line) => field(line, 2) === 'VR').some((line) => {
      const [from, to] = field(line, 5).split('^');
      return row.expected === `${from}-${to}` && row.actual === `${from} - ${to}`;
    }),
  },
  {
    id: 'deleted-is-cancelled',
    says: 'An appointment that was deleted (S17) is gone, as a cancelled one is; that it was a mistake is not kept apart.',
    cites: 'HL7 v2.9 chapter 10, SIU^S17; docs/conformance/order-rules.md',
    elements: ['Appointment.status'],
    holds: (row, message) => typeOf(message) === 'SIU^S17' && row.expected === 'entered-in-error' && row.actual === 'cancelled',
  },
  {
    id: 'cancelled-has-no-time',
    says: 'A step whose appointment was cancelled has no time any more, and no modality sees it.',
    cites: 'HL7 v2.9 chapter 10, SIU^S15, S16 and S17; IHE Radiology RAD-48; docs/conformance/order-rules.md',
    elements: ['Appointment.start', 'ServiceRequest.occurrence (step)'],
    holds: (row, message) => /^SIU\^S1[567]$/.test(typeOf(message)) && silent(row),
  },
];

/**
 * 'agree', the id of the decision that foretells the difference, or 'wrong'. message: parsed, as it was sent; context: { at, rows }, of
 * which order or report the row is, and all rows of the pair.
 */
export function verdictOf(row, message, context) {
  if (row.expected === row.actual) return 'agree';
  return decisions.find(({ elements, holds }) => elements.includes(row.element) && holds(row, message, context))?.id ?? 'wrong';
}
