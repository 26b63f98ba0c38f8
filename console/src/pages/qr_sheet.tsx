// A sheet of QR codes to print: one for every station that the address names.
import { useEffect, useState } from 'preact/hooks';
import { get, type Problem, stationPath } from '../api';
import { params, path, setParams } from '../router';
import { AddressField, QrCode, schemeOf, sheetMax, stationAddress, stationUrl } from '../station_url';
import type { Station } from '../types';
import { Button, Empty, ErrorBox, Page, Skeleton } from '../ui/basics';
import { t } from '../words';

const asksAtOnce = 4;

interface Sheet {
  stations: Station[];
  missing: string[];
  problem: Problem | null;
  loaded: boolean;
}
async function read(ids: string[]): Promise<Sheet> {
  const found = new Map<string, Station>();
  const missing: string[] = [];
  let problem: Problem | null = null;
  const waiting = [...ids];
  const asker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        found.set(id, await get<Station>(stationPath(id)));
      } catch (error) {
        if ((error as Problem).status === 404) missing.push(id);
        else problem = error as Problem;
      }
    }
  };
  await Promise.all(Array.from({ length: asksAtOnce }, asker));
  const stations = ids.map((id) => found.get(id)).filter((one): one is Station => one !== undefined);
  return { stations, missing, problem, loaded: true };
}

export function QrSheet() {
  const ids = [...new Set(params.value.getAll('id'))].slice(0, sheetMax);
  const plain = params.value.get('plain') === '1';
  const [sheet, setSheet] = useState<Sheet>({ stations: [], missing: [], problem: null, loaded: false });
  useEffect(() => {
    let stopped = false;
    void read(ids).then((done) => { if (!stopped) setSheet(done); });
    return () => { stopped = true; };
  }, [ids.join('\n')]);
  const schemes = [...new Set(sheet.stations.map((one) => schemeOf(one.security_profile)))];
  const urlOf = (one: Station) => (plain ? stationAddress(schemeOf(one.security_profile)) : stationUrl(one.id, one.security_profile));
  return (
    <Page title={t('QR codes')} sub={<a href={path('stations')}>{t('Stations')}</a>} actions={
      sheet.stations.length > 0 && <Button kind="primary" icon="print" onClick={() => window.print()}>{t('Print')}</Button>}>
      <div class="sheet-settings">
        <label class="check">
          <input type="checkbox" checked={plain} onChange={(event) => setParams({ plain: event.currentTarget.checked ? '1' : '' })} />
          {t('Without the identity: some models append it themselves')}
        </label>
        {schemes.map((scheme) => <AddressField key={scheme} scheme={scheme} />)}
      </div>
      {sheet.problem && <ErrorBox problem={sheet.problem} />}
      {sheet.missing.length > 0 && <p class="note-box">{t('There is no such station:')} {sheet.missing.join(', ')}</p>}
      {!sheet.loaded && ids.length > 0 && <Skeleton rows={6} />}
      {ids.length === 0 && (
        <Empty icon="station" title={t('No station is chosen')}>
          <p>{t('Select stations in their list, then “QR codes”.')}</p>
          <p><a class="button" href={path('stations')}>{t('Stations')}</a></p>
        </Empty>
      )}
      <ul class="qr-sheet">
        {sheet.stations.map((one) => (
          <li key={one.id}>
            <QrCode text={urlOf(one)} label={t('QR code of {url}', { url: urlOf(one) })} />
            <strong>{one.id}</strong>
            {one.name && <span>{one.name}</span>}
            <code>{urlOf(one)}</code>
          </li>
        ))}
      </ul>
    </Page>
  );
}
