import { type CallId, calls } from '@particle-grants/reference'
import { ends } from '../.vitepress/theme/chooser/tree.ts'
import { nextRequests } from '../.vitepress/theme/error-box/next-requests.ts'
import type { Recordings } from '../generator/exchange/exchanges.ts'
import { toCurlOfCall } from '../generator/pages/calls.ts'
import { languageOf } from '../generator/samples/sample.ts'
import { allSamples, type Sample } from '../generator/samples/samples.ts'
import { guides } from './guides.ts'
import { readSamples } from './page-programs.ts'

/** A sample of a shell. */
export interface ShellSample {
  /** Every place that shows it: the text is run once. */
  readonly places: readonly string[]
  readonly text: string
  /** Where it runs, from the root. */
  readonly folder: string
  /** Set if a grant page shows it with the request that it sends. */
  readonly sample?: Sample
}

type Found = Omit<ShellSample, 'places'> & { readonly place: string }

/** Lines that no test can run: they install, serve until they are stopped, or name a place. */
const unrunnable =
  /^(?:npm install .*|npm run sandbox|npm run demo|npm test|npm run build( && npm install .*)?|cd your-project|npx .*)$/

/** Calls whose samples the sandbox refuses: the code, the token, the API user and the client are examples. */
const unserved: readonly CallId[] = [
  'update_api_user',
  'delete_api_user',
  'delete_user_client',
  'delete_product_client',
  'confirm_mfa_enrolment',
  'revoke_named',
]

/** READMEs with commands, and the folder that they run in. */
const readmes = {
  'README.md': '.',
  'packages/core/README.md': 'packages/core',
  'packages/sandbox/README.md': 'packages/sandbox',
  'apps/cli/README.md': 'apps/cli',
  'apps/devices-plugin/README.md': 'apps/devices-plugin',
}

/** Commands of the chooser that prompt for what is missing. The tests of the CLI run the one that waits for a browser. */
export const promptingCommands: readonly (readonly [end: string, text: string])[] = chooserCommands()
  .filter(({ text }) => text.startsWith('pgrants') && !text.endsWith('--sso'))
  .map(({ end, text }) => [end, text])

/** Returns every other shell sample of the docs and READMEs, each text once. */
export function shellSamples(recordings: Recordings): readonly ShellSample[] {
  const samples = new Map<string, ShellSample>()
  for (const { place, ...found } of [
    ...grantPages(recordings),
    ...chooser(),
    ...nextRequestsOfErrors(),
    ...otherCalls(),
    ...guidePages(),
    ...readmePages(),
  ]) {
    const words = found.text.replaceAll('\\\n', ' ').replaceAll(/\s+/g, ' ').trim()
    const known = samples.get(words)
    if (known === undefined) samples.set(words, { ...found, places: [place] })
    // Grant pages show the same text with other values.
    else if (found.sample !== undefined) samples.set(`${words} (${place})`, { ...found, places: [place] })
    else samples.set(words, { ...known, places: [...known.places, place] })
  }
  return [...samples.values()]
}

function grantPages(recordings: Recordings): Found[] {
  return allSamples(recordings)
    .filter(({ tool }) => languageOf(tool) === 'sh')
    .map((sample) => ({
      place: `${sample.exchange} by ${sample.tool}`,
      text: sample.text,
      folder: 'docs',
      sample,
    }))
}

function chooser(): Found[] {
  // `particle login --sso` needs a browser, and a company with SSO. A guide has the command after it.
  return chooserCommands()
    .filter(({ text }) => !/^(?:pgrants|particle login --sso)/.test(text))
    .map(({ end, label, text }) => ({ place: `chooser, ${end}: ${label}`, text, folder: 'docs' }))
}

function nextRequestsOfErrors(): Found[] {
  return Object.entries(nextRequests)
    .filter(([, { command }]) => command.startsWith('curl'))
    .map(([code, { command }]) => ({ place: `after ${code}`, text: command, folder: 'docs' }))
}

function otherCalls(): Found[] {
  return (Object.keys(calls) as CallId[])
    .filter((id) => !unserved.includes(id))
    .map((id) => ({ place: `the call ${id}`, text: toCurlOfCall(id), folder: 'docs' }))
}

function chooserCommands() {
  return Object.entries(ends).flatMap(([end, { commands }]) =>
    commands.map(({ label, text }) => ({ end, label, text })),
  )
}

function guidePages(): Found[] {
  return guides.flatMap(({ path, skipped = {} }) =>
    readSamples(`docs/${path}`, 'sh')
      .filter((text) => !Object.keys(skipped).some((beginning) => text.startsWith(beginning)))
      .map((text, at) => ({ place: `${path} ${at + 1}`, text, folder: 'docs' })),
  )
}

function readmePages(): Found[] {
  return Object.entries(readmes).flatMap(([path, folder]) =>
    readSamples(path, 'sh').flatMap((block, at) => {
      const lines = block.split('\n').filter((line) => line !== '')
      const text = lines.filter((line) => !unrunnable.test(line.replace(/\s+#.*$/, ''))).join('\n')
      return text === '' ? [] : [{ place: `${path} ${at + 1}`, text, folder }]
    }),
  )
}
