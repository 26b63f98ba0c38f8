// Who is let in, under which name, with which subprotocol; and that each refusal is recorded.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDistributed, Lab, setup, until } from './lab.mjs';
import { freshId, raw, Station, untilOffline, versions } from './station.mjs';
import { basic, upgrade } from './wire.mjs';

const password = '0123456789abcdef0123';
let lab;

async function attempt(id, cause) {
  return until(`an attempt of ${id} with ${cause}`, async () =>
    (await lab.rest().attempts(id)).find((one) => one.cause === cause),
  );
}

async function tryPath(path, more) {
  const peer = await upgrade(lab.wsPort(), { path, ...more });
  peer.destroy();
  return peer;
}

describe(`${setup}: connect`, { timeout: 240_000 }, () => {
  before(async () => (lab = await Lab.start()), { timeout: 120_000 });
  after(() => lab?.stop());

  for (const version of versions) {
    describe(version.name, () => {
      test('a known station with its password is let in', async () => {
        const id = freshId();
        await lab.rest().create(id, { password });
        const station = new Station(lab, { id, version, password });
        await station.connect();
        assert.equal(station.client.protocol, version.protocol);
        const shown = await lab.rest().station(id);
        assert.equal(shown.connectivity, 'online');
        assert.equal(shown.connection.subprotocol, version.protocol);
        assert.equal(shown.ocpp_version, version.name);
        assert.ok(shown.connection.epoch >= 1);
        await station.close();
      });

      test('a generated password works and is shown once', async () => {
        const id = freshId();
        const created = await lab.rest().create(id, {});
        assert.equal(created.security_profile, 1);
        assert.match(created.password, /^[0-9a-f]{40}$/);
        const again = await lab.rest().station(id);
        assert.equal(again.password, undefined);
        assert.equal(again.has_password, true);
        // As text, and as the bytes that the hex digits name (AuthorizationKey of 1.6).
        for (const form of [created.password, Buffer.from(created.password, 'hex')]) {
          const station = new Station(lab, { id, version, password: form });
          await station.connect();
          await station.close();
        }
      });

      test('raw bytes and their hex text are one password', async () => {
        const bytes = Buffer.from('00ff3a8081fe0a0d102030405060708090a0b0c0', 'hex');
        const id = freshId();
        await lab.rest().create(id, { password: bytes.toString('hex').toUpperCase() });
        for (const form of [bytes, bytes.toString('hex'), bytes.toString('hex').toUpperCase()]) {
          const peer = await raw(lab, version, id, { headers: { authorization: basic(id, form) } });
          assert.equal(peer.status, 101, `as ${form}`);
          peer.destroy();
        }
      });

      test('a wrong or missing password is 401', async () => {
        const id = freshId();
        await lab.rest().create(id, { password });
        const wrong = await raw(lab, version, id, {
          headers: { authorization: basic(id, 'wrong-password-0000') },
        });
        const missing = await raw(lab, version, id);
        const stranger = await raw(lab, version, id, {
          headers: { authorization: basic('somebody', password) },
        });
        for (const peer of [wrong, missing, stranger]) {
          assert.equal(peer.status, 401);
          assert.match(peer.headers['www-authenticate'], /^Basic /);
          peer.destroy();
        }
        for (const cause of ['wrong_password', 'missing_credentials', 'wrong_user_name']) {
          const recorded = await attempt(id, cause);
          assert.equal(recorded.http_status, 401);
          assert.equal(recorded.station_id, id);
        }
      });

      test('profile 0 asks for no password', async () => {
        const id = freshId();
        const created = await lab.rest().create(id, { security_profile: 0 });
        assert.equal(created.password, undefined);
        assert.match(created.security_profile_note, /anyone/);
        const station = await new Station(lab, { id, version }).connect();
        await station.close();
      });

      test('an unknown station is 404', async () => {
        const id = freshId('GHOST');
        const peer = await raw(lab, version, id);
        assert.equal(peer.status, 404);
        assert.match(peer.headers['content-type'], /problem\+json/);
        peer.destroy();
        const recorded = await attempt(id, 'unknown_station');
        assert.equal(recorded.identity, id);
        assert.equal(recorded.station_id, null);
        assert.equal(recorded.subprotocols, version.protocol);
      });

      test('the first offer that we speak is chosen', async () => {
        const id = freshId();
        await lab.rest().create(id);
        const upper = version.protocol.toUpperCase();
        for (const offer of [
          `foo, ${upper} ,${version.other}`,
          `${version.protocol},${version.other}`,
          `ocpp1.5 ,\t${version.protocol}`,
        ]) {
          const peer = await tryPath(`/${id}`, { protocols: offer });
          assert.equal(peer.status, 101, offer);
          assert.equal(peer.headers['sec-websocket-protocol'].toLowerCase(), version.protocol);
        }
      });

      test('no offer in common: upgraded without one, then 1002', async () => {
        const id = freshId();
        await lab.rest().create(id);
        for (const protocols of [null, 'ocpp1.5', 'foo, ocpp9.9']) {
          const peer = await upgrade(lab.wsPort(), { path: `/${id}`, protocols });
          assert.equal(peer.status, 101);
          assert.equal(peer.headers['sec-websocket-protocol'], undefined);
          const close = await peer.nextClose();
          assert.equal(close.code, 1002);
          assert.match(close.reason, /subprotocol/);
          peer.destroy();
        }
        assert.equal((await attempt(id, 'no_common_subprotocol')).http_status, 101);
        assert.equal((await lab.rest().station(id)).connectivity, 'offline');
      });

      test('without an offer, default_ocpp_version decides', async () => {
        const id = freshId();
        const more = { security_profile: 0, default_ocpp_version: version.name };
        await lab.rest().create(id, more);
        const peer = await upgrade(lab.wsPort(), { path: `/${id}`, protocols: null });
        assert.equal(peer.status, 101);
        assert.equal(peer.headers['sec-websocket-protocol'], undefined);
        const answer = await peer.call('1', 'BootNotification', version.boot());
        assert.equal(answer[2].status, 'Accepted');
        assert.equal((await lab.rest().station(id)).ocpp_version, version.name);
        peer.destroy();
      });

      test('the newest connection wins', async () => {
        const station = await Station.boot(lab, version);
        await station.report(1, version.busy);
        const newer = new Station(lab, { id: station.id, version, worker: 1 });
        await newer.connect();
        const end = await station.closed;
        assert.equal(end.code, 1001);
        // The end of the old one comes late and clears nothing.
        const answer = await newer.bootNotification();
        assert.equal(answer.status, 'Accepted');
        await newer.heartbeat();
        const shown = await lab.rest().station(station.id);
        assert.equal(shown.connectivity, 'online');
        assert.equal(shown.connection.epoch, 2);
        if (isDistributed) assert.equal(shown.connection.worker, lab.worker(1).name);
        assert.equal(shown.evses[0].connectors[0].status, version.busy);
        await newer.close();
        assert.equal((await untilOffline(lab, station.id)).status, 'Unavailable');
      });
    });
  }

  describe('identity', () => {
    test('is the last segment, decoded once, in any case', async () => {
      const id = freshId('CP Höfe');
      await lab.rest().create(id);
      const nfc = encodeURIComponent(id.normalize('NFC'));
      const nfd = encodeURIComponent(id.normalize('NFD'));
      const lower = encodeURIComponent(id.toLowerCase());
      assert.notEqual(nfc, nfd);
      const escaped = nfc.replace('CP', '%43P');
      for (const path of [
        `/${nfc}`,
        `/${nfd}`,
        `/${lower}`,
        `/${encodeURIComponent(id.toUpperCase())}`,
        `/ocpp/1.6/any/prefix/${nfc}`,
        `/${nfc}/`,
        `/${nfc}///`,
        `//${nfc}`,
        `/${nfc}?token=1&id=other`,
        `/${escaped}`,
      ])
        assert.equal((await tryPath(path)).status, 101, path);
      const twice = await tryPath(`/${nfc.replaceAll('%', '%25')}`);
      assert.equal(twice.status, 404, 'decoded once only');
    });

    test('%43P1 is CP1', async () => {
      await lab.rest().ask('DELETE', '/api/v1/stations/CP1');
      await lab.rest().create('CP1');
      assert.equal((await tryPath('/%43P1')).status, 101);
      assert.equal((await tryPath('/cp1')).status, 101);
    });

    test('may have up to 48 characters in 2.0.1, 255 bytes in 1.6', async () => {
      const fill = (length) => freshId('L').padEnd(length, 'ä');
      const long = fill(49);
      const longest = freshId('L').padEnd(255, 'x');
      for (const id of [long, longest]) await lab.rest().create(id);
      const path = `/${encodeURIComponent(long)}`;
      assert.equal((await tryPath(path, { protocols: 'ocpp1.6' })).status, 101);
      assert.equal((await tryPath(path, { protocols: 'ocpp2.0.1' })).status, 400);
      assert.equal((await tryPath(`/${longest}`)).status, 101);
      assert.equal((await tryPath(`/${longest}x`)).status, 400);
      const fits = fill(48);
      await lab.rest().create(fits);
      const fitting = `/${encodeURIComponent(fits)}`;
      assert.equal((await tryPath(fitting, { protocols: 'ocpp2.0.1' })).status, 101);
    });

    test('of control characters, dot segments or broken encoding is 400', async () => {
      const word = freshId('BAD');
      for (const path of [
        `/${word}%00`,
        `/${word}%0a`,
        `/${word}%7f`,
        '/ocpp/..',
        '/ocpp/.',
        '/%2e%2e',
        '/%2E',
        `/..%2f${word}`,
        `/${word}%zz`,
        `/${word}%4`,
        `/${word}%ff`,
        '/',
        '//',
      ])
        assert.equal((await tryPath(path)).status, 400, path);
      await until('the attempts', async () => {
        const query = '/connection-attempts?cause=bad_identity&limit=500';
        const { data } = await lab.rest().expect(200, 'GET', query);
        return data.some((one) => one.identity?.includes(`${word}%0a`) && one.http_status === 400);
      });
    });

    test('that folds to another one is taken', async () => {
      const id = freshId('Straße Ä');
      await lab.rest().create(id.normalize('NFC'));
      for (const same of [id.normalize('NFD'), id.toLowerCase()])
        await lab.rest().expect(409, 'POST', '/stations', { id: same });
    });
  });
});

describe(`${setup}: connect, with other settings`, { timeout: 180_000 }, () => {
  before(async () => {
    lab = await Lab.start({
      env: { OHM_HIDE_UNKNOWN_STATIONS: 'true', OHM_SUBPROTOCOL_REFUSAL: 'http400' },
    });
  });
  after(() => lab?.stop());

  for (const version of versions) {
    test(`${version.name}: an unknown station is 401, as if its password were wrong`, async () => {
      const id = freshId('GHOST');
      const headers = { authorization: basic(id, password) };
      const peer = await raw(lab, version, id, { headers });
      assert.equal(peer.status, 401);
      assert.match(peer.headers['www-authenticate'], /^Basic /);
      peer.destroy();
      assert.equal((await attempt(id, 'unknown_station')).http_status, 401);
    });
  }

  test('no subprotocol in common is 400', async () => {
    const id = freshId();
    await lab.rest().create(id);
    for (const protocols of [null, 'ocpp1.5'])
      assert.equal((await tryPath(`/${id}`, { protocols })).status, 400);
    assert.ok(await attempt(id, 'no_common_subprotocol'));
  });
});
