// simple-hl7 parses, re-encodes and sends on its own.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import hl7 from 'simple-hl7';

const parser = new hl7.Parser({ segmentSeperator: '\r' });
const read = (name) => parser.parse(readFileSync(path.join(process.env.GANTRY_SAMPLES, name), 'latin1').trim());

function send(client, message) {
  return new Promise((resolve, reject) => client.send(message, (error, ack) => (error ? reject(error) : resolve(ack))));
}

// simple-hl7 counts MSH fields without the separator.
const controlId = (message) => message.header.getField(8);

test('an order is accepted and its control id comes back', async () => {
  const order = read('order.hl7');
  const ack = await send(hl7.Server.createTcpClient('127.0.0.1', 2575), order);
  assert.strictEqual(ack.getSegment('MSA').getField(1), 'AA');
  assert.strictEqual(ack.getSegment('MSA').getField(2), controlId(order));
});

test('three orders on one kept connection are answered in turn', async () => {
  const client = hl7.Server.createTcpClient({ host: '127.0.0.1', port: 2575, keepalive: true });
  for (const number of ['1', '2', '3']) {
    const order = read('order.hl7');
    order.header.setField(8, controlId(order) + number);
    const ack = await send(client, order);
    assert.strictEqual(ack.getSegment('MSA').getField(1), 'AA');
    assert.strictEqual(ack.getSegment('MSA').getField(2), controlId(order));
  }
  client.close();
});

test('an imaging order with two procedure steps is accepted', async () => {
  const ack = await send(hl7.Server.createTcpClient('127.0.0.1', 2575), read('imaging-order.hl7'));
  assert.strictEqual(ack.getSegment('MSA').getField(1), 'AA');
});

test('a message type nobody handles is refused, never accepted', async () => {
  const order = read('order.hl7');
  order.header.setField(7, [['ZZZ', 'Z99']]);
  order.header.setField(8, 'UNKNOWNTYPE1');
  const ack = await send(hl7.Server.createTcpClient('127.0.0.1', 2575), order);
  assert.match(ack.getSegment('MSA').getField(1), /^A[ER]$/);
});
