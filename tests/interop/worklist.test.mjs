// DCMTK as the modality: what was ordered over HL7 is answered over DICOM.
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { exchange, segments } from './mllp.mjs';

const run = promisify(execFile);
const order = readFileSync(path.join(process.env.GANTRY_SAMPLES, 'order.hl7'), 'latin1');
const peer = ['127.0.0.1', '11112'];
const names = ['-aet', 'CT01', '-aec', 'GANTRY'];

async function worklist(...keys) {
  const options = keys.flatMap((key) => ['-k', key]);
  const { stdout, stderr } = await run('findscu', ['-W', ...names, '-k', '0008,0050', '-k', '0010,0010', '-k', '0020,000D', ...options, ...peer]);
  return stdout + stderr;
}

test('C-ECHO', async () => {
  await run('echoscu', [...names, ...peer]);
});

test('an accepted order is on the worklist of its station, and not on another', async () => {
  const answer = await exchange(2575, order);
  assert.strictEqual(segments(answer, 'MSA')[0][1], 'AA');
  const accession = segments(order, 'OBR')[0][18];
  assert.ok((await worklist('(0040,0100)[0].0040,0001=CT01')).includes(accession));
  assert.ok(!(await worklist('(0040,0100)[0].0040,0001=MR01')).includes(accession));
});

test('the entry carries the study instance UID of the order', async () => {
  const uid = segments(order, 'ZDS')[0][1].split('^')[0];
  assert.ok((await worklist('(0040,0100)[0].0008,0060=CT')).includes(uid));
});
