// node-hl7-client keeps its connection and matches answers to messages by itself.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import Client, { Message } from 'node-hl7-client';

const text = readFileSync(path.join(process.env.GANTRY_SAMPLES, 'order.hl7'), 'latin1').trim();

test('an order is accepted', async () => {
  const client = new Client({ host: '127.0.0.1' });
  const message = new Message({ text });
  const ack = await new Promise((resolve, reject) => {
    const connection = client.createConnection({ port: 2575 }, (response) => {
      resolve(response.getMessage());
      connection.close();
    });
    // Sending before it is connected would make it open a second connection, which nothing closes.
    connection.on('connect', () => connection.sendMessage(message).catch(reject));
    connection.on('client.error', reject);
  });
  assert.strictEqual(ack.get('MSA.1').toString(), 'AA');
  assert.strictEqual(ack.get('MSA.2').toString(), message.get('MSH.10').toString());
});
