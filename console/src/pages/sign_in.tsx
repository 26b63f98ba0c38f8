// The door: an API key, kept for this tab alone.
import { useState } from 'preact/hooks';
import { Problem } from '../api';
import { apiRoot } from '../router';
import { Button, ErrorBox } from '../ui/basics';
import { t } from '../words';

export function SignIn({ onKey }: { onKey: (key: string) => Promise<void> }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!text.trim()) return;
    setBusy(true);
    setProblem(null);
    try {
      await onKey(text.trim());
    } catch (error) {
      setProblem(error as Problem);
    }
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <div class="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" /><path d="M17.5 5 8 18h6.5L13 27l11-14h-7z" /></svg>
          <h1>Ohmstead</h1>
        </div>
        <p class="muted">{t('Charging station management')}</p>
        <label class="field">
          <span>{t('API key')}</span>
          <input type="password" name="key" autoComplete="current-password" required autoFocus value={text}
            onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <Button type="submit" kind="primary" disabled={busy}>{busy ? t('Signing in…') : t('Sign in')}</Button>
        {problem && (problem.status === 401
          ? <p class="field-error" role="alert">{t('This key is not in force.')}</p>
          : <ErrorBox problem={problem} />)}
        <p class="small muted">
          {t('The first start prints a key once; OHM_ADMIN_KEY sets one. It stays in this tab until you close it.')}
        </p>
        <p class="small"><a href={new URL('docs', apiRoot).href}>{t('API documentation')}</a></p>
      </form>
    </main>
  );
}
