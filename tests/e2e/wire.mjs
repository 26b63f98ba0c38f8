// A WebSocket peer that can do wrong: one upgrade request as it is written, then single frames.
// It answers nothing by itself, neither pings nor closing.
import { randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

export const basic = (user, password) =>
  `Basic ${Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password)]).toString('base64')}`;

export function frame(opcode, payload, { fin = true, masked = true, rsv1 = false } = {}) {
  const body = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  const maskBit = masked ? 0x80 : 0;
  let head;
  if (body.length < 126) head = Buffer.from([first, maskBit | body.length]);
  else if (body.length < 65_536) head = Buffer.from([first, maskBit | 126, 0, 0]);
  else head = Buffer.from([first, maskBit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (head.length === 4) head.writeUInt16BE(body.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(body.length), 2);
  if (!masked) return Buffer.concat([head, body]);
  const mask = randomBytes(4);
  for (let i = 0; i < body.length; ++i) body[i] ^= mask[i & 3];
  return Buffer.concat([head, mask, body]);
}

export class Peer {
  constructor(socket, response, rest) {
    Object.assign(this, response);
    this.socket = socket;
    this.bytes = rest;
    this.received = [];
    this.waiting = [];
    this.ended = false;
    socket.on('data', (chunk) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      this.read();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.ended = true;
      this.wake();
    });
    this.read();
  }

  read() {
    for (;;) {
      if (this.bytes.length < 2) return;
      let length = this.bytes[1] & 0x7f;
      let at = 2;
      if (length === 126) (length = this.bytes.readUInt16BE(2)), (at = 4);
      else if (length === 127) (length = Number(this.bytes.readBigUInt64BE(2))), (at = 10);
      if (this.bytes.length < at + length) return;
      const payload = this.bytes.subarray(at, at + length);
      this.received.push({ opcode: this.bytes[0] & 0x0f, payload });
      this.bytes = this.bytes.subarray(at + length);
      this.wake();
    }
  }
  wake() {
    for (const look of this.waiting.splice(0)) look();
  }

  // The next frame of that kind; null when the connection ended without one.
  async next(opcode, timeoutMs = 15_000) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const at = this.received.findIndex((one) => one.opcode === opcode);
      if (at >= 0) return this.received.splice(at, 1)[0].payload;
      if (this.ended) return null;
      if (Date.now() > deadline) throw new Error(`no frame of type ${opcode} came`);
      await new Promise((done) => {
        const timer = setTimeout(done, deadline - Date.now() + 1);
        this.waiting.push(() => (clearTimeout(timer), done()));
      });
    }
  }
  async nextText(timeoutMs) {
    const payload = await this.next(opcodes.text, timeoutMs);
    return payload && JSON.parse(payload.toString());
  }
  // { code, reason } of the peer's close frame; null when it only hung up.
  async nextClose(timeoutMs) {
    const payload = await this.next(opcodes.close, timeoutMs);
    if (!payload) return null;
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    return { code, reason: payload.subarray(2).toString() };
  }
  async hangUp(timeoutMs = 15_000) {
    const deadline = Date.now() + timeoutMs;
    while (!this.ended && Date.now() < deadline)
      await new Promise((done) => {
        const timer = setTimeout(done, deadline - Date.now() + 1);
        this.waiting.push(() => (clearTimeout(timer), done()));
      });
    return this.ended;
  }

  send(opcode, payload, options) {
    this.socket.write(frame(opcode, payload, options));
  }
  text(payload) {
    this.send(opcodes.text, typeof payload === 'string' ? payload : JSON.stringify(payload));
  }
  // One CALL and its answer.
  async call(id, action, payload) {
    this.text([2, id, action, payload]);
    return this.nextText();
  }
  close(code = 1000) {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.send(opcodes.close, payload);
  }
  destroy() {
    this.socket.destroy();
  }
}

function dial(port, tls) {
  return new Promise((done, fail) => {
    const options = { host: '127.0.0.1', port, ...tls };
    const socket = tls ? connectTls(options) : connectTcp(options);
    socket.once(tls ? 'secureConnect' : 'connect', () => done(socket));
    socket.once('error', fail);
  });
}

function readResponse(socket) {
  return new Promise((done, fail) => {
    let bytes = Buffer.alloc(0);
    const take = (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', take);
      const [first, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
      const headers = {};
      for (const line of lines) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      done([{ status: Number(first.split(' ')[1]), headers }, bytes.subarray(end + 4)]);
    };
    socket.on('data', take);
    socket.once('error', fail);
    socket.once('close', () => fail(new Error(`closed before an answer: ${bytes}`)));
    setTimeout(() => fail(new Error('no answer to the upgrade')), 20_000).unref();
  });
}

// `path` goes out byte for byte; `protocols` is the header's text, null leaves it out.
export async function upgrade(port, { path, protocols = 'ocpp1.6', headers = {}, tls } = {}) {
  const socket = await dial(port, tls);
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    ...(protocols === null ? [] : [`Sec-WebSocket-Protocol: ${protocols}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const answer = readResponse(socket);
  socket.write(lines.join('\r\n') + '\r\n\r\n');
  const [response, rest] = await answer;
  return new Peer(socket, response, rest);
}
