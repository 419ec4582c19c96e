import type { HttpResponse } from '../http/response.ts'
import { script } from './script.ts'

/** The page contains no data: the script fetches it. */
const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Particle sandbox</title>
<link rel="stylesheet" href="/sandbox.css">
<script src="/sandbox.js" defer></script>
</head>
<body>
<header>
  <div>
    <h1>Particle sandbox</h1>
    <p>A local Particle cloud for authentication, with test accounts. Unofficial, not affiliated with Particle.</p>
  </div>
  <section class="clock" aria-labelledby="clock-title">
    <h2 id="clock-title">Clock</h2>
    <p><time id="now">…</time></p>
    <form id="advance">
      <label for="by">Advance by</label>
      <input id="by" name="by" list="durations" value="1h" size="6" autocomplete="off" spellcheck="false">
      <datalist id="durations"><option>30s</option><option>10m</option><option>1h</option><option>1d</option><option>90d</option></datalist>
      <button>Advance</button>
      <button type="button" id="reset" title="Restore the accounts, tokens, counts, requests and clock of the start">Reset everything</button>
    </form>
  </section>
</header>
<p id="status" role="status"></p>
<main>
  <section aria-labelledby="accounts-title">
    <h2 id="accounts-title">Accounts</h2>
    <ul id="accounts" class="cards"></ul>
  </section>
  <details>
    <summary><h2>Clients</h2></summary>
    <p class="note">Send one by HTTP Basic, <code>curl -u id:secret</code>, or as <code>client_id</code> and <code>client_secret</code>.</p>
    <ul id="clients" class="cards"></ul>
  </details>
  <section aria-labelledby="requests-title">
    <h2 id="requests-title">Requests</h2>
    <p class="note" id="none">No requests yet. Sign in, for example:<br><code id="example"></code></p>
    <ol id="requests"></ol>
  </section>
</main>
</body>
</html>
`

/** Light and dark, one column on a phone. */
const style = `:root {
  --paper: light-dark(#f6f7f8, #14171a);
  --card: light-dark(#fff, #1d2126);
  --ink: light-dark(#1b2026, #e6e9ec);
  --faint: light-dark(#59636e, #9aa5b1);
  --line: light-dark(#d9dee3, #333a42);
  --good: light-dark(#11693a, #5fd394);
  --bad: light-dark(#b3261e, #ff8f85);
  --mark: light-dark(#0b5cad, #7cb8ff);
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.25rem clamp(0.75rem, 3vw, 2rem) 3rem; max-width: 76rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 0 0 0.5rem; font-size: 1.05rem; }
p { margin: 0; }
header { display: flex; flex-wrap: wrap; gap: 1rem 2rem; justify-content: space-between; align-items: flex-start; }
header > div { flex: 1 1 20rem; }
header p, .note, dt, .request time { color: var(--faint); }
main { display: grid; gap: 1.75rem; margin-top: 1.25rem; }
code, dd, time, .request, #by { font-family: var(--mono); font-size: 0.9em; }
code, dd { overflow-wrap: anywhere; }
.clock time { color: var(--ink); font-size: 1rem; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin-top: 0.6rem; }
input, button {
  font: inherit; min-height: 2.25rem; padding: 0.2rem 0.7rem; color: inherit;
  border: 1px solid var(--line); border-radius: 0.4rem; background: var(--paper);
}
button { cursor: pointer; }
button:hover { border-color: var(--mark); }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
#status:not(:empty) { margin-top: 1rem; padding: 0.5rem 0.8rem; border-left: 4px solid var(--bad); background: var(--card); }
ul, ol { list-style: none; margin: 0; padding: 0; }
.cards { display: grid; align-items: start; gap: 0.75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
li, .clock { background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; padding: 0.7rem 0.9rem; }
h3 { margin: 0; font: 600 0.95rem/1.4 var(--mono); overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 0.75rem; margin: 0.4rem 0 0; font-size: 0.9rem; }
dd { margin: 0; }
summary h2 { display: inline; }
dd span { display: block; }
dd b { font-size: 1.25rem; letter-spacing: 0.05em; }
#requests { display: grid; gap: 0.4rem; }
.request { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; }
.good, .bad { margin-left: auto; font-weight: 600; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.hint { margin-top: 0.25rem; font-size: 0.9rem; }
.hint::before { content: "Hint: "; color: var(--mark); font-weight: 600; }
p.note { margin-bottom: 0.6rem; }
`

const files: Record<string, { type: string; text: string }> = {
  '/': { type: 'text/html', text: html },
  '/sandbox.css': { type: 'text/css', text: style },
  '/sandbox.js': { type: 'text/javascript', text: script },
}

/** Allows the page's own script and style, and requests to the sandbox. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Returns a file of the web page, if the path belongs to it. */
export function getPageFile(path: string): HttpResponse | undefined {
  if (path === '/favicon.ico') return { status: 204, headers: {}, body: '' }
  const file = Object.hasOwn(files, path) ? files[path] : undefined
  if (!file) return undefined
  const headers = {
    'content-type': `${file.type}; charset=utf-8`,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  }
  return { status: 200, headers, body: file.text }
}
