// MLLP as a plain sender speaks it, byte for byte: strings are latin1, one character per byte.
import net from 'node:net';

const START = '\x0b';
const END = '\x1c\r';

/** One message on one connection; resolves to the answer without its frame, or to null after `seconds` without one. */
export function exchange(port, message, seconds = 10) {
  return new Promise((resolve) => {
    let received = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Buffer.from(START + message + END, 'latin1')));
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(seconds * 1000, () => finish(null));
    socket.on('error', () => finish(null));
    socket.on('close', () => finish(null));
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (received.endsWith(END)) finish(received.slice(received.indexOf(START) + 1, -END.length));
    });
  });
}

/** The fields of the first (or every) segment called `name`; index 1 is field 1, except MSH, where it is the separator. */
export function segments(message, name) {
  const separator = message[3];
  return message
    .split('\r')
    .filter((line) => line.startsWith(name + separator))
    .map((line) => (name === 'MSH' ? ['MSH', ...line.slice(3, 4), ...line.slice(4).split(separator)] : line.split(separator)));
}

/** The messages of a file: batch headers and frames dropped, every line ending made a CR. */
export function messagesOf(bytes) {
  const lines = bytes
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .replace(/[\x0b\x1c]/g, '\r')
    .split(/[\r\n]+/);
  const messages = [];
  for (const line of lines) {
    if (/^MSH[^\sA-Za-z0-9]/.test(line)) messages.push([line]);
    else if (messages.length > 0 && line !== '' && !/^(FHS|BHS|BTS|FTS)/.test(line)) messages.at(-1).push(line);
  }
  return messages.map((message) => message.join('\r') + '\r');
}

/** Whether neither MSH-15 nor MSH-16 has a value: the original mode (HL7 2.9.2), with one acknowledgment. */
export function isOriginalMode(message) {
  const msh = segments(message, 'MSH')[0] ?? [];
  return !msh[15] && !msh[16];
}

/** Whether its sender is answered whatever becomes of it: in original mode, or when one of both says always (2.9.3). */
export function isAnswered(message) {
  const msh = segments(message, 'MSH')[0] ?? [];
  return isOriginalMode(message) || [msh[15], msh[16]].includes('AL');
}

/** MSH-9.1, such as ORM. */
export function typeOf(message) {
  return (segments(message, 'MSH')[0]?.[9] ?? '').split(message[4])[0];
}
