// Orders that the engine forwards over MLLP: simple-hl7 receives and acknowledges them, and so does the engine itself.
import assert from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import hl7 from 'simple-hl7';
import { exchange, segments } from './mllp.mjs';

const samples = process.env.GANTRY_SAMPLES;
const order = readFileSync(path.join(samples, 'order.hl7'), 'latin1');
const second = path.join(path.dirname(samples), 'second');

const names = ['AFTER', 'REFUSED1', 'NEXT1', 'LATER1', 'FOREIGN1', 'NEXT2'];
const [, number] = /\|O(\d+)\|P\|/.exec(order);

/** The sample as an order of its own, of another patient: control id, numbers and UID, but not the time, which has the same digits. */
const orderCalled = (id) => order
  .replace(`|O${number}|P|`, `|${id}|P|`)
  .replaceAll(new RegExp(`(?<!20)${number}`, 'g'), String(BigInt(number) + BigInt(names.indexOf(id)) + 1n))
  .replace('S1000042', `S200000${names.indexOf(id)}`);

const received = [];
const receiver = hl7.tcp();
receiver.use((request, response, next) => {
  const message = request.raw.slice(1, -2);
  const id = segments(message, 'MSH')[0][10];
  received.push(message);
  const msa = response.ack.getSegment('MSA');
  if (id.startsWith('REFUSED')) msa.setField(1, 'AE');
  if (id.startsWith('LATER') && received.filter((one) => one === message).length === 1) msa.setField(1, 'AR');
  if (id.startsWith('FOREIGN')) msa.setField(2, 'SOMEBODYELSE');
  response.end();
  next();
});

async function until(what, holds) {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const value = await holds();
    if (value) return value;
    await pause(50);
  }
  return assert.fail(`not within 20 s: ${what}`);
}

async function counted(event) {
  const text = await (await fetch('http://127.0.0.1:8080/metrics')).text();
  const line = text.split('\n').find((one) => one.startsWith(`gantry_${event}_total{`) && one.includes('forward/ris'));
  return Number(line?.split(' ').at(-1) ?? 0);
}

async function send(message) {
  const answer = await exchange(2575, message);
  assert.strictEqual(segments(answer, 'MSA')[0][1], 'AA', answer);
}

const times = (message) => received.filter((one) => one === message).length;

test('an order waits for a receiver that is not there yet, and arrives once, byte for byte', async () => {
  await send(order);
  const { server } = receiver.start(2576);
  // The engine keeps its connection; it must not keep this process.
  server.on('connection', (socket) => socket.unref());
  server.unref();
  await until('the order at the receiver', () => times(order) > 0);
  await send(orderCalled('AFTER'));
  await until('the next order', () => times(orderCalled('AFTER')) > 0);
  assert.strictEqual(times(order), 1);
});

test('what the receiver refuses is a dead letter, and the next order goes on', async () => {
  await send(orderCalled('REFUSED1'));
  await until('the dead letter', async () => (await counted('delivery_dead')) === 1);
  await send(orderCalled('NEXT1'));
  await until('the next order', () => times(orderCalled('NEXT1')) === 1);
  assert.strictEqual(times(orderCalled('REFUSED1')), 1);
});

test('what the receiver cannot take now is sent again', async () => {
  await send(orderCalled('LATER1'));
  await until('the second attempt', () => times(orderCalled('LATER1')) === 2);
});

test('an acknowledgment of another message completes nothing: the order is in doubt and not sent again', async () => {
  await send(orderCalled('FOREIGN1'));
  await until('the doubt', async () => (await counted('delivery_in_doubt')) === 1);
  await send(orderCalled('NEXT2'));
  await until('the next order', () => times(orderCalled('NEXT2')) === 1);
  assert.strictEqual(times(orderCalled('FOREIGN1')), 1);
});

test('a second channel of the engine has acknowledged every order, each once and unchanged', async () => {
  const files = await until('the files', () => {
    const names = existsSync(second) ? readdirSync(second).filter((name) => name.endsWith('.hl7')) : [];
    return names.length >= 7 && names;
  });
  const kept = files.map((name) => readFileSync(path.join(second, name), 'latin1')).sort();
  const sent = [order, ...names.map(orderCalled)].sort();
  assert.deepStrictEqual(kept, sent);
});
