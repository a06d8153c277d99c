// What the engine makes of its records is valid, and already as our writer would write it.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { root, verdictsOf } from './validators.mjs';

const work = path.join(process.env.GANTRY_FHIR_WORK, 'projections');
fs.mkdirSync(work, { recursive: true });
const printed = execFileSync(path.join(root, 'build/release/tests/print_fhir_resources'), { encoding: 'utf8', maxBuffer: 1 << 26 });
const resources = printed.trim().split('\n');
const files = resources.map((text, i) => {
  const file = path.join(work, `${i}.json`);
  fs.writeFileSync(file, text);
  return file;
});
const verdicts = verdictsOf(files, path.join(work, 'written'));

test('every resource that is made of a record is valid', () => {
  assert.ok(resources.length > 300);
  for (const { file, errors } of verdicts.values()) assert.deepStrictEqual(errors, [], file);
});

test('its elements are in the order of the specification, byte for byte', () => {
  resources.forEach((text, i) => assert.strictEqual(fs.readFileSync(path.join(work, 'written', `${i}.json`), 'utf8'), text));
});
