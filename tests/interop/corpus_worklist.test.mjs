// Every order of the corpus that asks for an answer, parsed and sent by simple-hl7: each is answered, and each that was accepted and leaves an open step
// answers a C-FIND for its own start date.
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import hl7 from 'simple-hl7';
import { isAnswered, messagesOf, segments, typeOf } from './mllp.mjs';

const run = promisify(execFile);
const corpus = process.env.GANTRY_TEST_CORPUS ?? new URL('../../../shared/corpus', import.meta.url).pathname;
const absent = existsSync(corpus) ? false : 'the test corpus is not here';
const parser = new hl7.Parser({ segmentSeperator: '\r' });

function orders(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .flatMap((file) => messagesOf(readFileSync(file)).map((message) => ({ file: path.relative(folder, file), message })))
    .filter(({ message }) => ['ORM', 'OMG', 'OMI'].includes(typeOf(message)));
}

// simple-hl7 takes a message by its lines; a message whose delimiters it rewrites is still the same order.
function send(message) {
  const client = hl7.Server.createTcpClient('127.0.0.1', 2575);
  return new Promise((resolve, reject) => {
    const silence = setTimeout(() => {
      client.close?.(); // an open connection would keep this program from ending
      reject(new Error('no answer within 10 s'));
    }, 10_000);
    client.send(parser.parse(message.trim()), (error, ack) => {
      clearTimeout(silence);
      if (error) reject(error);
      else resolve(ack);
    });
  });
}

const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '');

// TQ1-7, ORC-7.4, OBR-27.4, OBR-36, as the worklist reads them; an order without a time is shown as today.
function startDate(message) {
  const field = (name, n) => segments(message, name)[0]?.[n] ?? '';
  const time = [field('TQ1', 7), field('ORC', 7).split('^')[3], field('OBR', 27).split('^')[3], field('OBR', 36)].find(Boolean);
  return time ? time.slice(0, 8) : today();
}

const opens = (message) => segments(message, 'ORC').some((orc) => ['NW', 'XO'].includes(orc[1]) && !['CM', 'CA', 'DC', 'HD'].includes(orc[5]));

async function patientsOn(date) {
  const keys = ['0010,0020', '0008,0050', `(0040,0100)[0].0040,0002=${date}`, '(0040,0100)[0].0008,0060'].flatMap((key) => ['-k', key]);
  const { stdout, stderr } = await run('findscu', ['-W', '-aet', 'CT01', '-aec', 'GANTRY', ...keys, '127.0.0.1', '11112']);
  return [...(stdout + stderr).matchAll(/\(0010,0020\) LO \[([^\]]*)\]/g)].map((match) => match[1].trim());
}

test('every corpus order is answered, and the accepted ones are on the worklist of their day', { skip: absent }, async () => {
  let accepted = 0;
  for (const { file, message } of orders(path.join(corpus, 'hl7v2')).filter((order) => isAnswered(order.message))) {
    const ack = await send(message);
    const code = ack.getSegment('MSA').getField(1);
    assert.match(code, /^[AC][AER]$/, file);
    if (!['AA', 'CA'].includes(code) || !opens(message)) continue;
    accepted += 1;
    const numbers = segments(message, 'PID')[0][3].split('~').map((number) => number.split('^')[0]);
    const found = await patientsOn(startDate(message));
    assert.ok(numbers.some((number) => found.includes(number)), `${file}: not on the worklist of ${startDate(message)}`);
  }
  assert.ok(accepted >= 5, `only ${accepted} orders were accepted`);
});
