// Orders to stations, and one of them in full.
import { useState } from 'preact/hooks';
import { post, Problem, query } from '../api';
import { failureText, Progress, useCommand } from '../commands';
import { ms } from '../format';
import { useList } from '../query';
import { path, segments } from '../router';
import type { Command } from '../types';
import { Ago, Button, Card, Chip, Empty, ErrorBox, Facts, JsonBlock, Page, say, Skeleton, Time } from '../ui/basics';
import { ChoiceFilter, ClearFilters, filter, ownChoices, SinceFilter, sinceTime, TextFilter } from '../ui/filters';
import { Table, type Column } from '../ui/table';
import { wordOf } from '../state_words';
import { t } from '../words';

export function CommandTabs({ current }: { current: string }) {
  return (
    <nav class="subtabs" aria-label={t('Commands')}>
      <a href={path('commands')} aria-current={current === 'commands' ? 'page' : undefined}>{t('Single commands')}</a>
      <a href={path('batches')} aria-current={current === 'batches' ? 'page' : undefined}>{t('Batches')}</a>
    </nav>
  );
}

const names = ['state', 'result', 'effect', 'command', 'since', 'station_id'];
export const commandColumns = (withStation: boolean): Column<Command>[] => [
  { name: t('Ordered'), width: '150px', cell: (one) => <Time at={one.created_at} /> },
  ...(withStation ? [{ name: t('Station'), width: 'minmax(130px, 1fr)', cell: (one: Command) => <a class="clip" href={path('stations', one.station_id)}>{one.station_id}</a> }] : []),
  { name: t('Command'), width: 'minmax(150px, 1.2fr)', cell: (one) => <a class="strong clip" href={path('commands', one.id)}>{one.command === 'ocpp-call' || one.command === 'call' ? one.ocpp.action : one.command}</a> },
  { name: t('State'), width: '132px', cell: (one) => <Chip word={one.state} /> },
  { name: t('Answer'), width: 'minmax(120px, 0.9fr)', cell: (one) => one.failed_reason ? <span class="danger-text clip" title={failureText(one.failed_reason)}>{wordOf(one.failed_reason)}</span> : <Chip word={one.status ?? one.result} /> },
  { name: t('Effect'), width: '130px', cell: (one) => one.effect.state === 'none' ? <span class="muted">–</span> : <Chip word={one.effect.state} /> },
  { name: t('Round trip'), width: '96px', cell: (one) => ms(one.timing.rtt_ms), right: true },
  { name: t('By'), width: 'minmax(80px, 0.7fr)', cell: (one) => <span class="clip muted">{one.requested_by}</span> },
];

export function CommandFilters({ search }: { search?: boolean }) {
  return (
    <div class="filters">
      {search && <TextFilter main name="station_id" label={t('Station, exactly')} />}
      <TextFilter name="command" label={t('Command, e.g. reset')} />
      <ChoiceFilter name="state" label={t('Any state')} choices={[['queued,sent', t('on the way')], ...ownChoices(['answered', 'failed', 'expired', 'cancelled'])]} />
      <ChoiceFilter name="result" label={t('Any answer')} choices={ownChoices(['accepted', 'rejected', 'scheduled', 'not_supported'])} />
      <ChoiceFilter name="effect" label={t('Any effect')} choices={[...ownChoices(['pending', 'confirmed', 'missed', 'contradicted']), ['missed,contradicted', t('did not happen')]]} />
      <SinceFilter />
      <ClearFilters names={names} />
    </div>
  );
}
export const commandQuery = () => ({ state: filter('state'), result: filter('result'), effect: filter('effect'), command: filter('command'), from: sinceTime() });

export function Commands() {
  const list = useList<Command>(query('/api/v1/commands', { ...commandQuery(), station_id: filter('station_id') }), {
    id: (one) => one.id, types: ['command.'], grows: true, total: true,
  });
  return (
    <Page fills title={t('Commands')} sub={<CommandTabs current="commands" />}>
      <CommandFilters search />
      <Table label={t('Commands')} list={list} id={(one) => one.id} href={(one) => path('commands', one.id)} columns={commandColumns(true)}
        empty={<Empty icon="command" title={names.some(filter) ? t('No command fits these filters') : t('No command yet')}>
          <p><a href={path('stations')}>{t('Orders are given on a station’s page, or to many from their list.')}</a></p>
          <ClearFilters names={names} />
        </Empty>} />
    </Page>
  );
}

export function CommandPage() {
  const id = segments.value[1] ?? '';
  const { shown, problem } = useCommand(id);
  const [refused, setRefused] = useState<Problem | null>(null);
  if (!shown) return <Page title={t('Command')}>{problem ? <ErrorBox problem={problem} /> : <Skeleton />}</Page>;
  const cancel = () =>
    post(`/api/v1/commands/${encodeURIComponent(id)}/cancel`).then(() => say(t('Cancelled'))).catch((error) => setRefused(error as Problem));
  const { ocpp } = shown;
  return (
    <Page title={shown.command === 'ocpp-call' ? (ocpp.action ?? '') : shown.command} sub={<><a href={path('stations', shown.station_id)}>{shown.station_id}</a> · <Ago at={shown.created_at} /></>}
      actions={shown.state === 'queued' && <Button kind="danger" onClick={() => void cancel()}>{t('Cancel')}</Button>}>
      {refused && <ErrorBox problem={refused} />}
      <div class="columns">
        <div class="stack">
          <Card title={t('How it went')}><Progress shown={shown} /></Card>
          <Card title={t('Facts')}>
            <Facts facts={[
              [t('State'), <Chip word={shown.state} />],
              [t('By'), shown.requested_by],
              [t('Ordered'), <Time at={shown.created_at} />],
              [t('Sent'), <Time at={shown.sent_at} />],
              [t('Answered'), <Time at={shown.answered_at} />],
              [t('Round trip'), ms(shown.timing.rtt_ms)],
              [t('Waits until'), <Time at={shown.expires_at} />],
              [t('Batch'), shown.batch_id && <a href={path('batches', shown.batch_id)}>{shown.batch_id}</a>],
              [t('Id'), <code>{shown.id}</code>],
            ]} />
          </Card>
        </div>
        <div class="stack">
          <Card title={t('Parameters')}><JsonBlock value={shown.parameters ?? {}} /></Card>
          {ocpp.request !== null && <Card title={`${ocpp.action} · OCPP ${ocpp.version}`}><JsonBlock value={ocpp.request} /></Card>}
          {ocpp.response !== null && <Card title={t('The station answered')}><JsonBlock value={ocpp.response} /></Card>}
          {ocpp.late_response !== null && <Card title={t('Answered too late')}><JsonBlock value={ocpp.late_response} /></Card>}
          {ocpp.error && <Card title={t('The station answered with an error.')}><JsonBlock value={ocpp.error} /></Card>}
          {ocpp.message_id && <p><a href={`${path('stations', shown.station_id, 'messages')}?message_id=${encodeURIComponent(ocpp.message_id)}`}>{t('Its messages')}</a></p>}
        </div>
      </div>
    </Page>
  );
}
