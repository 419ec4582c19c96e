import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, relative } from 'node:path'
import { builtSite } from './paths.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

/** The built site as a static host serves it: addresses without `.html`, and the 404 page. Read once, at the start. */
export async function serveSite(): Promise<{ readonly url: string; close(): void }> {
  const files = await readSite()
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(new URL(url, 'http://site').pathname)
    const candidates = path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`]
    const file = candidates.find((candidate) => files.has(candidate))
    const served = file ?? '/404.html'
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': types[extname(served)] ?? 'application/octet-stream',
      'cache-control': 'max-age=600',
    })
    response.end(files.get(served))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function readSite(): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(builtSite, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const read = paths.map(async (path) => [`/${relative(builtSite, path)}`, await readFile(path)] as const)
  return new Map(await Promise.all(read))
}
