// S15: who is told of events by HTTP: webhooks, and what became of each delivery.
import { useState } from 'preact/hooks';
import { ask, may, type Page as ListPage, post, Problem, query } from '../api';
import { ms } from '../format';
import { useList, useQuery, useWhole } from '../query';
import { params, path, setParams, withQuery } from '../router';
import type { Schemas } from '../types';
import { Ago, Button, Chip, complain, confirmed, Dialog, Empty, ErrorBox, Facts, Page, say, Time } from '../ui/basics';
import { Table } from '../ui/table';
import { t } from '../words';
import { AdminTabs } from './people';
import { Secret } from './station_new';

type Webhook = Schemas['Webhook'];
type Delivery = Schemas['WebhookDelivery'];

const pathOf = (hook: Webhook, rest = '') => `/api/v1/webhooks/${hook.id}${rest}`;
const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

function State({ hook }: { hook: Webhook }) {
  if (hook.state === 'disabled') return <Chip word="failed" label={hook.state_reason === 'gone' ? t('ended: gone') : t('ended: it failed for days')} />;
  if (hook.state === 'paused') return <Chip word="paused" tone="off" label={t('paused')} />;
  return hook.failing_since ? <Chip word="failing" tone="bad" label={t('fails')} /> : <Chip word="active" tone="good" label={t('active')} />;
}

function EditHook({ hook, onDone }: { hook: Webhook | null; onDone: () => void }) {
  const kinds = useQuery<ListPage<Schemas['EventType']>>('/api/v1/event-types', { every: 600_000 });
  const [url, setUrl] = useState(hook?.url ?? '');
  const [description, setDescription] = useState(hook?.description ?? '');
  const [types, setTypes] = useState((hook?.types ?? ['alert.*']).join(' '));
  const [station, setStation] = useState(hook?.station_id ?? '');
  const [made, setMade] = useState<Webhook | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem(null);
    const failed = (error: unknown) => setProblem(error as Problem);
    if (hook)
      ask(pathOf(hook), { method: 'PATCH', body: { url: url.trim(), description: description.trim() || null, types: words(types), station_id: station.trim() || null } })
        .then(() => { say(t('Saved')); onDone(); }).catch(failed);
    else
      post<Webhook>('/api/v1/webhooks', {
        url: url.trim(), types: words(types),
        ...(description.trim() ? { description: description.trim() } : {}),
        ...(station.trim() ? { station_id: station.trim() } : {}),
      }).then(setMade).catch(failed);
  };
  if (made?.secret)
    return (
      <Dialog title={t('The webhook is there')} onClose={onDone}>
        <div class="stack">
          <Secret password={made.secret} label={t('What it is signed with, shown only now:')} />
          <footer class="row end"><Button kind="primary" onClick={onDone}>{t('Close')}</Button></footer>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={hook ? t('Edit the webhook') : t('Add webhook')} onClose={onDone}>
      <form class="stack" onSubmit={submit}>
        <label class="field"><span>URL</span><input name="url" type="url" required maxLength={2000} autoFocus autoComplete="off" placeholder="https://" value={url} onInput={(event) => setUrl(event.currentTarget.value)} /></label>
        <label class="field"><span>{t('Purpose')}</span><input name="description" maxLength={200} value={description} onInput={(event) => setDescription(event.currentTarget.value)} /></label>
        <label class="field">
          <span>{t('Types of events, e.g. alert.* transaction.ended; empty: all')}</span>
          <input name="types" list="event-types" autoComplete="off" spellcheck={false} value={types} onInput={(event) => setTypes(event.currentTarget.value)} />
          <datalist id="event-types">{(kinds.data?.data ?? []).map((one) => <option key={one.type} value={one.type} />)}</datalist>
        </label>
        <label class="field"><span>{t('Only this station')}</span><input name="station" maxLength={48} value={station} onInput={(event) => setStation(event.currentTarget.value)} /></label>
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary">{hook ? t('Save') : t('Add')}</Button></footer>
      </form>
    </Dialog>
  );
}

function DeliveryState({ one }: { one: Delivery }) {
  if (one.state === 'delivered') return <Chip word="delivered" tone="good" label={t('delivered')} />;
  return one.state === 'failed' ? <Chip word="failed" label={t('given up')} /> : <Chip word="pending" tone="wait" label={t('tries again')} />;
}

function Deliveries({ hook, reload, onEdit }: { hook: Webhook; reload: () => void; onEdit: () => void }) {
  const list = useList<Delivery>(query(pathOf(hook, '/deliveries'), {}), { id: (one) => one.id, every: 5000 });
  const [secret, setSecret] = useState<string | null>(null);
  const mayWrite = may('webhooks:write');
  const act = (done: Promise<unknown>, text: string) => done.then(() => { say(text); reload(); list.reload(); }).catch(complain);
  const rotate = async () => {
    const answer = await confirmed({ title: t('A new secret'), whom: hook.url, action: t('Make a new secret'), danger: true, text: t('Deliveries are signed with both for a while; whoever checks them needs the new one.') });
    if (answer !== null) post<Webhook>(pathOf(hook, '/rotate-secret'), {}).then((changed) => setSecret(changed.secret)).catch(complain);
  };
  const remove = async () => {
    const answer = await confirmed({ title: t('Remove the webhook'), whom: hook.url, action: t('Remove'), danger: true, text: t('Nothing is delivered there any more, and its deliveries are forgotten.') });
    if (answer !== null) void act(ask(pathOf(hook), { method: 'DELETE' }).then(() => setParams({ hook: '' })), t('The webhook is removed'));
  };
  return (
    <Page fills title={<span class="clip">{hook.url}</span>} sub={<span class="station-sub"><State hook={hook} /> <a href={path('webhooks')}>{t('All webhooks')}</a></span>}
      actions={mayWrite && (
        <>
          <Button onClick={() => void act(post(pathOf(hook, '/ping')), t('A ping is on its way'))}>{t('Test')}</Button>
          <Button icon="edit" onClick={onEdit}>{t('Edit')}</Button>
          {hook.state === 'active'
            ? <Button icon="stop" onClick={() => void act(ask(pathOf(hook), { method: 'PATCH', body: { state: 'paused' } }), t('Paused'))}>{t('Pause')}</Button>
            : <Button icon="play" kind="primary" onClick={() => void act(ask(pathOf(hook), { method: 'PATCH', body: { state: 'active' } }), t('It goes on'))}>{t('Go on')}</Button>}
          <Button icon="lock" onClick={() => void rotate()}>{t('New secret…')}</Button>
          <Button icon="trash" kind="quiet" aria-label={t('Remove the webhook')} title={t('Remove the webhook')} onClick={() => void remove()} />
        </>
      )}>
      {hook.failing_since && <div class="note-box"><strong>{t('It fails since')} <Ago at={hook.failing_since} /></strong> {hook.last_failure}</div>}
      {secret && <Secret password={secret} label={t('What it is signed with, shown only now:')} />}
      <Table label={t('Deliveries')} list={list} id={(one) => one.id}
        empty={<Empty icon="check" title={t('Nothing was delivered yet')}><p>{t('Press Test to see whether it arrives.')}</p></Empty>}
        expanded={(one) => (
          <div class="stack">
            <h2>{one.type}</h2>
            <Facts facts={[[t('Event'), <code>{one.id}</code>], [t('Happened'), <Time at={one.event_at} full />], [t('Tried last'), <Time at={one.last_at} full />], [t('Next'), one.next_at && <Time at={one.next_at} full />], [t('Why'), one.last_failure]]} />
          </div>
        )}
        columns={[
          { name: t('Tried last'), width: '150px', cell: (one) => <Ago at={one.last_at} /> },
          { name: t('Event'), width: 'minmax(160px, 1fr)', cell: (one) => <span class="strong clip">{one.type}</span> },
          { name: t('Station'), width: 'minmax(120px, 0.8fr)', cell: (one) => <span class="clip">{one.station_id}</span> },
          { name: t('State'), width: '130px', cell: (one) => <DeliveryState one={one} /> },
          { name: t('Answer'), width: 'minmax(120px, 1fr)', cell: (one) => <span class="clip" title={one.last_failure ?? ''}>{[one.last_status, one.last_failure].filter(Boolean).join(' · ') || '–'}</span> },
          { name: t('Took'), width: '90px', cell: (one) => ms(one.duration_ms), right: true },
          { name: t('Tries'), width: '70px', cell: (one) => one.attempts, right: true },
          { name: '', width: '150px', cell: (one) => mayWrite && one.state !== 'pending' && (
            <Button class="small-button" onClick={(event) => { event.stopPropagation(); void act(post(pathOf(hook, `/deliveries/${one.id}/redeliver`)), t('It is delivered again')); }}>{t('Deliver again')}</Button>
          ) },
        ]} />
    </Page>
  );
}

export function Webhooks() {
  const list = useWhole<Webhook>('/api/v1/webhooks', { every: 5000 });
  const [editing, setEditing] = useState(false);
  const shown = list.items.find((one) => one.id === params.value.get('hook'));
  const mayWrite = may('webhooks:write');
  const close = () => { setEditing(false); setParams({ add: '' }); list.reload(); };
  if (shown)
    return (
      <>
        <Deliveries key={shown.id} hook={shown} reload={list.reload} onEdit={() => setEditing(true)} />
        {editing && <EditHook hook={shown} onDone={close} />}
      </>
    );
  return (
    <Page fills title={t('Admin')} sub={<AdminTabs current="webhooks" />}
      actions={<Button kind="primary" icon="plus" disabled={!mayWrite} title={mayWrite ? '' : t('Your role does not allow it.')} onClick={() => setParams({ add: '1' })}>{t('Add webhook')}</Button>}>
      <Table label={t('Webhooks')} list={list} id={(one) => one.id} onOpen={(one) => setParams({ hook: one.id })}
        empty={<Empty icon="out" title={t('No webhook')}><p>{t('A webhook tells another program what happens: alerts, sessions, commands.')}</p></Empty>}
        columns={[
          { name: 'URL', width: 'minmax(220px, 2fr)', cell: (one) => <a class="strong clip" href={withQuery(path('webhooks'), { hook: one.id })}>{one.url}</a> },
          { name: t('Purpose'), width: 'minmax(120px, 1fr)', cell: (one) => <span class="clip">{one.description}</span> },
          { name: t('Events'), width: 'minmax(120px, 1fr)', cell: (one) => <span class="clip" title={one.types.join(' ')}>{one.types.join(' ') || t('all')}</span> },
          { name: t('State'), width: '170px', cell: (one) => <State hook={one} /> },
          { name: t('Delivered last'), width: '140px', cell: (one) => <Ago at={one.last_success_at} /> },
          { name: t('Failed last'), width: '140px', cell: (one) => <Ago at={one.last_failure_at} /> },
        ]} />
      {params.value.get('add') && mayWrite && <EditHook hook={null} onDone={close} />}
    </Page>
  );
}
