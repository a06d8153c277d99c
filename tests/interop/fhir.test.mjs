// The story of an examination as an EHR sees it: an order arrives by HL7, the EHR finds it by its accession number, follows
// it until it is scheduled, and reads the report, its document and its study. With clients that others wrote.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import test from 'node:test';
import { Client } from 'fhir-kit-client';
import { exchange } from './mllp.mjs';

const require = createRequire(import.meta.url);
const { FhirClient } = require('fhirclient');
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');

const baseUrl = 'http://127.0.0.1:8080/fhir';
const gantry = (...args) => execFileSync('build/release/gantry', args, { encoding: 'utf8' }).trim();
const token = gantry('token', 'issue', '--scope', 'system/*.rs', '--label', 'interop');
const authorization = { Authorization: `Bearer ${token}` };
const kit = new Client({ baseUrl, customHeaders: authorization });
const ask = (path, headers = {}) => fetch(`${baseUrl}/${path}`, { headers: { ...authorization, ...headers } });
const search = async (path) => {
  const response = await ask(path);
  const body = await response.json();
  assert.strictEqual(response.status, 200, `${path}: ${JSON.stringify(body)}`);
  return body;
};
const resources = (bundle) => (bundle.entry ?? []).filter(({ search: { mode } }) => mode === 'match').map(({ resource }) => resource);

const pdf = Buffer.from('%PDF-1.4\n% a report of an examination that never was\n%%EOF\n');
const message = (...lines) => lines.join('\r') + '\r';
const header = (type, id) => `MSH|^~\\&|HIS|HOSP|RIS|RAD|20261123090000||${type}|${id}|P|2.5.1`;
const person = 'PID|1||F7001^^^HOSP^MR||FOLLOWED^FREDERICA^ANNE||19700607|F|||Königstraße 1^Apartment 2^Söderhamn^IL^62701^USA||555-0170~^NET^Internet^frederica@example.org';
/** A segment with these fields, by their numbers. */
const segment = (name, fields) => {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, i) => fields[i + 1] ?? '')].join('|');
};
const send = async (text) => assert.match(await exchange(2575, text), /MSA\|AA/);

test('an order is found, followed, and its report read, by fhir-kit-client', async () => {
  const numbers = { 2: 'FP1^HIS', 3: 'FF1^RIS' };
  const obr = { 1: '1', ...numbers, 4: '71260^CT CHEST^C4', 16: 'D1^ORDERER^OLGA', 18: 'FACC1', 24: 'CT' };
  await send(message(header('ORM^O01', 'S1'), person,
    segment('ORC', { 1: 'NW', ...numbers, 7: '^^^20261125140000', 9: '20261123090000', 12: 'D1^ORDERER^OLGA' }), segment('OBR', obr)));
  const identifier = 'FACC1';
  const found = resources(await kit.search({ resourceType: 'ServiceRequest', searchParams: { identifier } }));
  assert.strictEqual(found.length, 1);
  const [request] = found;
  assert.strictEqual(request.status, 'active');

  const read = await kit.read({ resourceType: 'ServiceRequest', id: request.id });
  assert.deepStrictEqual(read, request);
  const patient = await kit.read({ resourceType: 'Patient', id: request.subject.reference.split('/')[1] });
  assert.strictEqual(patient.name[0].family, 'FOLLOWED');
  assert.strictEqual(patient.birthDate, '1970-06-07');

  const tasks = resources(await kit.search({ resourceType: 'Task', searchParams: { 'based-on': request.id } }));
  assert.strictEqual(tasks.length, 1);
  assert.ok(['ready', 'accepted', 'requested'].includes(tasks[0].status), tasks[0].status);

  await send(message(header('ORU^R01', 'S2'), person, segment('ORC', { 1: 'RE', ...numbers }),
    segment('OBR', { ...obr, 7: '20261125141000', 22: '20261125150000', 25: 'F', 32: 'R1&READER&RUTH' }),
    'OBX|1|TX|71260&IMP^CT CHEST^C4||No acute findings.||||||F',
    `OBX|2|ED|PDF^Report^L||^application^pdf^Base64^${pdf.toString('base64')}||||||F`));
  const reports = resources(await kit.search({ resourceType: 'DiagnosticReport', searchParams: { 'based-on': `ServiceRequest/${request.id}` } }));
  assert.strictEqual(reports.length, 1);
  const [report] = reports;
  assert.strictEqual(report.status, 'final');
  assert.match(report.conclusion, /No acute findings/);
  const document = report.presentedForm.find(({ contentType }) => contentType === 'application/pdf');
  const bytes = await ask(document.url);
  assert.strictEqual(bytes.headers.get('content-type'), 'application/pdf');
  assert.deepStrictEqual(Buffer.from(await bytes.arrayBuffer()), pdf);
  const binary = await (await ask(document.url, { Accept: 'application/fhir+json' })).json();
  assert.strictEqual(binary.data, pdf.toString('base64'));
  for (const { reference } of report.result ?? []) assert.strictEqual((await ask(reference)).status, 200, reference);

  const study = resources(await search(`ImagingStudy?basedon=ServiceRequest/${request.id}`))[0];
  assert.strictEqual(study.subject.reference, request.subject.reference);
  const byAccession = async (type) => resources(await search(`${type}?identifier=${identifier}`)).map(({ id }) => id);
  assert.deepStrictEqual(await byAccession('ServiceRequest'), [request.id]);
  assert.deepStrictEqual(await byAccession('ImagingStudy'), [study.id]);
  assert.deepStrictEqual(await byAccession('DiagnosticReport'), [report.id]);
});

test('the same is read by fhirclient, with references resolved', async () => {
  const client = new FhirClient(baseUrl);
  const options = { headers: authorization, includeResponse: false };
  const bundle = await client.fhirRequest('DiagnosticReport?patient.identifier=F7001&_include=DiagnosticReport:based-on', options);
  const modes = bundle.entry.map(({ search: { mode }, resource: { resourceType } }) => `${mode} ${resourceType}`);
  assert.deepStrictEqual(modes, ['match DiagnosticReport', 'include ServiceRequest']);
  const report = bundle.entry[0].resource;
  await client.resolveReferences(report, ['subject'], options);
  assert.strictEqual(report.subject.name[0].family, 'FOLLOWED');
});

test('nobody is told anything without a token, or by one that was revoked', async () => {
  assert.strictEqual((await fetch(`${baseUrl}/Patient`)).status, 401);
  assert.strictEqual((await ask('Patient', { Authorization: 'Bearer gantry_0' })).status, 401);
  assert.strictEqual((await fetch(`${baseUrl}/metadata`)).status, 200);
  const other = gantry('token', 'issue', '--scope', 'system/Patient.rs', '--json');
  const { id, token: limited } = JSON.parse(other);
  const asOther = { Authorization: `Bearer ${limited}` };
  assert.strictEqual((await ask('Patient', asOther)).status, 200);
  assert.strictEqual((await ask('ServiceRequest', asOther)).status, 403);
  gantry('token', 'revoke', id);
  assert.strictEqual((await ask('Patient', asOther)).status, 401);
});

test('what a patient was is read again, by fhir-kit-client', async () => {
  const [person] = resources(await kit.search({ resourceType: 'Patient', searchParams: { identifier: 'F7001' } }));
  const { id, meta: { versionId } } = person;
  await send(message(header('ADT^A08', 'S3'), 'PID|1||F7001^^^HOSP^MR||FOLLOWED^FREDERICA^ANNE^^DR||19700608|F', 'PV1|1|O'));
  const history = await kit.history({ resourceType: 'Patient', id });
  assert.strictEqual(history.type, 'history');
  assert.ok(history.entry.length >= 2);
  assert.strictEqual(history.entry.at(-1).request.method, 'POST');
  assert.strictEqual(history.entry[0].resource.birthDate, '1970-06-08');
  assert.deepStrictEqual(await kit.vread({ resourceType: 'Patient', id, version: versionId }), person);
  const all = await kit.history();
  assert.strictEqual(all.entry[0].fullUrl, `${baseUrl}/Patient/${id}`);
  assert.ok((await kit.history({ resourceType: 'Patient' })).entry.length >= 2);
});

test('a resource is validated, and nothing written', async () => {
  const operation = (resource) => kit.operation({ name: 'validate', resourceType: 'Patient', input: resource });
  const severities = ({ issue }) => issue.map(({ severity }) => severity);
  assert.ok(severities(await operation({ resourceType: 'Patient', gender: 'x' })).includes('error'));
  assert.ok(!severities(await operation({ resourceType: 'Patient', gender: 'female' })).includes('error'));
  const [{ id }] = resources(await kit.search({ resourceType: 'Patient', searchParams: { identifier: 'F7001' } }));
  const there = await search(`Patient/${id}/$validate`);
  assert.ok(!severities(there).includes('error'), JSON.stringify(there));
});

test('a patient is patched, and the patch is a version, by fhir-kit-client', async () => {
  const writing = { Authorization: `Bearer ${gantry('token', 'issue', '--scope', 'system/*.cruds', '--label', 'patches')}` };
  const writer = new Client({ baseUrl, customHeaders: writing });
  const [{ id, meta: { versionId } }] = resources(await kit.search({ resourceType: 'Patient', searchParams: { identifier: 'F7001' } }));
  const jsonPatch = [{ op: 'test', path: '/gender', value: 'female' }, { op: 'replace', path: '/birthDate', value: '1970-06-09' }];
  const patched = await writer.patch({ resourceType: 'Patient', id, jsonPatch });
  assert.strictEqual(patched.birthDate, '1970-06-09');
  await assert.rejects(writer.patch({ resourceType: 'Patient', id, jsonPatch: [{ op: 'test', path: '/gender', value: 'male' }] }), ({ response }) => response.status === 422);
  const { entry } = await kit.history({ resourceType: 'Patient', id });
  assert.strictEqual(entry[0].resource.birthDate, '1970-06-09');
  assert.strictEqual(entry[1].resource.meta.versionId, versionId);
  const send = (method, path, headers = {}, body = undefined) => fetch(`${baseUrl}/${path}`, { method, headers: { ...writing, ...headers }, body });
  const part = (name, value) => ({ name, ...value });
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'operation', part: [part('type', { valueCode: 'replace' }), part('path', { valueString: 'Patient.birthDate' }), part('value', { valueDate: '1970-06-10' })] }] };
  const byPaths = await send('PATCH', `Patient/${id}`, { 'Content-Type': 'application/fhir+json' }, JSON.stringify(parameters));
  assert.strictEqual((await byPaths.json()).birthDate, '1970-06-10');
  const stale = await send('PATCH', `Patient/${id}`, { 'Content-Type': 'application/json-patch+json', 'If-Match': `W/"${versionId}"` }, '[]');
  assert.strictEqual(stale.status, 412);
  // Nothing is deleted.
  const deletion = await send('DELETE', `Patient/${id}`);
  assert.strictEqual(deletion.status, 405);
  assert.match(deletion.headers.get('allow'), /PATCH/);
  assert.strictEqual((await deletion.json()).resourceType, 'OperationOutcome');
});

// Each interaction that is declared, of a resource that is there.
test('each declared interaction of a type is answered', async () => {
  const statement = await (await fetch(`${baseUrl}/metadata`)).json();
  let asked = 0;
  for (const { type, interaction } of statement.rest[0].resource) {
    const codes = (interaction ?? []).map(({ code }) => code);
    if (!codes.includes('search-type')) continue;
    const [one] = resources(await search(`${type}?_count=1`));
    const at = one ? `${type}/${one.id}` : `${type}/1`;
    const paths = { read: at, vread: `${at}/_history/${one?.meta?.versionId ?? 1}`, 'history-instance': `${at}/_history`, 'history-type': `${type}/_history` };
    for (const [code, path] of Object.entries(paths)) {
      const { status } = await ask(path);
      const wanted = !codes.includes(code) ? [404, 405] : one || code === 'history-type' ? [200] : [404];
      assert.ok(wanted.includes(status), `${code} ${path}: ${status}`);
      asked += 1;
    }
  }
  assert.ok(asked > 20, `${asked}`);
});

// One request for each thing that the CapabilityStatement declares, and its values taken from the resources themselves.
test('whatever is declared is answered, and what is not is refused', async () => {
  const statement = await (await fetch(`${baseUrl}/metadata`)).json();
  const values = { token: 'x', string: 'x', date: 'ge2020-01-01', reference: '1', uri: 'urn:x' };
  let asked = 0;
  for (const { type, searchParam, searchInclude, searchRevInclude } of statement.rest[0].resource) {
    const queries = (searchParam ?? []).map(({ name, type: kind }) => `${name}=${values[kind]}`);
    for (const one of searchInclude ?? []) queries.push(`_include=${one}`);
    for (const one of searchRevInclude ?? []) queries.push(`_revinclude=${one}`);
    for (const query of queries) {
      const response = await ask(`${type}?${query}`);
      assert.strictEqual(response.status, 200, `${type}?${query}: ${await response.text()}`);
      asked += 1;
    }
    if (searchParam) assert.strictEqual((await ask(`${type}?undeclared=1`)).status, 400);
  }
  assert.ok(asked > 80, `${asked}`);
});

// What R4 itself says a parameter looks at, evaluated by somebody else's FHIRPath over what we serve: a search by each value
// there finds the resource.
test('a search by a value that FHIRPath finds in a resource finds the resource', async () => {
  const statement = await (await fetch(`${baseUrl}/metadata`)).json();
  let compared = 0;
  for (const { type, searchParam } of statement.rest[0].resource) {
    if (!searchParam) continue;
    const all = resources(await search(`${type}?_count=50`));
    for (const { name, definition, type: kind } of searchParam) {
      if (!definition || name.startsWith('_')) continue;
      const expression = expressions[`${type}.${name}`];
      if (!expression) continue;
      for (const resource of all) {
        for (const value of fhirpath.evaluate(resource, expression, null, r4)) {
          for (const query of queriesOf(kind, value)) {
            const ids = resources(await search(`${type}?${name}=${encodeURIComponent(query)}&_count=1000`)).map(({ id }) => id);
            assert.ok(ids.includes(resource.id), `${type}/${resource.id}: ${name}=${query}`);
            compared += 1;
          }
        }
      }
    }
  }
  assert.ok(compared > 30, `${compared}`);
});

const expressions = {
  'Patient.identifier': 'Patient.identifier', 'Patient.family': 'Patient.name.family', 'Patient.given': 'Patient.name.given',
  'Patient.gender': 'Patient.gender', 'Patient.birthdate': 'Patient.birthDate', 'Patient.active': 'Patient.active',
  'Patient.deceased': 'Patient.deceased.exists() and Patient.deceased != false', 'Patient.death-date': '(Patient.deceased as dateTime)',
  'Patient.link': 'Patient.link.other', 'Patient.name': 'Patient.name.family | Patient.name.given',
  'Patient.address': 'Patient.address.text | Patient.address.line', 'Patient.address-city': 'Patient.address.city',
  'Patient.address-state': 'Patient.address.state', 'Patient.address-postalcode': 'Patient.address.postalCode',
  'Patient.address-country': 'Patient.address.country', 'Patient.telecom': 'Patient.telecom',
  'Patient.phone': "Patient.telecom.where(system = 'phone')", 'Patient.email': "Patient.telecom.where(system = 'email')",
  'Practitioner.identifier': 'Practitioner.identifier', 'Practitioner.name': 'Practitioner.name.family | Practitioner.name.given',
  'Practitioner.family': 'Practitioner.name.family', 'Practitioner.given': 'Practitioner.name.given',
  'ServiceRequest.identifier': 'ServiceRequest.identifier', 'ServiceRequest.status': 'ServiceRequest.status',
  'ServiceRequest.intent': 'ServiceRequest.intent', 'ServiceRequest.priority': 'ServiceRequest.priority',
  'ServiceRequest.code': 'ServiceRequest.code', 'ServiceRequest.authored': 'ServiceRequest.authoredOn',
  'ServiceRequest.patient': 'ServiceRequest.subject', 'ServiceRequest.subject': 'ServiceRequest.subject',
  'ServiceRequest.requester': 'ServiceRequest.requester',
  'ImagingStudy.identifier': 'ImagingStudy.identifier', 'ImagingStudy.status': 'ImagingStudy.status',
  'ImagingStudy.patient': 'ImagingStudy.subject', 'ImagingStudy.basedon': 'ImagingStudy.basedOn',
  'ImagingStudy.started': 'ImagingStudy.started',
  'Task.status': 'Task.status', 'Task.based-on': 'Task.basedOn', 'Task.patient': 'Task.for', 'Task.focus': 'Task.focus',
  'Appointment.status': 'Appointment.status', 'Appointment.date': 'Appointment.start', 'Appointment.based-on': 'Appointment.basedOn',
  'DiagnosticReport.identifier': 'DiagnosticReport.identifier', 'DiagnosticReport.status': 'DiagnosticReport.status',
  'DiagnosticReport.patient': 'DiagnosticReport.subject', 'DiagnosticReport.based-on': 'DiagnosticReport.basedOn',
  'DiagnosticReport.code': 'DiagnosticReport.code', 'DiagnosticReport.issued': 'DiagnosticReport.issued',
  'DiagnosticReport.results-interpreter': 'DiagnosticReport.resultsInterpreter',
};

const escaped = (text) => text.replace(/[\\,|$]/g, (c) => `\\${c}`);

function queriesOf(kind, value) {
  if (kind === 'reference') return value.reference ? [value.reference, value.reference.split('/')[1]] : [];
  if (kind === 'date') return [String(value), String(value).slice(0, 10)];
  if (typeof value !== 'object') return [escaped(String(value))];
  if (value.coding) return value.coding.filter(({ code }) => code).flatMap(({ system, code }) =>
    system ? [escaped(code), `${system}|${escaped(code)}`] : [escaped(code)]);
  if (value.value) return value.system ? [escaped(value.value), `${value.system}|${escaped(value.value)}`] : [escaped(value.value)];
  return [];
}
