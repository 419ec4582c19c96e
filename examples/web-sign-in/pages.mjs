// @ts-check
import { html } from 'hono/html'

/** @typedef {ReturnType<typeof html>} Html */

const page = (/** @type {Html} */ content) => html`<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Your devices</title>
  ${content}
</html>`

export const passwordForm = (problem = '') =>
  page(html`
<form method="post" action="/sign-in">
  <p role="alert">${problem}</p>
  <label>Email <input name="username" type="email" autocomplete="username" required></label>
  <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Sign in</button>
</form>`)

export const codeForm = (problem = '') =>
  page(html`
<form method="post" action="/code">
  <p role="alert">${problem}</p>
  <label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code" required></label>
  <button>Continue</button>
</form>
<form method="post" action="/sign-out"><button>Cancel</button></form>`)

export const devicesPage = (/** @type {string | undefined} */ name, /** @type {{ name: string }[]} */ devices) =>
  page(html`
<h1>Devices of ${name}</h1>
<ul>${devices.map((device) => html`<li>${device.name}</li>`)}</ul>
<form method="post" action="/sign-out"><button>Sign out</button></form>`)
