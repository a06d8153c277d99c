// The pairs of the corpus (a message, and the FHIR Bundle that another converter makes of it), and what has to be added to a message
// before the shipped mappings can be asked what they read in it: the converters' tests are about one field at a time and leave the rest
// out, down to the patient's number. What is added is named, and is not compared.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { messagesOf } from './mllp.mjs';

export const sources = [
  { name: 'FHIR-Converter', folder: 'microsoft_fhir-converter', ending: '-expected.json' },
  { name: 'prime-reportstream', folder: 'cdcgov_prime-reportstream', ending: '.fhir' },
];

/** { source, name, message, bundle } of every expected Bundle whose message is there; message: latin1, one CR per segment. */
export function pairsOf(corpus) {
  return sources.flatMap(({ name: source, folder, ending }) => {
    const expected = path.join(corpus, 'fhir/expected', folder);
    return readdirSync(expected).sort().map((file) => {
      const name = file.slice(0, -ending.length);
      const input = path.join(corpus, 'hl7v2', folder, `${name}.hl7`);
      const messages = existsSync(input) ? messagesOf(readFileSync(input)) : [];
      return { source, name, message: messages[0] ?? null, bundle: JSON.parse(readFileSync(path.join(expected, file), 'utf8')) };
    });
  });
}

/** A message as [{ name, fields }]; fields[n] is field n, in MSH too. */
export function parsed(message) {
  const separator = message[3];
  return message.split('\r').filter((line) => line !== '').map((line) => {
    const fields = line.split(separator);
    return fields[0] === 'MSH' ? { name: 'MSH', fields: ['MSH', separator, ...fields.slice(1)] } : { name: fields[0], fields };
  });
}

export function written(segments) {
  const separator = segments[0].fields[1];
  return segments.map(({ name, fields }) => (name === 'MSH' ? ['MSH', ...fields.slice(2)] : fields).join(separator)).join('\r') + '\r';
}

export const field = (segment, number) => segment?.fields[number] ?? '';

export function put(segment, number, value) {
  while (segment.fields.length < number) segment.fields.push('');
  segment.fields[number] = value;
}

export const all = (segments, name) => segments.filter((segment) => segment.name === name);
export const first = (segments, name) => segments.find((segment) => segment.name === name);
export const typeOf = (segments) => field(first(segments, 'MSH'), 9).split('^').slice(0, 2).join('^');

export const orderTypes = ['ORM^O01', 'OMG^O19', 'OMI^O23'];
const demographic = ['A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A28', 'A31'];
const readAsSent = (type) => orderTypes.includes(type) || /^(ORU\^R01|MDM\^T(0\d|1[01])|SIU\^S(1[2-9]|2[0-26]))$/.test(type) ||
  demographic.some((event) => type === `ADT^${event}`);

// What the message is asked as: its own type where a shipped mapping reads that and there is something for it; a laboratory order as the
// general order that it is otherwise like; anything else says who the patient is.
function asType(segments) {
  const type = typeOf(segments);
  const groups = all(segments, 'OBR').length > 0;
  if (type === 'OML^O21' && groups) return 'OMG^O19';
  if (type.startsWith('SIU') || type.startsWith('ADT') || groups) return readAsSent(type) ? type : 'ADT^A31';
  return 'ADT^A31';
}

// An order group is an ORC with the OBR after it, or an OBR alone.
function groupsOf(segments) {
  const groups = [];
  let order = null;
  for (const segment of segments) {
    if (segment.name === 'ORC') order = segment;
    if (segment.name === 'OBR') groups.push({ order, request: segment });
    if (segment.name === 'OBR') order = null;
  }
  return groups;
}

function supplyPatient(segments, added) {
  const pid = first(segments, 'PID');
  const blank = (number) => field(pid, number).split('~').every((one) => one.split('^')[0] === '');
  if (blank(3) && blank(2)) {
    put(pid, 3, 'SUPPLIED^^^ORACLE^MR');
    added.add('PID-3');
  }
  if (field(pid, 5) === '') {
    put(pid, 5, 'SUPPLIED^NAME');
    added.add('PID-5');
  }
}

function supplyOrders(segments, type, sentAs, added) {
  groupsOf(segments).forEach(({ order, request }, index) => {
    const numbers = [field(request, 2), field(request, 3), field(order, 2), field(order, 3)];
    if (numbers.every((number) => number.split('^')[0] === '')) {
      put(request, 3, `SUPPLIED${index + 1}`);
      added.add('OBR-3');
    }
    // A laboratory order is asked as a new one.
    if (orderTypes.includes(type) && order && (field(order, 1) === '' || sentAs !== type) && field(order, 1) !== 'NW') {
      put(order, 1, 'NW');
      added.add('ORC-1');
    }
    if (type === 'OMG^O19' && field(request, 24) === '') {
      put(request, 24, 'OT');
      added.add('OBR-24');
    }
  });
}

// An appointment is for an order that is known: one that says no more than who, what and under which number.
function orderBefore(segments, added) {
  const schedule = first(segments, 'SCH');
  if (field(schedule, 26) === '' && field(schedule, 27) === '') {
    put(schedule, 26, 'SUPPLIED^ORACLE');
    added.add('SCH-26');
  }
  added.add('an order before it');
  const header = structuredClone(first(segments, 'MSH'));
  put(header, 9, 'ORM^O01');
  put(header, 10, 'ORDER');
  const group = [
    { name: 'ORC', fields: ['ORC', 'NW', field(schedule, 26), field(schedule, 27)] },
    { name: 'OBR', fields: ['OBR', '1', '', '', 'SUPPLIED^SUPPLIED^L'] },
  ];
  put(group[1], 24, 'OT');
  const pid = first(segments, 'PID');
  const patient = { name: 'PID', fields: ['PID', '1', '', field(pid, 3), '', field(pid, 5)] };
  return written([header, patient, ...group]);
}

// What is cancelled was booked: the same appointment as S12, booked.
function appointmentBefore(segments, as, added) {
  if (!/S1[567]$/.test(as)) return [];
  added.add('its booking before it');
  const booking = structuredClone(segments);
  put(first(booking, 'MSH'), 9, 'SIU^S12');
  put(first(booking, 'MSH'), 10, 'BOOKING');
  put(first(booking, 'SCH'), 25, 'Booked');
  for (const service of all(booking, 'AIS')) put(service, 10, 'Booked');
  return [written(booking)];
}

/**
 * { messages, added, as }: the messages to hand over one after the other, of which the last is the pair's; the fields that were added
 * to it; the type that it is asked as. `segments` is changed into it. null: nobody is spoken of.
 */
export function prepared(segments) {
  if (!first(segments, 'PID')) return null;
  const added = new Set();
  const header = first(segments, 'MSH');
  const sentAs = typeOf(segments);
  const as = asType(segments);
  if (field(header, 11) === '') {
    put(header, 11, 'P');
    added.add('MSH-11');
  }
  if (as !== sentAs) put(header, 9, as);
  supplyPatient(segments, added);
  if (as === 'ADT^A31') return { messages: [written(segments)], added, as };
  supplyOrders(segments, as, sentAs, added);
  const before = as.startsWith('SIU') ? [orderBefore(segments, added), ...appointmentBefore(segments, as, added)] : [];
  return { messages: [...before, written(segments)], added, as };
}
