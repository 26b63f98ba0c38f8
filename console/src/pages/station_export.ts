// All stations that the filters of the list find, as CSV, not only those that are on the screen.
import { get, type Page, query } from '../api';
import type { Station } from '../types';
import { complain, csvCell, save, say } from '../ui/basics';
import { t } from '../words';

const most = 50_000;
const names = ['id', 'name', 'location_id', 'connectivity', 'status', 'ocpp_version', 'vendor', 'model', 'serial_number', 'firmware_version', 'security_profile', 'boot_status', 'last_seen_at', 'note', 'created_at'] as const;

export async function exportStations(asked: Record<string, string>, total: number | undefined): Promise<void> {
  if ((total ?? 0) > 1000) say(t('Reading {n|station|stations}…', { n: Math.min(total ?? 0, most) }));
  try {
    const rows: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<Station> = await get(query('/api/v1/stations', { ...asked, limit: 500, cursor }));
      rows.push(...page.data.map((one) => names.map((name) => csvCell(one[name])).join(',')));
      cursor = page.next_cursor;
    } while (cursor && rows.length < most);
    save('stations.csv', [names.join(','), ...rows].join('\r\n'), 'text/csv');
    say(cursor ? t('The first {n} stations are exported', { n: rows.length }) : t('{n|station|stations} exported', { n: rows.length }));
  } catch (error) {
    complain(error);
  }
}
