/** The page's script. It creates elements and never HTML, because usernames and paths come from requests. */
export const script = `'use strict'
const byId = (id) => document.getElementById(id)
const codes = new Map()
let shownAccounts = ''
let shownRequest = ''

function element(tag, text, className) {
  const made = document.createElement(tag)
  if (text !== undefined) made.textContent = text
  if (className) made.className = className
  return made
}

function card(title, rows) {
  const made = element('li')
  const list = element('dl')
  for (const [name, value] of rows) {
    if (value === undefined) continue
    const cell = element('dd')
    cell.append(...[value].flat())
    list.append(element('dt', name), cell)
  }
  made.append(element('h3', title), list)
  return made
}

function codeOf(username) {
  const made = element('span', undefined, 'code')
  const digits = element('b')
  const bar = element('progress')
  const left = element('span')
  bar.max = 30
  bar.setAttribute('aria-hidden', 'true')
  left.title = 'until the next code'
  made.append(digits, bar, left)
  codes.set(username, { digits, bar, left })
  return made
}

function showAccounts(accounts) {
  const shape = JSON.stringify(accounts, (name, value) => (name === 'code' || name === 'secondsLeft' ? undefined : value))
  if (shape !== shownAccounts) {
    shownAccounts = shape
    codes.clear()
    byId('accounts').replaceChildren(...accounts.map(({ username, password, sso, customerOf, mfa }) =>
      card(username, [
        ['Password', password ?? (sso ? 'none, signs in through SSO' : 'none')],
        ['Customer of', customerOf && 'product ' + customerOf],
        ['MFA code', mfa && codeOf(username)],
        ['MFA secret', mfa?.secret],
        ['Recovery codes', mfa && (mfa.recoveryCodes.length ? mfa.recoveryCodes.map((code) => element('span', code)) : 'all used')],
      ])))
  }
  for (const { username, mfa } of accounts) {
    const shown = mfa && codes.get(username)
    if (!shown) continue
    shown.digits.textContent = mfa.code
    shown.bar.value = mfa.secondsLeft
    shown.left.textContent = mfa.secondsLeft + ' s'
  }
}

function showClients(clients) {
  const list = byId('clients')
  if (list.children.length > 0) return
  list.append(...clients.map(({ id, secret, kind, owner, product, disallowedGrants }) =>
    card(id + ':' + secret, [
      ['Kind', kind],
      ['Product', product && product.id + ' (' + product.slug + ')'],
      ['Owner', owner],
      ['May not use', disallowedGrants?.join(', ')],
    ])))
}

function requestItem({ at, method, path, grant_type, client_id, status, error, hint, dropped, fault }) {
  const line = element('div', undefined, 'request')
  const outcome = [status || 'no response', error, dropped && 'dropped ' + dropped, fault && 'fault'].filter(Boolean).join(' · ')
  line.append(
    element('time', new Date(at).toISOString().slice(-13, -5), 'faint'),
    element('span', method + ' ' + path),
    element('span', [grant_type, client_id].filter(Boolean).join(' · '), 'faint'),
    element('span', outcome, status >= 200 && status < 300 ? 'good' : 'bad'),
  )
  const item = element('li')
  item.append(line)
  if (hint) item.append(element('p', hint, 'hint'))
  return item
}

function showRequests(requests) {
  const newest = requests.at(-1)?.id ?? ''
  byId('none').hidden = newest !== ''
  if (newest === shownRequest) return
  shownRequest = newest
  byId('requests').replaceChildren(...requests.reverse().map(requestItem))
}

async function get(path) {
  const response = await fetch(path)
  return response.json()
}

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(body ?? {}) })
  const { error } = await response.json()
  byId('status').textContent = error ?? ''
  if (!error) await refresh()
}

async function refresh() {
  const [state, requests] = await Promise.all([get('/__sandbox/'), get('/__sandbox/requests?last=100')])
  const now = byId('now')
  now.dateTime = state.clock.iso
  now.textContent = state.clock.iso.slice(0, -5).replace('T', ' ') + ' UTC'
  showAccounts(state.accounts)
  showClients(state.clients)
  showRequests(requests)
}

let lost = false
async function poll() {
  try {
    await refresh()
    if (lost) byId('status').textContent = ''
    lost = false
  } catch {
    lost = true
    byId('status').textContent = 'The sandbox does not respond. Is it still running?'
  }
  setTimeout(poll, 1000)
}

byId('example').textContent =
  'curl ' + location.origin + '/oauth/token -u particle:particle -d grant_type=password -d username=dev@example.com --data-urlencode "password=correct horse"'
byId('advance').addEventListener('submit', (event) => {
  event.preventDefault()
  post('/__sandbox/clock', { advance: byId('by').value })
})
byId('reset').addEventListener('click', () => post('/__sandbox/reset'))
poll()
`
