// Orders that the engine forwards over HTTP: to its own source `http`, and to a web service made with Node's server.
import assert from 'node:assert';
import http from 'node:http';
import test from 'node:test';
import { counted, keptBySecond, order, orders, send, until } from './forward.mjs';
import { segments } from './mllp.mjs';

const names = ['LATIN1', 'GONE1', 'LATER1', 'HALF1', 'NEXT1'];
const orderCalled = orders(names, 'S300000');

/** In 8859/1: MSH-18 says so, and a name has a byte that is not UTF-8. */
function inLatin1(message) {
  const [msh, ...rest] = message.split('\r');
  const fields = msh.split('|');
  while (fields.length < 18) fields.push('');
  fields[17] = '8859/1';
  return [fields.join('|'), ...rest].join('\r').replace(/(\rPID(?:\|[^|]*){4}\|)[^|]*/, '$1M\xfcller^J\xf6rg');
}

const received = [];
const service = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('latin1');
    const id = segments(body, 'MSH')[0][10];
    received.push({ id, body, headers: request.headers, url: request.url, method: request.method });
    const first = received.filter((one) => one.id === id).length === 1;
    if (id === 'GONE1') response.writeHead(410).end('gone');
    else if (id === 'LATER1' && first) response.writeHead(503, { 'Retry-After': '1' }).end();
    else if (id === 'HALF1') {
      response.writeHead(200, { 'Content-Length': '100' }).write('half of it');
      setTimeout(() => request.socket.destroy(), 50);
    } else response.writeHead(202).end('in several ');
  });
});

const of = (id) => received.filter((one) => one.id === id);

test('an order waits for a web service that is not there yet, and arrives once, byte for byte', async () => {
  await send(order);
  service.listen(8083, '127.0.0.1');
  service.unref();
  const id = segments(order, 'MSH')[0][10];
  const [one] = await until('the order at the service', () => of(id).length > 0 && of(id));
  assert.strictEqual(one.method, 'POST');
  assert.strictEqual(one.url, '/in?site=north');
  assert.strictEqual(one.body, order);
  assert.strictEqual(one.headers.authorization, 'Bearer of-the-test');
  assert.strictEqual(one.headers['content-type'], 'application/hl7-v2; charset=utf-8');
});

test('an order in 8859/1 says so in its content type', async () => {
  const latin1 = inLatin1(orderCalled('LATIN1'));
  await send(latin1);
  const [one] = await until('the order', () => of('LATIN1').length > 0 && of('LATIN1'));
  assert.strictEqual(one.body, latin1);
  assert.strictEqual(one.headers['content-type'], 'application/hl7-v2; charset=iso-8859-1');
});

test('what the service does not take is a dead letter', async () => {
  await send(orderCalled('GONE1'));
  await until('the dead letter', async () => (await counted('delivery_dead', 'forward/service')) === 1);
});

test('what it cannot take now is sent again, with the key it had', async () => {
  await send(orderCalled('LATER1'));
  const both = await until('the second attempt', () => of('LATER1').length === 2 && of('LATER1'));
  assert.strictEqual(both[0].headers['idempotency-key'], both[1].headers['idempotency-key']);
  const keys = new Set(received.map((one) => one.headers['idempotency-key']));
  assert.strictEqual(keys.size, new Set(received.map((one) => one.id)).size);
});

test('half an answer completes nothing: the order is in doubt and not sent again', async () => {
  await send(orderCalled('HALF1'));
  await until('the doubt', async () => (await counted('delivery_in_doubt', 'forward/service')) === 1);
  await send(orderCalled('NEXT1'));
  await until('the next order', () => of('NEXT1').length === 1);
  assert.strictEqual(of('HALF1').length, 1);
});

test('a second channel of the engine has acknowledged every order, each once and unchanged', async () => {
  const kept = await keptBySecond(1 + names.length);
  const sent = [order, inLatin1(orderCalled('LATIN1')), ...names.slice(1).map(orderCalled)].sort();
  assert.deepStrictEqual(kept, sent);
});
