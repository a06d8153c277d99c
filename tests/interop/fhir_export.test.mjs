// Bulk export and everything about a patient, by clients that follow the specifications and know nothing of this engine.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { exchange } from './mllp.mjs';

const baseUrl = 'http://127.0.0.1:8080/fhir';
const gantry = (...args) => execFileSync('build/release/gantry', args, { encoding: 'utf8' }).trim();
const authorization = { Authorization: `Bearer ${gantry('token', 'issue', '--scope', 'system/*.read')}` };
const ask = (url, options = {}) => fetch(url, { ...options, headers: { ...authorization, ...options.headers } });
const message = (...lines) => lines.join('\r') + '\r';
const header = (type, id) => `MSH|^~\\&|HIS|HOSP|RIS|RAD|20261123090000||${type}|${id}|P|2.5.1`;
const send = async (text) => assert.match(await exchange(2575, text), /MSA\|AA/);

for (const n of [1, 2, 3]) {
  const person = `PID|1||E700${n}^^^HOSP^MR||EXPORTED^EVE^${n}||19700607|F`;
  const numbers = `EP${n}^HIS|EF${n}^RIS`;
  await send(message(header('ORM^O01', `O${n}`), person, `ORC|NW|${numbers}||SC||^^^20261125140000||20261123090000|||D1^ORDERER^OLGA`,
    `OBR|1|${numbers}|71260^CT CHEST^C4||||||||||||D1^ORDERER^OLGA||EACC${n}||||||CT`));
  await send(message(header('ORU^R01', `R${n}`), person, `ORC|RE|${numbers}||CM`,
    `OBR|1|${numbers}|71260^CT CHEST^C4|||20261125140000|||||||||D1^ORDERER^OLGA||EACC${n}||||20261125150000||CT|F`,
    'OBX|1|TX|71260&GDT^CT CHEST^C4||No effusion.||||||F', 'OBX|2|TX|71260&IMP^CT CHEST^C4||Nothing to see.||||||F'));
}

/** The manifest of an export, waited for. */
async function exported(path) {
  const begun = await ask(`${baseUrl}/${path}`, { headers: { Prefer: 'respond-async', Accept: 'application/fhir+json' } });
  assert.strictEqual(begun.status, 202, await begun.text());
  const status = begun.headers.get('content-location');
  for (;;) {
    const answer = await ask(status);
    if (answer.status !== 202) {
      assert.strictEqual(answer.status, 200);
      assert.ok(Date.parse(answer.headers.get('expires')) > Date.now());
      return { status, manifest: await answer.json() };
    }
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    await new Promise((done) => setTimeout(done, 50));
  }
}
async function resourcesOf(manifest) {
  const out = [];
  for (const { type, url, count } of manifest.output) {
    const response = await ask(url);
    assert.strictEqual(response.status, 200);
    assert.strictEqual(response.headers.get('content-type'), 'application/fhir+ndjson');
    const lines = (await response.text()).split('\n').filter((line) => line);
    assert.strictEqual(lines.length, count);
    for (const line of lines) out.push(JSON.parse(line));
    assert.ok(out.slice(-count).every((resource) => resource.resourceType === type));
  }
  return out;
}

test('each resource is exported once, and as a read answers it', async () => {
  const { manifest } = await exported('$export');
  assert.ok(Date.parse(manifest.transactionTime) <= Date.now());
  const all = await resourcesOf(manifest);
  const names = all.map(({ resourceType, id }) => `${resourceType}/${id}`);
  assert.strictEqual(new Set(names).size, names.length);
  const count = (type) => all.filter(({ resourceType }) => resourceType === type).length;
  for (const type of ['Patient', 'ServiceRequest', 'ImagingStudy', 'Task', 'DiagnosticReport']) assert.strictEqual(count(type), 3, type);
  assert.strictEqual(count('Observation'), 6);
  for (const resource of all) {
    const read = await ask(`${baseUrl}/${resource.resourceType}/${resource.id}`);
    assert.deepStrictEqual(await read.json(), resource);
  }
});

test('what refers to something refers to what is exported', async () => {
  const all = await resourcesOf((await exported('$export')).manifest);
  const names = new Set(all.map(({ resourceType, id }) => `${resourceType}/${id}`));
  const references = (value) => (typeof value !== 'object' || value === null ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === 'reference' ? [inner] : references(inner))));
  for (const resource of all)
    for (const reference of references(resource)) if (/^[A-Z]/.test(reference)) assert.ok(names.has(reference), reference);
});

test('a patient\'s record has what the export has of that patient', async () => {
  const all = await resourcesOf((await exported('Patient/$export')).manifest);
  const patient = all.find(({ resourceType }) => resourceType === 'Patient');
  const own = all.filter((resource) => [resource.subject, resource.patient, resource.for,
    ...(resource.participant ?? []).map(({ actor }) => actor)].some((reference) => reference?.reference === `Patient/${patient.id}`));
  const walked = [];
  for (let next = `${baseUrl}/Patient/${patient.id}/$everything?_count=2`; next;) {
    const bundle = await (await ask(next)).json();
    assert.strictEqual(bundle.resourceType, 'Bundle', JSON.stringify(bundle));
    walked.push(...bundle.entry.filter(({ search }) => search.mode === 'match').map(({ resource }) => resource));
    next = bundle.link.find(({ relation }) => relation === 'next')?.url;
  }
  const sorted = (list) => list.map(({ resourceType, id }) => `${resourceType}/${id}`).sort();
  assert.deepStrictEqual(sorted(walked), sorted([patient, ...own]));
});

test('what was removed is not there any more', async () => {
  const { status, manifest } = await exported('$export?_type=Patient');
  assert.strictEqual((await ask(status, { method: 'DELETE' })).status, 202);
  assert.strictEqual((await ask(status)).status, 404);
  assert.strictEqual((await ask(manifest.output[0].url)).status, 404);
  assert.strictEqual((await ask(`${baseUrl}/$export`)).status, 400);
  assert.strictEqual((await fetch(`${baseUrl}/$export`, { headers: { Prefer: 'respond-async' } })).status, 401);
});
