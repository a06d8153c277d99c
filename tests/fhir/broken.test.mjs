// Official examples with one thing changed at random: an element taken away, doubled, of another kind, garbled, or with a value from
// elsewhere. What one of the other validators refuses we refuse, too.
//   GANTRY_FHIR_SEED: another draw than the usual one; it is in the name of the test
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { examples, projected, validators, verdictsOf } from './validators.mjs';

const count = 2000;
const seed = Number(process.env.GANTRY_FHIR_SEED ?? 1);
const work = path.join(process.env.GANTRY_FHIR_WORK, 'broken');
fs.mkdirSync(work, { recursive: true });

let state = seed;
function draw(below) {
  state = (state * 1103515245 + 12345) % 2 ** 31;
  return Math.floor((state / 2 ** 31) * below);
}
const oneOf = (list) => list[draw(list.length)];

// [object or array, key or index] of everything in it.
function places(value, into = []) {
  if (value === null || typeof value !== 'object') return into;
  for (const key of Object.keys(value)) {
    if (key === 'resourceType' || key === 'div') continue;
    into.push([value, Array.isArray(value) ? Number(key) : key]);
    places(value[key], into);
  }
  return into;
}

const values = ['', ' ', 'x y', '2020-13-01', '2020', 'abc', 1, 1.5, -1, true, null, [], {}, ['a'], { a: 1 }, '#nothing', 'Patient/1', 'Bogus/1'];
const changes = [
  ([object, key]) => (Array.isArray(object) ? object.splice(key, 1) : delete object[key]),
  ([object, key]) => (object[key] = oneOf(values)),
  ([object, key]) => (Array.isArray(object) ? (object[key] = null) : (object[`${key}x`] = object[key])),
  ([object, key]) => (object[key] = typeof object[key] === 'string' ? object[key].slice(0, draw(object[key].length)) + '~' : [object[key]]),
  ([object, key], all) => {
    const [from, at] = oneOf(all);
    object[key] = structuredClone(from[at] ?? null);
  },
];

const names = fs.readdirSync(examples).filter((name) => projected(name) && fs.statSync(path.join(examples, name)).size < 30000);
const broken = Array.from({ length: count }, (_, i) => {
  const name = oneOf(names);
  const resource = JSON.parse(fs.readFileSync(path.join(examples, name), 'utf8'));
  const all = places(resource);
  oneOf(changes)(oneOf(all), all);
  const file = `${String(i).padStart(4, '0')}-${name}`;
  fs.writeFileSync(path.join(work, file), JSON.stringify(resource));
  return { file, resource };
});
const verdicts = verdictsOf(broken.map(({ file }) => path.join(work, file)), path.join(work, 'written'));

for (const [validator, errors] of Object.entries(validators))
  test(`what ${validator} refuses of ${count} broken examples (seed ${seed}) is refused`, () => {
    let refused = 0;
    for (const { file, resource } of broken) {
      // It takes a URL of another form than Type/id, and a version, for a wrong type; R4 allows both.
      const found = errors(resource).filter((one) => !/Invalid type for reference .*("http|_history)/.test(one));
      refused += found.length > 0 ? 1 : 0;
      const base64 = found.every((one) => one.endsWith('Invalid base64Binary format'));  // with line breaks: docs/conformance/fhir-validation.md
      assert.ok(found.length === 0 || base64 || verdicts.get(file).errors.length > 0, `${file}: ${found[0]}`);
    }
    assert.ok(refused > count / 4);
  });

test('what is valid after all comes back', () => {
  for (const verdict of verdicts.values()) assert.ok(verdict.again || verdict.errors.length > 0, verdict.file);
});
