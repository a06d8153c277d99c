// The message store as a program and as a browser see it over HTTP.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { exchange } from './mllp.mjs';

const api = 'http://127.0.0.1:8080/api';
const order = readFileSync(path.join(process.env.GANTRY_SAMPLES, 'order.hl7'), 'latin1');
const field = (message, segment, number) =>
  message.split('\r').find((line) => line.startsWith(segment)).split('|')[number - (segment === 'MSH' ? 1 : 0)];
const json = async (where, options) => {
  const response = await fetch(api + where, options);
  assert.strictEqual(response.status, 200, where);
  return response.json();
};
const decide = (where, body) =>
  json(where, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ by: 'test', ...body }) });
const status = (options) =>
  new Promise((resolve, reject) =>
    http.request({ host: '127.0.0.1', port: 8080, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject).end(options.method === 'POST' ? '{"by": "a page"}' : undefined));

test('a message is found by its numbers, shown in full, and its delivery held, changed and released', async () => {
  const queue = '/queues/his-orders/archive';
  assert.strictEqual((await decide(`${queue}/hold`)).changed, 1);
  assert.match(await exchange(2575, order), /MSA\|AA/);
  const controlId = field(order, 'MSH', 10);
  const patient = field(order, 'PID', 3).split('^')[0];
  const queries = [`control_id=${encodeURIComponent(controlId)}`, `patient=${patient}`, 'type=ORM&outcome=pending&from=1h'];
  for (const query of queries) {
    const { messages } = await json(`/messages?${query}`);
    assert.deepStrictEqual(messages.map(({ control_id }) => control_id), [controlId], query);
  }
  const [{ id }] = (await json('/messages')).messages;
  const message = await json(`/messages/${id}`);
  assert.strictEqual(message.content, order);
  assert.deepStrictEqual(message.changes.map(({ record, created }) => [record, created]).slice(0, 2),
    [['patient', true], ['order', true]]);
  const [delivery] = message.deliveries;
  assert.strictEqual(delivery.state, 'pending');
  assert.strictEqual((await decide(`/deliveries/${delivery.id}/hold`, { reason: 'to be changed' })).changed, 1);
  assert.strictEqual((await decide(`/deliveries/${delivery.id}/release`, { payload: 'MSH|changed' })).changed, 1);
  const content = await fetch(`${api}/deliveries/${delivery.id}/content`);
  assert.strictEqual(await content.text(), 'MSH|changed');
  assert.strictEqual((await decide(`${queue}/release`)).changed, 1);
  for (let tries = 0; (await json(`/messages/${id}`)).outcome !== 'delivered'; ++tries) {
    assert.ok(tries < 100, 'it was not delivered');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { history } = (await json(`/messages/${id}`)).deliveries[0];
  assert.deepStrictEqual(history.map(({ state }) => state), ['held', 'pending', 'delivered']);
});

test('a page from elsewhere is not answered in the browser of this machine', async () => {
  assert.strictEqual(await status({ path: '/api/messages' }), 200);
  assert.strictEqual(await status({ path: '/api/messages', headers: { Host: 'rebound.example' } }), 403);
  const hold = { path: '/api/queues/his-orders/archive/hold', method: 'POST' };
  assert.strictEqual(await status({ ...hold, headers: { 'Content-Type': 'text/plain' } }), 400);
  const { queues } = await json('/queues');
  assert.strictEqual(queues.find(({ destination }) => destination === 'his-orders/archive').hold, undefined);
});
