// Draws docs/public/social-card.png, which other sites show beside a link: `npm run draw:social-card` in docs.
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const card = `<!doctype html>
<style>
  body { margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 84px 90px; background: #0b5d66; color: #fff;
    font-family: Inter, "Helvetica Neue", "DejaVu Sans", sans-serif; display: flex; flex-direction: column; justify-content: space-between; }
  h1 { margin: 0; font-size: 84px; letter-spacing: -2px; }
  p { margin: 18px 0 0; font-size: 36px; line-height: 1.35; color: #d9eef0; }
  pre { margin: 0; padding: 28px 34px; border-radius: 18px; background: #083f46; font: 28px/1.55 "DejaVu Sans Mono", monospace; }
  pre b { color: #8adfe7; font-weight: 400; }
</style>
<div><h1>Particle Grants</h1>
<p>From a Particle account to a working token: every grant,<br>every error, MFA included. Unofficial.</p></div>
<pre>password → <b>403 mfa_required</b>
urn:custom:mfa-otp → <b>200 access_token</b>
refresh_token → <b>products only</b></pre>`

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage({ viewport: { width: 1200, height: 630 } })
await page.setContent(card)
await page.screenshot({ path: fileURLToPath(new URL('../public/social-card.png', import.meta.url)) })
await browser.close()
