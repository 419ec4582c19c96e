// Draws docs/public/social-card.png, which other sites show beside a link: `npm run draw:social-card` in docs.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

// The site's own face, from the theme that the site uses.
const theme = new URL('fonts/', import.meta.resolve('vitepress/theme'))
const font = readFileSync(new URL('inter-roman-latin.woff2', theme)).toString('base64')

const steps = [
  ['Password', 'grant_type=password'],
  ['403', 'mfa_required'],
  ['Code', 'urn:custom:mfa-otp'],
  ['Token', 'Authorization: Bearer …'],
]
const card = `<!doctype html>
<style>
  @font-face { font-family: Inter; src: url(data:font/woff2;base64,${font}) format("woff2"); font-weight: 100 900; }
  body { margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 76px 72px; background: #0b5d66; color: #fff;
    font-family: Inter; display: flex; flex-direction: column; justify-content: space-between; }
  h1 { margin: 0; font-size: 76px; font-weight: 750; letter-spacing: -2.5px; line-height: 1.05; }
  p { margin: 22px 0 0; font-size: 32px; line-height: 1.35; color: #d9eef0; }
  ol { display: flex; gap: 34px; margin: 0; padding: 0; list-style: none; }
  li { position: relative; flex: 1; border-radius: 16px; border-top: 8px solid #6fd3dd; padding: 22px; background: #083f46; }
  li:nth-child(2) { border-color: #ffb066; } li:last-child { border-color: #58c27d; }
  li b { display: block; font-size: 34px; margin-bottom: 8px; } li span { font-size: 19px; color: #d9eef0; }
  li:not(:last-child)::after { content: "→"; position: absolute; right: -32px; top: 42px; font-size: 30px; color: #ffb066; }
</style>
<div><h1>Get a valid Particle<br>access token</h1>
<p>Every grant and every error of the token endpoint, with MFA. Unofficial.</p></div>
<ol>${steps.map(([title, text]) => `<li><b>${title}</b><span>${text}</span></li>`).join('')}</ol>`

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage({ viewport: { width: 1200, height: 630 } })
await page.setContent(card)
await page.evaluate(() => document.fonts.ready)
await page.screenshot({ path: fileURLToPath(new URL('../../public/social-card.png', import.meta.url)) })
await browser.close()
