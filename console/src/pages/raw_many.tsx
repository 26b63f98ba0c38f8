// S6 for several stations of one version: any message of OCPP, and what each of them answers.
import { useState } from 'preact/hooks';
import { curlOf, mayOrder, mayRaw } from '../api';
import { BulkDialog } from '../bulk';
import { batchFilter, filterText, type Selection } from '../bulk_filter';
import { rememberCall } from '../raw_history';
import { params, path, setParams } from '../router';
import type { Json } from '../types';
import { Empty, Page } from '../ui/basics';
import { filter } from '../ui/filters';
import { t } from '../words';
import { rawMax } from './raw';
import { disturbs, Editor, RawFrame } from './station_raw';

const versions = ['1.6', '2.0.1'];

interface Call {
  payload: Json;
  checked: boolean;
}

export function RawMany() {
  const version = versions.includes(filter('ocpp_version')) ? filter('ocpp_version') : '1.6';
  const action = filter('action') || 'TriggerMessage';
  const [call, setCall] = useState<Call | null>(null);
  const ids = [...new Set(params.value.getAll('id'))].slice(0, rawMax);
  const whom: Selection = ids.length > 0 ? { ids } : { filter: { ...batchFilter(filter), ocpp_version: version } };
  if (!mayRaw() || !mayOrder()) return <Page title={t('OCPP console')}><Empty title={t('You may not do that here')}><p><code>commands:raw</code> <code>commands:execute</code></p></Empty></Page>;
  const said = (payload: Json, checked: boolean) => ({ action, payload, ocpp_version: version, ...(checked ? {} : { validate: false }) });
  const bodyOf = (payload: Json) => ({ command: 'call', params: said(payload, true), select: 'ids' in whom ? { station_ids: whom.ids } : whom });
  const curl = (text: string) => {
    try {
      return curlOf('/api/v1/command-batches', { method: 'POST', body: JSON.stringify(bodyOf(JSON.parse(text) as Json)) });
    } catch {
      return text;
    }
  };
  return (
    <Page title={t('OCPP console')} sub={ids.length > 0 ? t('{n|station|stations}', { n: ids.length }) : t('All stations: {filters}', { filters: 'filter' in whom ? filterText(whom.filter) : '' })} actions={
      <>
        <select aria-label={t('OCPP version')} value={version} onChange={(event) => setParams({ ocpp_version: event.currentTarget.value, action: '' })}>
          {versions.map((one) => <option key={one} value={one}>OCPP {one}</option>)}
        </select>
        <a class="button" href={path('stations')}>{t('Choose others')}</a>
      </>}>
      <RawFrame version={version}>
        <Editor key={`${version} ${action}`} version={version} action={action} isOff={false} curl={curl}
          note={ids.length > 0 ? t('Stations that speak another version refuse it.') : undefined}
          onSend={(payload, checked) => setCall({ payload, checked })} />
      </RawFrame>
      {call && (
        <BulkDialog title={t('Send {action} to several stations', { action })} command="call" params={said(call.payload, call.checked)} whom={whom} disturbs={disturbs.has(action) || !call.checked}
          onSent={() => rememberCall(ids[0] ?? '*', version, action, call.payload)} onClose={() => setCall(null)} />
      )}
    </Page>
  );
}
