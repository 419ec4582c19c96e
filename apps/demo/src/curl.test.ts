import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { curl } from './curl.ts'

const command =
  'curl $API/oauth/token -u particle:particle -d grant_type=password -d username=$USERNAME --data-urlencode "password=$PASSWORD"'

/** Starts a server that keeps what it receives. */
async function startServer() {
  const received = { method: '', headers: [] as string[], body: '' }
  const server = createServer(async (request, response) => {
    const { method = '', rawHeaders: headers } = request
    Object.assign(received, { method, headers, body: await text(request) })
    response.writeHead(403).end('{"error":"mfa_required"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { received, host, url: `http://${host}` }
}

it('sends the headers and the body that curl 7.88 sends for the same command, and nothing else', async () => {
  const { received, host, url } = await startServer()
  const response = await curl(command, { API: url, USERNAME: 'mfa@example.com', PASSWORD: 'a b&c' })
  expect(response).toEqual({ status: 403, statusText: 'Forbidden', body: '{"error":"mfa_required"}' })
  expect(received).toEqual({
    method: 'POST',
    body: 'grant_type=password&username=mfa@example.com&password=a+b%26c',
    headers: [
      ...['Host', host],
      ...['Authorization', 'Basic cGFydGljbGU6cGFydGljbGU='],
      ...['User-Agent', 'curl/7.88.1'],
      ...['Accept', '*/*'],
      ...['Content-Length', '61'],
      ...['Content-Type', 'application/x-www-form-urlencoded'],
    ],
  })
})

it('sends a GET request with an access token', async () => {
  const { received, host, url } = await startServer()
  await curl('curl $API/v1/devices -H "Authorization: Bearer $TOKEN"', { API: url, TOKEN: 'planted' })
  expect(received).toEqual({
    method: 'GET',
    body: '',
    headers: ['Host', host, 'User-Agent', 'curl/7.88.1', 'Accept', '*/*', 'Authorization', 'Bearer planted'],
  })
})
