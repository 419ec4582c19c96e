/** The page at `/`. It holds no data: the script fetches it. */
export const html = `<!doctype html>
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
    <p>A local stand-in for Particle’s sign-in, with test accounts. Unofficial, not affiliated with Particle.</p>
  </div>
  <section class="clock" aria-labelledby="clock-title">
    <h2 id="clock-title">Clock</h2>
    <p><time id="now">…</time></p>
    <form id="advance">
      <label for="by">Advance by</label>
      <input id="by" name="by" list="durations" value="1h" size="6" autocomplete="off" spellcheck="false">
      <datalist id="durations"><option>30s</option><option>10m</option><option>1h</option><option>1d</option><option>90d</option></datalist>
      <button>Advance</button>
      <button type="button" id="reset" title="Accounts, tokens, counts, requests and clock as at the start">Reset everything</button>
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
    <p class="note">Sent as HTTP Basic, <code>curl -u id:secret</code>, or as <code>client_id</code> and <code>client_secret</code>.</p>
    <ul id="clients" class="cards"></ul>
  </details>
  <section aria-labelledby="requests-title">
    <h2 id="requests-title">Requests</h2>
    <p class="note" id="none">None yet. Sign in with, for example:<br><code id="example"></code></p>
    <ol id="requests"></ol>
  </section>
</main>
</body>
</html>
`
