/** The page's script. It creates elements and never HTML, because usernames and paths come from requests. */
export const script = `'use strict'
const byId = (id) => document.getElementById(id)
const shown = new Map()

function element(tag, text, className) {
  const made = document.createElement(tag)
  if (text !== undefined) made.textContent = text
  if (className) made.className = className
  return made
}

function card(title, rows) {
  const item = element('li')
  const list = element('dl')
  for (const [name, value] of rows) {
    if (!value) continue
    const cell = element('dd')
    cell.append(...[value].flat())
    list.append(element('dt', name), cell)
  }
  item.append(element('h3', title), list)
  return item
}

function accountCard({ username, password, sso, customerOf, mfa }) {
  return card(username, [
    ['Password', password ?? (sso ? 'none, signs in through SSO' : 'none')],
    ['Customer of', customerOf && 'product ' + customerOf],
    ['MFA code', mfa && element('b', mfa.code)],
    ['MFA secret', mfa?.secret],
    ['Recovery codes', mfa && (mfa.recoveryCodes.length ? mfa.recoveryCodes.map((code) => element('span', code)) : 'all used')],
  ])
}

function clientCard({ id, secret, kind, owner, product, disallowedGrants }) {
  return card(id + ':' + secret, [
    ['Kind', kind],
    ['Product', product && product.id + ' (' + product.slug + ')'],
    ['Owner', owner],
    ['May not use', disallowedGrants?.join(', ')],
  ])
}

function requestItem({ at, method, path, grant_type, client_id, status, error, hint, dropped, fault }) {
  const line = element('div', undefined, 'request')
  const outcome = [status || 'no response', error, dropped && 'dropped ' + dropped, fault && 'fault'].filter(Boolean).join(' · ')
  line.append(
    element('time', new Date(at).toISOString().slice(-13, -5)),
    element('span', method + ' ' + path),
    element('span', [grant_type, client_id].filter(Boolean).join(' · '), 'note'),
    element('span', outcome, status >= 200 && status < 300 ? 'good' : 'bad'),
  )
  const item = element('li')
  item.append(line)
  if (hint) item.append(element('p', hint, 'hint'))
  return item
}

// Replaces a list only if it changed, so that a selected text stays selected.
function show(id, items, createItem) {
  const text = JSON.stringify(items)
  if (shown.get(id) === text) return
  shown.set(id, text)
  byId(id).replaceChildren(...items.map(createItem))
}

const get = async (path) => (await fetch(path)).json()

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
  show('accounts', state.accounts, accountCard)
  show('clients', state.clients, clientCard)
  show('requests', requests.reverse(), requestItem)
  byId('none').hidden = requests.length > 0
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
