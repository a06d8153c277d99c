// HL7's own examples of the types that are written, posted to an engine and read again: equal, but for what
// docs/conformance/fhir-examples.md lists with its reason.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { examples, root, validators, verdictsOf } from './validators.mjs';

const base = 'http://127.0.0.1:8080/fhir';
const token = execFileSync(path.join(root, 'build/release/gantry'), ['token', 'issue', '--scope', 'system/*.cruds'], { encoding: 'utf8' }).trim();
const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/fhir+json' };
// A patient first, then what is about him; a request before what is based on it.
const types = ['Patient', 'ServiceRequest', 'ImagingStudy', 'DiagnosticReport'];
const files = types.flatMap((type) => fs.readdirSync(examples).filter((name) => name.startsWith(`${type}-`) && name.endsWith('.json')).sort());

// Rows of the page: the cells after the first by what stands in it.
function table(heading) {
  const page = fs.readFileSync(path.join(root, 'docs/conformance/fhir-examples.md'), 'utf8');
  const section = page.split('\n## ').find((part) => part.startsWith(`${heading}\n`));
  assert.ok(section, heading);
  const rows = section.split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  return new Map(rows.map(([name, ...rest]) => [name.replaceAll('`', ''), rest]));
}
const refused = table('Refused');
const added = table('Added');
const changed = table('Changed');

// Where the examples refer to one another: our ids, by theirs.
const ours = new Map();
function rewritten(one) {
  if (Array.isArray(one)) return one.map(rewritten);
  if (one === null || typeof one !== 'object') return one;
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, key === 'reference' && ours.has(value) ? ours.get(value) : rewritten(value)]));
}

// References that lead to our records now, which is what they were to do.
const own = /^(Patient|Practitioner|ServiceRequest|ImagingStudy)\/\d{15,}$/;
function aligned(posted, served) {
  if (Array.isArray(posted)) return posted.map((one, i) => aligned(one, served?.[i]));
  if (posted === null || typeof posted !== 'object') return posted;
  const out = Object.fromEntries(Object.entries(posted).map(([key, value]) => [key, aligned(value, served?.[key])]));
  if (own.test(served?.reference ?? '') && !out.reference?.startsWith('#')) out.reference = served.reference;
  return out;
}

const used = { added: new Set(), changed: new Set() };
// What of the posted element is not in the served one, as sentences. Items of a list may have others beside them.
function differences(file, type, posted, served) {
  const out = [];
  for (const key of new Set([...Object.keys(posted), ...Object.keys(served)])) {
    const at = `${type}.${key}`;
    if (isDeepStrictEqual(posted[key], served[key])) continue;
    const note = (list, rows, name) => (rows.has(name) ? list.add(name) : false);
    const beside = Array.isArray(posted[key]) && Array.isArray(served[key]) && posted[key].every((item) => served[key].some((other) => isDeepStrictEqual(item, other)));
    if ((!(key in posted) || beside) && note(used.added, added, at)) continue;
    if (note(used.changed, changed, `${file}: ${at}`)) continue;
    out.push(`${at}: ${JSON.stringify(posted[key])} is ${JSON.stringify(served[key])}`);
  }
  return out;
}

const plain = ({ id, meta, ...rest }) => {
  const { versionId, lastUpdated, ...kept } = meta ?? {};
  return Object.keys(kept).length > 0 ? { meta: kept, ...rest } : rest;
};

const results = new Map();

for (const file of files) {
  const resource = rewritten(JSON.parse(fs.readFileSync(path.join(examples, file), 'utf8')));
  const response = await fetch(`${base}/${resource.resourceType}`, { method: 'POST', headers, body: JSON.stringify(resource) });
  const body = await response.json();
  const result = { file, status: response.status, body, resource, warnings: response.headers.get('warning') };
  results.set(file, result);
  if (!response.ok) continue;
  ours.set(`${resource.resourceType}/${resource.id}`, `${resource.resourceType}/${body.id}`);
  const read = await fetch(`${base}/${resource.resourceType}/${body.id}`, { headers });
  result.read = await read.json();
  const xml = await fetch(`${base}/${resource.resourceType}/${body.id}`, { headers: { ...headers, Accept: 'application/fhir+xml' } });
  result.xml = xml.status;
}

test('every example is taken, but for those the page names with the reason', () => {
  assert.strictEqual(files.length, 50);
  const problems = [];
  for (const { file, status, body } of results.values()) {
    const [wanted] = refused.get(file) ?? ['200 or 201'];
    if (!wanted.split(' or ').includes(String(status))) problems.push(`${file}: ${status} ${JSON.stringify(body.issue ?? '')}`);
  }
  assert.deepStrictEqual(problems, []);
  for (const name of refused.keys()) assert.ok(results.has(name), `${name} is no example`);
});

test('what was taken comes back equal, but for what the page lists', () => {
  const problems = [];
  for (const { file, resource, read } of results.values())
    if (read) problems.push(...differences(file, resource.resourceType, plain(aligned(resource, read)), plain(read)).map((one) => `${file} ${one}`));
  assert.deepStrictEqual(problems, []);
  for (const [rows, list] of [[added, used.added], [changed, used.changed]])
    for (const name of rows.keys()) assert.ok(list.has(name), `${name} is on the page and does not happen`);
});

test('nothing of what was taken is said to be lost', () => {
  for (const { file, status, warnings } of results.values()) if (status < 300) assert.ok(!/is not kept/.test(warnings ?? ''), `${file}: ${warnings}`);
});

test('what is served is valid, for us and for two validators that this project did not write', () => {
  const work = fs.mkdtempSync(path.join(tmpdir(), 'kept'));
  const served = [...results.values()].filter(({ read }) => read);
  for (const { file, read } of served) fs.writeFileSync(path.join(work, file), JSON.stringify(read));
  const verdicts = verdictsOf(served.map(({ file }) => path.join(work, file)), path.join(work, 'written'));
  for (const { file, resource, read } of served) {
    assert.deepStrictEqual(verdicts.get(file).errors, [], file);
    // What they have against the example itself is explained in docs/conformance/fhir-validation.md.
    for (const [name, errors] of Object.entries(validators)) if (errors(resource).length === 0) assert.deepStrictEqual(errors(read), [], `${name}: ${file}`);
  }
  fs.rmSync(work, { recursive: true });
});

test('it comes as XML, too', () => {
  for (const { file, xml } of results.values()) if (xml) assert.strictEqual(xml, 200, file);
});
