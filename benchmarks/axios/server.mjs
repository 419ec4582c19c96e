// A separate process: an API that wants the token it gave last, and a token endpoint that answers after 20 ms.
// It counts what it sees. Refresh tokens are none of its business; every token request gives the next token.
import { createServer } from 'node:http'

let number = 0
let good = ''
const counts = { tokenRequests: 0, answered: 0, refused: 0, mostSends: 0 }
const sends = new Map()

const json = (response, status, body) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const routes = {
  '/oauth/token': (_, response) => {
    counts.tokenRequests += 1
    number += 1
    const token = String(number).padStart(40, 'a')
    good = `Bearer ${token}`
    setTimeout(() => json(response, 200, { access_token: token, token_type: 'bearer', expires_in: 7_776_000 }), 20)
  },
  '/revoke': (_, response) => {
    good = 'none'
    json(response, 200, {})
  },
  '/counts': (_, response) => json(response, 200, counts),
  '/reset': (_, response) => {
    Object.assign(counts, { tokenRequests: 0, answered: 0, refused: 0, mostSends: 0 })
    sends.clear()
    json(response, 200, {})
  },
}

const server = createServer((request, response) => {
  request.resume()
  const route = routes[request.url]
  if (route) return route(request, response)
  const { authorization } = request.headers
  const sent = (sends.get(request.url) ?? 0) + 1
  sends.set(request.url, sent)
  counts.mostSends = Math.max(counts.mostSends, sent)
  // A bare request has no token, and is what the others are measured against.
  if (authorization === undefined || authorization === good) {
    counts.answered += 1
    return json(response, 200, { ok: true })
  }
  counts.refused += 1
  json(response, 401, { error: 'invalid_token', error_description: 'The access token provided is invalid.' })
})
// Idle connections outlast any storm: one that closes while it is reused would fail a call of any arm.
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
process.on('disconnect', () => process.exit())
