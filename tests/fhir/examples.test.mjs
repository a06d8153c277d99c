// HL7's own examples of R4 are read, validated and given back; what differs stands with its reason in
// docs/conformance/fhir-validation.md.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { examples, fhir, projected as isProjected, root, validators, verdictsOf } from './validators.mjs';

const written = path.join(process.env.GANTRY_FHIR_WORK, 'written');

// The first cell of each row of a table, and the others.
function table(heading) {
  const page = fs.readFileSync(path.join(root, 'docs/conformance/fhir-validation.md'), 'utf8');
  const section = page.split('\n## ').find((part) => part.startsWith(`${heading}\n`));
  assert.ok(section, heading);
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(rows.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())).map(([name, ...rest]) => [name.replaceAll('`', ''), rest]));
}

// JSON with its numbers as they are written.
const exact = (text) => JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (word) => (word[0] === '"' ? word : `"number ${word}"`)));

const files = fs.readdirSync(examples).filter((name) => name.endsWith('.json') && name !== 'package.json' && name !== '.index.json');
const verdicts = verdictsOf(files.map((name) => path.join(examples, name)), written);
// A file of more than a few megabytes is nothing that is sent, and slow in the validators.
const projected = files.filter((name) => isProjected(name) && fs.statSync(path.join(examples, name)).size < 2e6);

test('every example is read, and refused only as the page says', () => {
  assert.ok(verdicts.size > 5000);
  const page = table('Official examples');
  const refused = [...verdicts.values()].filter((one) => one.errors.length > 0);
  for (const one of refused) assert.ok(page.has(one.file), `${one.file}: ${JSON.stringify(one.errors.slice(0, 3))}`);
  for (const name of page.keys()) assert.ok(refused.some((one) => one.file === name), `${name} is not refused`);
});

test('every example comes back equal as JSON, with its numbers as they were', () => {
  for (const name of files)
    assert.deepStrictEqual(exact(fs.readFileSync(path.join(written, name), 'utf8')), exact(fs.readFileSync(path.join(examples, name), 'utf8')), name);
});

test('every example comes back through XML', () => {
  for (const verdict of verdicts.values()) assert.ok(verdict.again, verdict.file);
});

test('another converter reads our XML as the same resource', () => {
  const page = table('Other validators');
  // It gives decimals as text, and writes narratives in its own way.
  const plain = (resource) => sorted(JSON.parse(JSON.stringify(resource, (key, one) => (key === 'div' ? undefined : typeof one === 'number' ? `number ${one}` : one))));
  const decimals = (text) => text.replace(/"number (\S+?)"/g, '"$1"');
  let compared = 0;
  for (const name of projected.filter((one) => !page.has(one))) {
    const resource = exact(fs.readFileSync(path.join(written, name), 'utf8'));
    const converted = fhir.xmlToObj(fs.readFileSync(path.join(written, name.replace(/json$/, 'xml')), 'utf8'));
    assert.strictEqual(decimals(JSON.stringify(plain(converted))), decimals(JSON.stringify(plain(resource))), name);
    ++compared;
  }
  assert.ok(compared > 200);
});

function sorted(one) {
  if (Array.isArray(one)) return one.map(sorted);
  if (one === null || typeof one !== 'object') return one;
  return Object.fromEntries(Object.keys(one).sort().map((key) => [key, sorted(one[key])]));
}

for (const [validator, errors] of Object.entries(validators))
  test(`${validator} takes what we write, but for what the page explains`, () => {
    const page = table('Other validators');
    for (const name of projected) {
      const found = errors(JSON.parse(fs.readFileSync(path.join(written, name), 'utf8')));
      const agree = (found.length === 0) === (verdicts.get(name).errors.length === 0);
      assert.ok(agree || page.has(name), `${name}: ${JSON.stringify(found.slice(0, 2))}`);
    }
  });
