// Orders that the engine forwards over MLLP: simple-hl7 receives and acknowledges them, and so does the engine itself.
import assert from 'node:assert';
import test from 'node:test';
import hl7 from 'simple-hl7';
import { counted, keptBySecond, order, orders, send, until } from './forward.mjs';
import { segments } from './mllp.mjs';

const names = ['AFTER', 'REFUSED1', 'NEXT1', 'LATER1', 'FOREIGN1', 'NEXT2'];
const orderCalled = orders(names, 'S200000');

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
  await until('the dead letter', async () => (await counted('delivery_dead', 'forward/ris')) === 1);
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
  await until('the doubt', async () => (await counted('delivery_in_doubt', 'forward/ris')) === 1);
  await send(orderCalled('NEXT2'));
  await until('the next order', () => times(orderCalled('NEXT2')) === 1);
  assert.strictEqual(times(orderCalled('FOREIGN1')), 1);
});

test('a second channel of the engine has acknowledged every order, each once and unchanged', async () => {
  const kept = await keptBySecond(1 + names.length);
  const sent = [order, ...names.map(orderCalled)].sort();
  assert.deepStrictEqual(kept, sent);
});
