// Messages as files: lines of JSON, a table, and what one gives a vendor with a ticket.
import { get, type Page, stationPath } from './api';
import { withoutSecrets } from './raw_history';
import type { Json, Message, Station } from './types';
import { csvCell, save } from './ui/basics';

export const exportMax = 5000;
const exportPages = 60;
export async function collect(where: string): Promise<Message[]> {
  const all: Message[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < exportPages && all.length < exportMax; ++pages) {
    const page: Page<Message> = await get(`${where}${where.includes('?') ? '&' : '?'}limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    all.push(...page.data);
    cursor = page.next_cursor;
    if (!cursor) break;
  }
  return all;
}

const fileOf = (name: string) => `${name.replace(/[^\w.-]/g, '_')}-messages`;
export function saveLines(name: string, all: Message[]): void {
  save(`${fileOf(name)}.ndjson`, all.map((one) => JSON.stringify(one)).join('\n'), 'application/x-ndjson');
}
export function saveTable(name: string, all: Message[]): void {
  const columns = ['at', 'station_id', 'direction', 'message_type', 'action', 'message_id', 'error_code', 'bytes', 'frame'] as const;
  save(`${fileOf(name)}.csv`, [columns.join(','), ...all.map((one) => columns.map((column) => csvCell(one[column])).join(','))].join('\r\n'), 'text/csv');
}

// Cards of drivers get names of their own, the same ones throughout; passwords and keys are left out.
export function masked(all: Message[]): Message[] {
  const names = new Map<string, string>();
  const callToken = (token: string) => {
    const known = names.get(token);
    if (known) return known;
    names.set(token, `token-${names.size + 1}`);
    return names.get(token) as string;
  };
  // In their order, so that the first card is the first one that was seen.
  return [...all].reverse().map((one) => {
    if (one.frame === null) return { ...one, frame_base64: null };
    try {
      const frame = JSON.parse(one.frame) as Json[];
      const payload = frame.length - 1;
      frame[payload] = withoutSecrets(one.action ?? '', frame[payload] ?? null, callToken).payload;
      return { ...one, frame: JSON.stringify(frame) };
    } catch {
      return { ...one, frame: null };
    }
  });
}

const factsOfStation = ['id', 'vendor', 'model', 'serial_number', 'firmware_version', 'ocpp_version', 'security_profile', 'connectivity', 'last_seen_at'] as const;
export async function saveForVendor(station: string, all: Message[]): Promise<void> {
  const found = await get<Station>(stationPath(station));
  const messages = masked(all).map(({ at, direction, message_type, action, message_id, error_code, frame }) => ({ at, direction, message_type, action, message_id, error_code, frame }));
  const bundle = {
    made_at: new Date().toISOString(),
    note: 'direction in: from the station to the CSMS. Id tokens are renamed, passwords and keys left out.',
    station: Object.fromEntries(factsOfStation.map((name) => [name, found[name] ?? null])),
    from: messages[0]?.at ?? null,
    to: messages.at(-1)?.at ?? null,
    messages,
  };
  save(`${fileOf(station)}-for-vendor.json`, JSON.stringify(bundle, null, 2), 'application/json');
}
