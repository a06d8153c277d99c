// The engine's TLS with Node's: who sends must show a certificate, and what is forwarded goes to a server that wants one.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { segments } from './mllp.mjs';

const data = process.env.GANTRY_INTEROP_DATA;
const file = (name) => readFileSync(path.join(data, name));
const order = readFileSync(path.join(process.env.GANTRY_SAMPLES, 'order.hl7'), 'latin1');
const frame = (message) => Buffer.from(`\x0b${message}\x1c\r`, 'latin1');
const of = (name) => ({ cert: file(`${name}.pem`), key: file(`${name}.key`) });
const called = (id) => order.replace(/(?<=\|ORM\^O01[^|]*\|)[^|]*/, id);

/** The acknowledgment of one message over a connection of its own; rejects with Node's error. */
function send(message, options) {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = tls.connect({ host: '127.0.0.1', port: 2575, ca: file('ca.pem'), servername: 'localhost', ...options });
    socket.on('secureConnect', () => socket.write(frame(message)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (!received.endsWith('\x1c\r')) return;
      resolve({ answer: received.slice(1, -2), version: socket.getProtocol() });
      socket.end();
    });
  });
}

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`an order over ${version} with a certificate is acknowledged`, async () => {
    const { answer, version: spoken } = await send(called(`T${version.at(-1)}`),
      { ...of('modality'), minVersion: version, maxVersion: version });
    assert.strictEqual(spoken, version);
    assert.strictEqual(segments(answer, 'MSA')[0][1], 'AA', answer);
  });

  test(`nobody without a certificate, or with a stranger's, is let in over ${version}`, async () => {
    const only = { minVersion: version, maxVersion: version };
    await assert.rejects(send(order, only), /alert|closed|ECONNRESET/);
    await assert.rejects(send(order, { ...only, ...of('stranger') }), /alert|closed|ECONNRESET/);
  });
}

test('an older TLS is not spoken', async () => {
  await assert.rejects(send(order, { ...of('modality'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
});

test('what is forwarded arrives at a server that wants a certificate, which is the engine\'s', { timeout: 30_000 }, async () => {
  const arrived = await new Promise((resolve) => {
    const server = tls.createServer({ ...of('engine'), ca: file('ca.pem'), requestCert: true, rejectUnauthorized: true }, (socket) => {
      let received = '';
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
        if (!received.endsWith('\x1c\r')) return;
        const message = received.slice(1, -2);
        const id = segments(message, 'MSH')[0][10];
        received = '';
        socket.write(frame(`MSH|^~\\&|R|R|G|G|20261123||ACK|A1|P|2.5.1\rMSA|AA|${id}\r`));
        resolve({ message, peer: socket.getPeerCertificate().subject.CN });
        socket.unref();
        server.unref();
      });
    });
    server.listen(2576, '127.0.0.1');
  });
  assert.strictEqual(arrived.peer, 'engine');
  assert.strictEqual(segments(arrived.message, 'PID')[0][3], segments(order, 'PID')[0][3]);
});

test('an order over HTTPS is acknowledged', async () => {
  const body = Buffer.from(called('WEB1'), 'latin1');
  const answer = await new Promise((resolve, reject) => {
    const request = https.request({ host: '127.0.0.1', port: 8443, path: '/orders', method: 'POST', ca: file('ca.pem'), servername: 'localhost',
      headers: { 'Content-Type': 'x-application/hl7-v2+er7; charset=iso-8859-1' } }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (more) => { text += more; }).on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
  assert.strictEqual(answer.status, 200, answer.text);
  assert.strictEqual(segments(answer.text, 'MSA')[0][1], 'AA', answer.text);
});
