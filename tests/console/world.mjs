// A small world for the console to show: stations in every state, sessions with curves, refused
// connections, cards nobody knows, and texts that want to be more than text.
import { freshId, now, Station, versions } from '../e2e/station.mjs';

const [v16, v201] = versions;
const minute = 60_000;
const at = (ms) => new Date(ms).toISOString();

// Sixty strings that break pages which take text for markup, for a path, or for a number.
const markup = [
  '<script>window.hit=1</script>', '<img src=x onerror=window.hit=1>', '"><svg/onload=window.hit=1>',
  "'><b>bold</b>", '</title><script>window.hit=1</script>', '<iframe src=javascript:window.hit=1>',
  '{{7*7}}', '${7*7}', '<%= 7*7 %>', '#{7*7}', 'javascript:window.hit=1', 'data:text/html,<b>x</b>',
  '<a href=//evil.example>x</a>', '<style>*{display:none}</style>', '<!--', '-->', ']]>', '&lt;b&gt;',
  '&amp;', '&#x3c;b&#x3e;',
];
const paths = [
  'a/b', '../..', '..%2f..', '%2e%2e', '%00', '%', '%zz', 'a?b=c', 'a#b', 'a b', ' a ', '.', '..',
  '\\\\host\\share', 'C:\\x', 'a;b', 'a&b=c', '+1+1', '=1+1', '@SUM(A1)',
];
const letters = [
  '日本語の充電器', 'зарядка', 'שלום', 'مرحبا', '\u202eegrahc', 'e\u0301\u0301\u0301\u0301',
  '👩‍👩‍👧‍👦', 'ﷺ', '\u200b', 'İı', 'ß', '𝕏', '-1', '0', '1e999', 'NaN', 'null', 'undefined', 'true',
  'W'.repeat(120),
];
export const hostile = [...markup, ...paths, ...letters];

// A session as a 1.6 station tells it, with a curve that falls off towards the end.
async function charge16(station, { evse, token, began, minutes, stop, gap }) {
  const start = await station.call('StartTransaction', {
    connectorId: evse, idTag: token, meterStart: 12_000, timestamp: at(began),
  });
  let wh = 12_000;
  for (let i = 1; i <= minutes; ++i) {
    const soc = Math.min(100, 22 + Math.round((70 * i) / minutes));
    const watts = Math.round(soc < 60 ? 22_000 - 900 * Math.sin(i) : Math.max(2_000, 22_000 * (1 - (soc - 60) / 44)));
    wh += watts / 60;
    if (gap && i > gap[0] && i < gap[1]) continue;
    await station.call('MeterValues', {
      connectorId: evse,
      transactionId: start.transactionId,
      meterValue: [{
        timestamp: at(began + i * minute),
        sampledValue: [
          { value: String(Math.round(wh)), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
          { value: String(watts), measurand: 'Power.Active.Import', unit: 'W' },
          { value: String(soc), measurand: 'SoC', unit: 'Percent' },
          { value: (watts / 690).toFixed(1), measurand: 'Current.Import', unit: 'A', phase: 'L1' },
          { value: (229 + Math.sin(i)).toFixed(1), measurand: 'Voltage', unit: 'V', phase: 'L1-N' },
        ],
      }],
    });
  }
  if (stop)
    await station.call('StopTransaction', {
      transactionId: start.transactionId, idTag: token, meterStop: Math.round(wh),
      timestamp: at(began + minutes * minute + 20_000), reason: 'EVDisconnected',
    });
  return start.transactionId;
}

// Answers to what the console orders, and what follows from it.
export function serve16(station) {
  let running = null;
  station.client.handle('RemoteStartTransaction', ({ params }) => {
    setTimeout(async () => {
      await station.report(params.connectorId ?? 1, 'Charging');
      running = await charge16(station, { evse: params.connectorId ?? 1, token: params.idTag, began: Date.now() - 3 * minute, minutes: 3 });
    }, 150);
    return { status: 'Accepted' };
  });
  station.client.handle('RemoteStopTransaction', () => {
    setTimeout(async () => {
      await station.call('StopTransaction', { transactionId: running, meterStop: 13_100, timestamp: now(), reason: 'Remote' });
      await station.report(1, 'Available');
    }, 150);
    return { status: 'Accepted' };
  });
  station.client.handle('TriggerMessage', () => ({ status: 'Accepted' }));
  station.client.handle('ClearCache', () => ({ status: 'Accepted' }));
  station.client.handle('ChangeConfiguration', () => ({ status: 'Accepted' }));
  let listVersion = 0;
  station.client.handle('GetLocalListVersion', () => ({ listVersion }));
  station.client.handle('SendLocalList', ({ params }) => {
    listVersion = params.listVersion;
    return { status: 'Accepted' };
  });
  station.client.handle('ChangeAvailability', () => ({ status: 'Accepted' }));
  station.client.handle('GetConfiguration', () => ({
    configurationKey: [
      { key: 'HeartbeatInterval', readonly: false, value: '300' },
      { key: 'MeterValueSampleInterval', readonly: false, value: '60' },
      { key: 'NumberOfConnectors', readonly: true, value: '2' },
      { key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,SmartCharging,LocalAuthListManagement' },
    ],
  }));
  return station;
}

const named = async (lab, id, name, more = {}) => lab.rest().create(id, { security_profile: 0, name, ...more });

// `name` makes an identity of a word.
export async function build(lab, name = freshId) {
  const rest = lab.rest();
  const put = (uid, body) => rest.expect(201, 'PUT', `/tokens/${encodeURIComponent(uid)}`, body);
  await put('04A1B2C3D4', { note: 'Fleet, van 7', group_id: 'FLEET' });
  await put('04FFEE1122', { note: 'Fleet, van 9', group_id: 'FLEET', concurrent_limit: 1 });
  await put('DEADBEEF', { status: 'Blocked', note: 'Lost card' });
  const world = { stations: {} };
  const connect = async (version, id, title, boot = {}) => {
    await named(lab, id, title);
    const station = new Station(lab, { id, version });
    await station.connect();
    await station.bootNotification(boot);
    return (world.stations[id] = station);
  };

  const depot = serve16(await connect(v16, name('DEPOT'), 'Depot, gate 1', { firmwareVersion: '4.2.1', chargePointSerialNumber: 'SN-0041' }));
  await depot.report(1, 'Available');
  await depot.report(2, 'Charging');
  await depot.call('Authorize', { idTag: '04A1B2C3D4' });
  world.session = await charge16(depot, { evse: 2, token: '04A1B2C3D4', began: Date.now() - 52 * minute, minutes: 50, gap: [20, 28] });
  world.main = depot;

  const market = await connect(v16, name('MARKET'), 'Market square', { firmwareVersion: '4.2.0' });
  await charge16(market, { evse: 1, token: '04FFEE1122', began: Date.now() - 200 * minute, minutes: 40, stop: true });
  await market.report(1, 'Preparing');
  await market.call('Authorize', { idTag: 'CAFEBABE01' });
  await market.call('Authorize', { idTag: 'DEADBEEF' });

  const faulty = await connect(v16, name('HARBOUR'), 'Harbour, pier 3');
  await faulty.call('StatusNotification', { connectorId: 0, errorCode: 'GroundFailure', info: 'RCD tripped', vendorErrorCode: 'E-17', status: 'Faulted', timestamp: now() });
  await faulty.call('StatusNotification', { connectorId: 1, errorCode: 'GroundFailure', info: 'RCD tripped', vendorErrorCode: 'E-17', status: 'Faulted', timestamp: now() });

  const modern = await connect(v201, name('OFFICE'), 'Office garage', { firmwareVersion: '2.8.0' });
  await modern.report(1, 'Occupied');
  await modern.report(2, 'Available');
  world.modern = modern;

  const gone = await connect(v16, name('VILLAGE'), 'Village hall');
  await gone.report(1, 'Available');
  await gone.close();
  await named(lab, name('NEW'), 'Not connected yet');

  // Strangers at the door.
  for (const id of ['STRANGER-1', 'STRANGER-1', 'STRANGER-2']) {
    const station = new Station(lab, { id, version: v16 });
    await station.connect().catch(() => {});
    station.client.close({ code: 1000 }).catch(() => {});
  }
  const locked = name('LOCKED');
  await rest.create(locked, { security_profile: 1, password: 'correct-horse-battery' });
  await new Station(lab, { id: locked, version: v16, password: 'wrong-password-0001' }).connect().catch(() => {});
  return world;
}

// The hostile strings wherever a station or an operator can write: names, notes, reports, tokens.
export async function buildHostile(lab) {
  const rest = lab.rest();
  const ids = [];
  for (const [i, text] of hostile.entries()) {
    const id = `H${String(i).padStart(2, '0')}`;
    await rest.expect(201, 'POST', '/stations', { id, security_profile: 0, name: text, note: `${text} ${text}` });
    const token = await rest.ask('PUT', `/api/v1/tokens/${encodeURIComponent(`${id}${text}`.slice(0, 40))}`, { note: text });
    ids.push({ id, text, tokenStatus: token.status });
  }
  const bad = new Station(lab, { id: 'H00', version: v16 });
  await bad.connect();
  await bad.call('BootNotification', { chargePointVendor: '<b>V</b>', chargePointModel: '"><i>M</i>', firmwareVersion: '<script>window.hit=1</script>' });
  await bad.call('StatusNotification', { connectorId: 1, errorCode: 'OtherError', info: '<img src=x onerror=window.hit=1>', vendorErrorCode: '<u>9</u>', status: 'Faulted', timestamp: now() });
  await bad.call('Authorize', { idTag: '<i>tag</i>' });
  await bad.call('DataTransfer', { vendorId: '<script>', messageId: '<svg onload=window.hit=1>', data: '</pre><script>window.hit=1</script>' });
  return { ids, bad };
}
