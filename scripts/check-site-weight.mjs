// What a page of the built site costs in compressed JavaScript: its scripts, all that they import, and the components
// that it shows. Pages that are fetched ahead, the search's index and anything else that waits for a click don't count.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { finish, root } from './workspace.mjs'

const site = join(root, 'docs/.vitepress/dist')
const limits = { page: 120, playground: 180 }

/** Components that are loaded by the pages that show them: what their HTML has, and how their chunk begins. */
const components = [
  { mark: 'class="chooser"', chunk: 'token-chooser.' },
  { mark: 'class="error-box"', chunk: 'error-box.' },
  { mark: 'class="token-life"', chunk: 'token-life.' },
  { mark: 'class="state-diagram"', chunk: 'state-diagram.' },
]

if (!existsSync(join(site, 'index.html')))
  finish(['The site is not built: run npm run docs:build first.'], '')

const chunks = readdirSync(join(site, 'assets/chunks'))
const pages = readdirSync(site, { recursive: true }).filter(
  (file) => file.endsWith('.html') && file !== '404.html',
)
const sizes = new Map()

/** Compressed size of a script, in bytes, and what it imports by a path. */
function read(file) {
  if (!sizes.has(file)) {
    const text = readFileSync(file)
    const imports = [
      ...text.toString().matchAll(/(?:^|[;}\s])(?:import|export)\b[^"'()]*["'](\.{1,2}\/[^"']+\.js)["']/g),
    ]
    sizes.set(file, {
      size: gzipSync(text).length,
      imports: imports.map(([, path]) => join(file, '..', path)),
    })
  }
  return sizes.get(file)
}

/** Everything that is loaded when these scripts are. */
function closureOf(files, seen = new Set()) {
  for (const file of files) {
    if (seen.has(file)) continue
    seen.add(file)
    closureOf(read(file).imports, seen)
  }
  return seen
}

function chunkOf(start) {
  const [name, ...more] = chunks.filter((file) => file.startsWith(start) && file.endsWith('.js'))
  if (name === undefined || more.length > 0) throw new Error(`One chunk should begin with "${start}".`)
  return join(site, 'assets/chunks', name)
}

function weigh(page) {
  const html = readFileSync(join(site, page), 'utf8')
  const linked = [...html.matchAll(/(?:src|href)="[^"]*?(assets\/[^"]+\.js)"/g)].map(([, path]) =>
    join(site, path),
  )
  const shown = components.filter(({ mark }) => html.includes(mark)).map(({ chunk }) => chunkOf(chunk))
  const own = page === 'playground.html' ? [chunkOf('play-ground.')] : []
  const scripts = closureOf([...linked, ...shown, ...own])
  return { page, kB: [...scripts].reduce((sum, file) => sum + read(file).size, 0) / 1000 }
}

const weights = pages.map(weigh).sort((a, b) => b.kB - a.kB)
const problems = weights
  .map(({ page, kB }) => ({ page, kB, limit: page === 'playground.html' ? limits.playground : limits.page }))
  .filter(({ kB, limit }) => kB > limit)
  .map(({ page, kB, limit }) => `${page}: ${kB.toFixed(1)} kB of JavaScript; the limit is ${limit} kB.`)

const playground = weights.find(({ page }) => page === 'playground.html')
const [heaviest] = weights.filter(({ page }) => page !== 'playground.html')
// First paint must not wait for the playground: its page links none of it.
const playgroundHtml = readFileSync(join(site, 'playground.html'), 'utf8')
if (playgroundHtml.includes('play-ground.'))
  problems.push('playground.html loads the playground before its first paint.')

finish(
  problems,
  `${pages.length} pages; the playground has ${playground?.kB.toFixed(1)} kB of JavaScript, the heaviest other page (${heaviest?.page}) ${heaviest?.kB.toFixed(1)} kB.`,
)
