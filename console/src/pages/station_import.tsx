// Many stations at once from CSV or JSON: first what would happen, then it.
import { useState } from 'preact/hooks';
import { ask, Problem } from '../api';
import { path } from '../router';
import type { Schemas } from '../types';
import { Button, Card, Chip, csvCell, ErrorBox, Page, save } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { t } from '../words';

type Result = Schemas['StationImportResult'];
const sample = 'id,name,security_profile\nCP0001,Gate 1,1\nCP0002,Gate 2,1\n';

export function StationImport() {
  const [text, setText] = useState('');
  const [update, setUpdate] = useState(false);
  const [result, setResult] = useState<Result | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (dry: boolean) => {
    setProblem(null);
    const isJson = /^\s*[[{]/.test(text);
    try {
      const where = `/api/v1/stations/import?dry_run=${dry}${update && !isJson ? '&update=true' : ''}`;
      const answer = await ask<Result>(where, { method: 'POST', body: text, headers: { 'Content-Type': isJson ? 'application/json' : 'text/csv' } });
      setResult(answer.data);
    } catch (error) {
      setResult(null);
      setProblem(error as Problem);
    }
  };
  const read = async (event: Event) => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    if (file) setText(await file.text());
  };
  const passwords = (result?.items ?? []).filter((one) => one.password);
  return (
    <Page title={t('Import stations')} sub={<a href={path('stations')}>{t('Stations')}</a>}>
      <Card>
        <div class="stack">
          <label class="field"><span>{t('File')}</span><input type="file" accept=".csv,.json,text/csv,application/json" onChange={read} /></label>
          <label class="field">
            <span>{t('Or its text, CSV or JSON')}</span>
            <textarea class="mono" rows={8} value={text} placeholder={sample} onInput={(event) => { setText(event.currentTarget.value); setResult(null); }} />
          </label>
          <label class="check"><input type="checkbox" checked={update} onChange={(event) => setUpdate(event.currentTarget.checked)} />{t('Change stations that exist')}</label>
          <div class="row">
            <Button disabled={!text.trim()} onClick={() => void send(true)}>{t('Preview')}</Button>
            <Button kind="primary" disabled={!result?.dry_run || result.total === result.refused} onClick={() => void send(false)}>{t('Import')}</Button>
          </div>
          {problem && <ErrorBox problem={problem} />}
        </div>
      </Card>
      {result && (
        <Card title={result.dry_run ? t('What would happen') : t('What has happened')} actions={passwords.length > 0 ? (
          <Button icon="download" kind="primary" onClick={() => save('passwords.csv', ['id,password', ...passwords.map((one) => `${csvCell(one.id)},${csvCell(one.password)}`)].join('\r\n'), 'text/csv')}>{t('Passwords, shown only now')}</Button>
        ) : undefined}>
          <p>{t('{created} created, {updated} updated, {exists} exist, {refused} refused', { created: result.created, updated: result.updated, exists: result.exists, refused: result.refused })}</p>
          <SmallTable label={t('Rows')} items={result.items.slice(0, 500)} id={(one) => String(one.row)} columns={[
            { name: t('Row'), cell: (one) => one.row, right: true },
            { name: t('Station'), cell: (one) => one.id },
            { name: t('Result'), cell: (one) => <Chip word={one.result} tone={one.result === 'refused' ? 'bad' : one.result === 'exists' ? 'plain' : 'good'} /> },
            { name: t('Detail'), cell: (one) => <>{one.pointer && <code>{one.pointer}</code>} {one.detail}</> },
          ]} />
        </Card>
      )}
    </Page>
  );
}
