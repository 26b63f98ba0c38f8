// The WebSocket protocol itself, from foreign clients and from a peer that breaks its rules.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { Lab, setup } from './lab.mjs';
import { freshId, rawBooted, Station, untilOffline, versions } from './station.mjs';
import { opcodes } from './wire.mjs';

let lab;
const heartbeat = (id) => JSON.stringify([2, id, 'Heartbeat', {}]);

async function assertGoesOn(peer) {
  peer.text(heartbeat('go'));
  const answer = await peer.nextText();
  assert.deepEqual(answer.slice(0, 2), [3, 'go']);
}
async function assertClosed(peer, code) {
  const close = await peer.nextClose();
  assert.equal(close?.code, code, close?.reason);
  peer.close(code);
  assert.ok(await peer.hangUp());
  await untilOffline(lab, peer.id);
}

describe(`${setup}: WebSocket`, { timeout: 120_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  for (const version of versions) {
    describe(version.name, () => {
      for (const perMessageDeflate of [
        true,
        { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 },
        false,
      ])
        test(`ws with perMessageDeflate ${JSON.stringify(perMessageDeflate)}`, async () => {
          const id = freshId();
          await lab.rest().create(id);
          const socket = new WebSocket(`${lab.ws()}/${id}`, version.protocol, {
            perMessageDeflate,
          });
          await once(socket, 'open');
          const agreed = /permessage-deflate/.test(socket.extensions);
          assert.equal(agreed, perMessageDeflate !== false);
          const call = async (...said) => {
            socket.send(JSON.stringify([2, ...said]));
            return JSON.parse((await once(socket, 'message'))[0]);
          };
          assert.equal((await call('1', 'BootNotification', version.boot()))[2].status, 'Accepted');
          // Long enough to be compressed in both directions: the answer describes what is wrong.
          for (let i = 0; i < 5; ++i) {
            const long = { ...version.boot(), junk: 'abc'.repeat(3_000) };
            assert.equal((await call(`b${i}`, 'BootNotification', long))[0], 3);
            assert.equal((await call(`h${i}`, 'Heartbeat', {}))[0], 3);
          }
          socket.close(1000);
          await once(socket, 'close');
        });

      test('ocpp-rpc with compression', async () => {
        const wsOpts = { perMessageDeflate: true };
        const station = await Station.boot(lab, version, { wsOpts });
        await station.report(1, version.busy);
        await station.close();
      });

      test('a message in fragments, with a ping between them', async () => {
        const peer = await rawBooted(lab, version);
        const text = heartbeat('f');
        peer.send(opcodes.text, text.slice(0, 5), { fin: false });
        peer.send(opcodes.continuation, text.slice(5, 9), { fin: false });
        peer.send(opcodes.ping, 'are you there');
        assert.equal((await peer.next(opcodes.pong)).toString(), 'are you there');
        peer.send(opcodes.continuation, text.slice(9));
        assert.deepEqual((await peer.nextText()).slice(0, 2), [3, 'f']);
        peer.destroy();
      });

      test('UTF-8 cut between fragments and bytes', async () => {
        const peer = await rawBooted(lab, version);
        const bytes = Buffer.from(JSON.stringify([2, 'ü', 'Heartbeat', {}]));
        const cut = bytes.indexOf(0xbc);
        peer.send(opcodes.text, bytes.subarray(0, cut), { fin: false });
        peer.send(opcodes.continuation, bytes.subarray(cut));
        assert.deepEqual((await peer.nextText()).slice(0, 2), [3, 'ü']);
        peer.destroy();
      });

      test('JSON in a binary frame is taken, other bytes are 1003', async () => {
        const peer = await rawBooted(lab, version);
        peer.send(opcodes.binary, heartbeat('b'));
        assert.deepEqual((await peer.nextText()).slice(0, 2), [3, 'b']);
        peer.send(opcodes.binary, Buffer.from([0xff, 0xfe, 0]));
        await assertClosed(peer, 1003);
      });

      const ends = {
        'invalid UTF-8': [1007, (peer) => peer.send(opcodes.text, Buffer.from([0x22, 0xc3, 0x28]))],
        'a frame without mask': [
          1002,
          (peer) => peer.send(opcodes.text, heartbeat('u'), { masked: false }),
        ],
        'a reserved bit': [1002, (peer) => peer.send(opcodes.text, heartbeat('r'), { rsv1: true })],
        'an unknown opcode': [1002, (peer) => peer.send(3, 'x')],
        'a continuation of nothing': [1002, (peer) => peer.send(opcodes.continuation, 'x')],
        'a control frame in fragments': [
          1002,
          (peer) => peer.send(opcodes.ping, 'x', { fin: false }),
        ],
        'a control frame too long': [1002, (peer) => peer.send(opcodes.ping, 'x'.repeat(126))],
        'a message of 1 MB': [1009, (peer) => peer.text('x'.repeat(1_048_576))],
        '1 MB in fragments': [
          1009,
          (peer) => {
            peer.send(opcodes.text, 'x'.repeat(65_536), { fin: false });
            for (let i = 0; i < 15; ++i)
              peer.send(opcodes.continuation, 'x'.repeat(65_536), { fin: false });
          },
        ],
      };
      for (const [name, [code, say]] of Object.entries(ends))
        test(`${name} ends the connection with ${code}`, async () => {
          const peer = await rawBooted(lab, version);
          say(peer);
          await assertClosed(peer, code);
        });

      test('a message just below the limit is taken', async () => {
        const peer = await rawBooted(lab, version);
        const junk = 'x'.repeat(262_144 - 300);
        const answer = await peer.call('j', 'BootNotification', { ...version.boot(), junk });
        assert.equal(answer[0], 3);
        await assertGoesOn(peer);
        peer.destroy();
      });

      test('a close frame is answered with its code', async () => {
        const peer = await rawBooted(lab, version);
        peer.close(1001);
        assert.equal((await peer.nextClose()).code, 1001);
        assert.ok(await peer.hangUp());
      });

      test('a compressed bomb ends the connection with 1009', async () => {
        const id = freshId();
        await lab.rest().create(id);
        const socket = new WebSocket(`${lab.ws()}/${id}`, version.protocol, {
          perMessageDeflate: true,
        });
        await once(socket, 'open');
        socket.send(' '.repeat(16_000_000));
        const [code] = await once(socket, 'close');
        assert.equal(code, 1009);
      });

      test('100 unreadable messages in a row are enough', async () => {
        const peer = await rawBooted(lab, version);
        for (let i = 0; i < 100; ++i) peer.text('?');
        await assertClosed(peer, 1008);
      });
    });
  }

  test('what asks for no WebSocket is told so', async () => {
    const answer = await fetch(`http://127.0.0.1:${lab.wsPort()}/CP1`);
    assert.equal(answer.status, 426);
    assert.equal(answer.headers.get('upgrade'), 'websocket');
  });
});
