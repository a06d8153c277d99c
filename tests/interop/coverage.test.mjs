// What no mapping reads is shown by the running engine with the first message that has it.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import hl7 from 'simple-hl7';

const parser = new hl7.Parser({ segmentSeperator: '\r' });
const samples = process.env.GANTRY_SAMPLES;
const text = readFileSync(path.join(samples, 'order.hl7'), 'latin1').trim();
const send = (message) => new Promise((resolve, reject) =>
  hl7.Server.createTcpClient('127.0.0.1', 2575).send(message, (error, ack) => (error ? reject(error) : resolve(ack))));
const get = async (query = '') => {
  const response = await fetch(`http://127.0.0.1:8080/api/coverage${query}`);
  assert.strictEqual(response.status, 200);
  return (await response.json()).channels;
};

test('a new Z segment shows within one message', async () => {
  assert.deepStrictEqual((await get()).flatMap(({ unread }) => unread).filter(({ field }) => field.startsWith('ZPI')), []);
  const ack = await send(parser.parse(`${text}\rZPI|1|secret`));
  assert.strictEqual(ack.getSegment('MSA').getField(1), 'AA');
  const [channel] = await get('?channel=his-orders');
  const row = channel.unread.find(({ field }) => field === 'ZPI-2');
  assert.strictEqual(row.count, 1);
  assert.match(row.first_message, /^[1-9][0-9]*$/);
  assert.doesNotMatch(JSON.stringify(channel), /secret/);
  assert.deepStrictEqual(await get('?channel=nobody'), []);
});
