// Many tokens at once from CSV or JSON: first what would happen, row by row, then it.
import { useState } from 'preact/hooks';
import { ask, Problem } from '../api';
import { path } from '../router';
import type { Schemas } from '../types';
import { Button, Card, Chip, csvCell, ErrorBox, Page, save } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { number, t } from '../words';

type Result = Schemas['TokenImportResult'];
const sample = 'uid,status,group_id,note\n04A1B2C3D4,Accepted,FLEET,Van 7\nDEADBEEF,Blocked,,Lost card\n';
const shownMax = 500;

export function TokenImport() {
  const [text, setText] = useState('');
  const [result, setResult] = useState<Result | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (next: string) => {
    setText(next);
    setResult(null);
  };
  const send = async (dry: boolean) => {
    setProblem(null);
    setBusy(true);
    const isJson = /^\s*[[{]/.test(text);
    try {
      const answer = await ask<Result>(`/api/v1/tokens/import?dry_run=${dry}`, { method: 'POST', body: text, headers: { 'Content-Type': isJson ? 'application/json' : 'text/csv' } });
      setResult(answer.data);
    } catch (error) {
      setResult(null);
      setProblem(error as Problem);
    }
    setBusy(false);
  };
  const read = async (event: Event) => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    if (file) change(await file.text());
  };
  const refused = (result?.items ?? []).filter((one) => one.result === 'refused');
  const others = (result?.items ?? []).filter((one) => one.result !== 'refused');
  const saveRefused = () =>
    save('refused-tokens.csv', ['row,uid,code,detail', ...refused.map((one) => [one.row, one.uid, one.code, one.detail].map(csvCell).join(','))].join('\r\n'), 'text/csv');
  return (
    <Page title={t('Import tokens')} sub={<a href={path('tokens')}>{t('Tokens')}</a>}>
      <Card>
        <div class="stack">
          <label class="field"><span>{t('File')}</span><input type="file" accept=".csv,.json,text/csv,application/json" onChange={read} /></label>
          <label class="field">
            <span>{t('Or its text, CSV or JSON')}</span>
            <textarea class="mono" rows={8} value={text} placeholder={sample} onInput={(event) => change(event.currentTarget.value)} />
            <span class="hint">{t('A token that exists is replaced by its row. Columns are those of a token: uid, type, status, group_id, concurrent_limit, expires_at, note.')}</span>
          </label>
          <div class="row">
            <Button disabled={!text.trim() || busy} onClick={() => void send(true)}>{t('Preview')}</Button>
            <Button kind="primary" disabled={busy || !result?.dry_run || result.total === result.refused} onClick={() => void send(false)}>{t('Import')}</Button>
            {!text && <Button kind="quiet" onClick={() => change(sample)}>{t('An example')}</Button>}
          </div>
          {problem && <ErrorBox problem={problem} />}
        </div>
      </Card>
      {result && (
        <Card title={result.dry_run ? t('What would happen') : t('What has happened')} actions={refused.length > 0 && <Button icon="download" onClick={saveRefused}>{t('What was refused')}</Button>}>
          <p role="status">{t('{created} created, {updated} replaced, {refused} refused', { created: number(result.created), updated: number(result.updated), refused: number(result.refused) })}</p>
          <SmallTable label={t('Rows')} items={[...refused, ...others].slice(0, shownMax)} id={(one) => String(one.row)} columns={[
            { name: t('Row'), cell: (one) => one.row, right: true },
            { name: t('Token'), cell: (one) => one.uid },
            { name: t('Result'), cell: (one) => <Chip word={one.result} tone={one.result === 'refused' ? 'bad' : 'good'} /> },
            { name: t('Detail'), cell: (one) => <>{one.pointer && <code>{one.pointer}</code>} {one.detail}</> },
          ]} />
          {result.items.length > shownMax && <p class="small muted">{t('The first {n} rows are shown, those that are refused before the others.', { n: shownMax })}</p>}
          {!result.dry_run && <p><a href={path('tokens')}>{t('To the tokens')}</a></p>}
        </Card>
      )}
    </Page>
  );
}
