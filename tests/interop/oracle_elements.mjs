// What an expected Bundle says and what Gantry's records say, element by element: rows { element, expected, actual, at } of texts that
// oracle_values.mjs writes; at: of which order or report of the message. An element is in the list as soon as one of the two has a value. What a Bundle has beyond them, and no
// record has a field for, is in `unheld`.
import * as values from './oracle_values.mjs';

export const resources = ['Patient', 'ServiceRequest', 'DiagnosticReport', 'Observation', 'Appointment'];

/** The records after all messages: { patient, orders, steps, reports }, each a { field: value }; outputs: of `gantry try --json`. */
export function recordsOf(outputs) {
  const records = { patient: {}, orders: [], steps: [], reports: [] };
  for (const { changes } of outputs) {
    const seen = { order: 0, step: 0, report: 0 };
    for (const { kind, created, fields } of changes) {
      const list = records[`${kind}s`];
      if (list && created) list.push({});
      const record = list ? list[created ? list.length - 1 : seen[kind]] : records[kind];
      if (list) seen[kind] += 1;
      for (const [name, { after }] of Object.entries(fields)) record[name] = after;
    }
  }
  return records;
}

function inBundle(bundle) {
  const entries = bundle.entry ?? [];
  const of = (type) => entries.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === type);
  const referred = (reference) => entries.find(({ fullUrl, resource }) => fullUrl === reference?.reference ||
    `${resource.resourceType}/${resource.id}` === reference?.reference)?.resource;
  const person = (reference) => {
    const resource = referred(reference);
    return resource?.practitioner ? referred(resource.practitioner) : resource;
  };
  return { of, person, referred };
}

const row = (element, expected, actual) => ({ element, expected: expected ?? '', actual: actual ?? '' });

// The two lists with equal ones beside each other, what is left in the order it came.
function beside(element, expected, actual) {
  const left = [...actual];
  const lone = [];
  const rows = [];
  for (const one of expected) {
    const at = left.indexOf(one);
    if (at < 0) lone.push(one);
    else rows.push(row(element, one, left.splice(at, 1)[0]));
  }
  for (let i = 0; i < Math.max(lone.length, left.length); ++i) rows.push(row(element, lone[i], left[i]));
  return rows;
}

const identifierOf = ({ value, type }) => [value ?? '', type?.coding?.[0]?.code ?? ''].join(' ').trim();

function identifiersOfRecord(text) {
  return (text ?? '').split('~').filter(Boolean).map((one) => {
    const [value, , , authority, type] = one.split('^');
    return { text: [value, type ?? ''].join(' ').trim(), authority: authority ?? '' };
  });
}

// Who gave the number: the organization where the Bundle names it, else the system.
function systemOf(identifier, referred) {
  const organization = identifier?.assigner && referred ? referred(identifier.assigner) : null;
  return values.authority(organization?.name ?? organization?.identifier?.[0]?.value ?? identifier?.system);
}

const motherWords = (mother) => (mother?.valueHumanName ? [mother.valueHumanName.family, ...(mother.valueHumanName.given ?? [])] : (mother?.valueString ?? '').split(/--/));

function patientRows(patient, record, referred) {
  const own = identifiersOfRecord(record.identifiers);
  const rows = beside('Patient.identifier', (patient.identifier ?? []).map(identifierOf), own.map(({ text }) => text));
  for (const identifier of patient.identifier ?? []) {
    const same = own.find(({ text }) => text === identifierOf(identifier));
    if (same) rows.push(row('Patient.identifier.system', systemOf(identifier, referred), values.authority(same.authority)));
  }
  const names = (patient.name ?? []).map(values.humanName);
  rows.push(row('Patient.name', names[0], values.personName(record.name)));
  rows.push(...beside('Patient.name (further)', names.slice(1), (record.other_names ?? '').split('\\').filter(Boolean).map(values.personName)));
  rows.push(row('Patient.birthDate', values.instant(patient.birthDate), values.instant(record.birth_date)));
  rows.push(row('Patient.gender', patient.gender, values.gender(record.sex)));
  rows.push(row('Patient.address', values.address(patient.address?.[0]), values.addressText(record.address)));
  for (const further of (patient.address ?? []).slice(1)) rows.push(row('Patient.address (further)', values.address(further), ''));
  rows.push(...beside('Patient.telecom', (patient.telecom ?? []).map(values.contactPoint).filter(Boolean),
    (record.telecom ?? '').split('\\').filter(Boolean).map(values.contact)));
  const dead = patient.deceasedDateTime ? values.instant(patient.deceasedDateTime) : patient.deceasedBoolean ? 'Y' : '';
  rows.push(row('Patient.deceased', dead, record.deceased === 'Y' ? 'Y' : values.instant(record.deceased)));
  const mother = (patient.extension ?? []).find(({ url }) => url.endsWith('/patient-mothersMaidenName'));
  rows.push(row('Patient.mothersMaidenName', values.words(motherWords(mother)), values.words((record.mother_maiden_name ?? '').split('^'))));
  return rows;
}

const ofType = (resource, type) => (resource.identifier ?? []).find((one) => one.type?.coding?.[0]?.code === type);
const occurrence = (request) => request.occurrenceDateTime ?? request.occurrencePeriod?.start ?? request.occurrenceTiming?.repeat?.boundsPeriod?.start;

function requestRows(request, order, person) {
  const requester = person(request.requester);
  const placer = ofType(request, 'PLAC');
  const filler = ofType(request, 'FILL');
  const rows = [
    row('ServiceRequest.identifier PLAC', placer?.value, order.placer_number),
    row('ServiceRequest.identifier FILL', filler?.value, order.filler_number),
    row('ServiceRequest.identifier PLAC.system', systemOf(placer), values.authority(order.placer_authority)),
    row('ServiceRequest.identifier FILL.system', systemOf(filler), values.authority(order.filler_authority)),
    row('ServiceRequest.status', request.status, values.requestStatus(order.status, order.hold)),
    row('ServiceRequest.priority', request.priority, values.priority(order.urgency)),
    row('ServiceRequest.code', values.coding(request.code), values.codedText(order.procedure_code, order.procedure_scheme, order.procedure_meaning)),
    row('ServiceRequest.authoredOn', values.instant(request.authoredOn), values.instant(order.ordered_date)),
    row('ServiceRequest.occurrence', values.instant(occurrence(request)), values.instant(order.scheduled_date)),
    row('ServiceRequest.requester', values.humanName(requester?.name?.[0]), values.personName(order.requesting_physician)),
    row('ServiceRequest.requester.identifier', requester?.identifier?.[0]?.value, order.requesting_physician_id),
    row('ServiceRequest.reasonCode', (request.reasonCode ?? []).map((one) => values.coding(one).split('|').filter((part, at) => at !== 1 && part).at(-1)).join('; '), order.reason),
  ];
  return [...rows, ...beside('ServiceRequest.note', (request.note ?? []).map(({ text }) => text), (order.comments ?? '').split('\n').filter(Boolean))];
}

// An appointment asks for a service per step.
function stepRows(request, step, person) {
  const performer = (request.performer ?? []).map(person).find((one) => one?.resourceType === 'Practitioner');
  return [
    row('ServiceRequest.code (step)', values.coding(request.code), values.codedText(step.protocol_code, step.protocol_scheme, step.protocol_meaning)),
    row('ServiceRequest.occurrence (step)', values.instant(occurrence(request)), values.instant(step.start_date && step.start_date + (step.start_time ?? ''))),
    row('ServiceRequest.performer (step)', values.humanName(performer?.name?.[0]), values.personName(step.performing_physician)),
  ];
}

const appointmentStates = { '': 'cancelled', SCHEDULED: 'booked', DISCONTINUED: 'cancelled' };

function appointmentRows(appointment, records) {
  const [step] = records.steps;
  const start = step?.start_date ? step.start_date + (step.start_time ?? '') : records.orders[0]?.scheduled_date;
  return [
    row('Appointment.status', appointment.status, step ? (appointmentStates[step.status ?? ''] ?? step.status) : 'no step'),
    row('Appointment.start', values.instant(appointment.start), values.instant(start)),
    row('Appointment.comment', appointment.comment, records.orders[0]?.comments),
  ];
}

function reportRows(report, record, person) {
  return [
    row('DiagnosticReport.identifier FILL', ofType(report, 'FILL')?.value, record.report_number),
    row('DiagnosticReport.code', values.coding(report.code), values.codedText(record.code, record.code_scheme, record.title)),
    row('DiagnosticReport.status', report.status, record.result_status),
    row('DiagnosticReport.effective', values.instant(report.effectiveDateTime ?? report.effectivePeriod?.start), values.instant(record.observation_date)),
    row('DiagnosticReport.issued', values.instant(report.issued), values.instant(record.report_date)),
    row('DiagnosticReport.category', report.category?.[0]?.coding?.[0]?.code, record.category),
    row('DiagnosticReport.resultsInterpreter', values.humanName(person(report.resultsInterpreter?.[0])?.name?.[0]), values.personName(record.radiologist)),
    row('DiagnosticReport.presentedForm', report.presentedForm?.[0]?.contentType, record.document_type),
  ];
}

// What an observation says stands in the text of the report, in a line that the observation's name may begin. What is left over on
// both sides is put beside each other.
function observationRows(observations, record) {
  const text = [record.text, record.addenda].filter(Boolean).join('\n');
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  const said = observations.flatMap((one) => [...values.observed(one).split('\n'), ...(one.note ?? []).map((note) => note.text)]
    .filter(Boolean).map((value) => ({ value: value.trim(), name: one.code?.coding?.[0]?.display ?? '' })));
  const rows = [];
  const lone = [];
  for (const { value, name } of said) {
    const at = lines.findIndex((line) => values.lineValue(line, name) === value);
    if (at < 0) lone.push({ value, name });
    else rows.push(row('Observation.value', value, values.lineValue(lines.splice(at, 1)[0], name)));
  }
  for (let i = 0; i < Math.max(lone.length, lines.length); ++i)
    rows.push(row('Observation.value', lone[i]?.value, lines[i] && values.lineValue(lines[i], lone[i]?.name)));
  return rows;
}

// A resource is there because there is a record; its elements, because both are.
function eachOf(kind, resources, records, rows) {
  return resources.flatMap((resource, at) => [row(kind, 'there', records[at] ? 'there' : ''), ...(records[at] ? rows(resource, records[at]) : [])]
    .map((one) => ({ ...one, at })));
}

/** The rows of one pair; records: of recordsOf. */
export function rowsOf(bundle, records) {
  const { of, person, referred } = inBundle(bundle);
  const appointment = of('Appointment')[0];
  const requests = of('ServiceRequest');
  const reports = of('DiagnosticReport');
  const rows = of('Patient').slice(0, 1).flatMap((patient) => patientRows(patient, records.patient, referred));
  if (appointment) rows.push(...appointmentRows(appointment, records));
  if (appointment) rows.push(...eachOf('ServiceRequest (step)', requests, records.steps, (request, step) => stepRows(request, step, person)));
  else rows.push(...eachOf('ServiceRequest', requests, records.orders, (request, order) => requestRows(request, order, person)));
  rows.push(...eachOf('DiagnosticReport', reports, records.reports, (report, record) => reportRows(report, record, person)));
  if (records.reports.length === 1) rows.push(...observationRows(of('Observation'), records.reports[0]));
  else reports.forEach((report, at) => records.reports[at] &&
    rows.push(...observationRows((report.result ?? []).map(referred).filter(Boolean), records.reports[at])));
  return rows.filter(({ expected, actual }) => expected !== '' || actual !== '');
}

const held = {
  Patient: ['identifier', 'name', 'birthDate', 'gender', 'address', 'telecom', 'deceasedDateTime', 'deceasedBoolean'],
  ServiceRequest: ['identifier', 'status', 'priority', 'code', 'authoredOn', 'occurrenceDateTime', 'occurrencePeriod', 'occurrenceTiming', 'requester', 'reasonCode', 'note'],
  DiagnosticReport: ['identifier', 'code', 'status', 'effectiveDateTime', 'effectivePeriod', 'issued', 'category', 'resultsInterpreter', 'presentedForm', 'result'],
  Observation: ['valueQuantity', 'valueString', 'valueCodeableConcept', 'valueDateTime', 'valueTime', 'valueRange', 'valueRatio', 'note'],
  Appointment: ['status', 'start', 'comment'],
};

/**
 * The elements of a Bundle that are not compared: "Patient.maritalStatus", each once per resource; inReport: its Observations are the
 * lines of a report.
 */
export function unheld(bundle, inReport) {
  const unsaid = ['resourceType', 'id', 'meta', 'text', 'extension', 'subject', 'intent'];
  return (bundle.entry ?? []).map(({ resource }) => resource).filter(({ resourceType }) => resources.includes(resourceType))
    .flatMap((resource) => resource.resourceType === 'Observation' && !inReport ? ['Observation (of an order, an appointment or a patient)'] : Object.keys(resource).filter((key) => !key.startsWith('_') && !unsaid.includes(key) && !held[resource.resourceType].includes(key))
      .map((key) => `${resource.resourceType}.${key}`));
}
