import { typeErrors } from '@particle-grants/test-kit/samples'
import { describe, expect, it } from 'vitest'
import { openStage } from '../generator/exchange/exchange.ts'
import { exchanges } from '../generator/exchange/exchanges.ts'
import { recordAll } from '../generator/exchange/recordings.ts'
import { languageOf, tools } from '../generator/samples/sample.ts'
import { allSamples, type Sample } from '../generator/samples/samples.ts'
import { docs, openCloud } from './cloud.ts'
import { plainJavaScript } from './plain-javascript.ts'

const recordings = await recordAll()
const samples = allSamples(recordings)
const named = samples.map((sample) => [`${sample.exchange} by ${sample.tool}`, sample] as const)

/** Fields that a tool sends besides those that are shown. */
const ofItsOwn: { readonly [T in Sample['tool']]?: readonly string[] } = {
  'particle-api-js': ['client_id', 'client_secret', 'expires_in'],
}

/** The id of the client that a sample asks with; particle-api-js has a developer client of its own. */
function clientOf({ exchange, tool }: Sample): string | undefined {
  const [id] = recordings[exchange].client.split(':')
  const own = tool === 'particle-api-js' && exchange !== 'recovery-code' && id === 'particle'
  return own ? 'particle-api' : id
}

/** Plays a sample against a sandbox of its own, and gives how it ended and which token requests it sent. */
async function play({ exchange, tool, text }: Sample) {
  const stage = openStage()
  const { sandbox, placeholders } = stage
  const cloud = await openCloud(sandbox)
  try {
    await exchanges[exchange].fields(stage)
    const before = sandbox.requests().length
    const liveText = placeholders.reveal(text)
    const ended = await (languageOf(tool) === 'js'
      ? cloud.runModule(liveText)
      : cloud.runShell(liveText, secretsOf(exchange, stage)))
    const sent = sandbox.requests().slice(before)
    const isForTokens = ({ path }: { path: string }) => path === '/oauth/token'
    return {
      ended,
      sent: sent.filter(isForTokens),
      others: sent.filter((request) => !isForTokens(request)),
      /** A value of the recording as it was in this sandbox. */
      live: (value: string) => placeholders.reveal(value),
    }
  } finally {
    await cloud.close()
  }
}

function secretsOf(exchange: Sample['exchange'], { sandbox, placeholders }: ReturnType<typeof openStage>) {
  const recording = recordings[exchange]
  const username = text(exchange).match(/--username (\S+)/)?.[1]
  const password = sandbox.accounts.find((account) => account.username === username)?.password ?? ''
  return {
    PASSWORD: password,
    // The wrong one, where that is what is shown.
    CODE: exchange === 'otp-wrong' ? placeholders.reveal('012345') : sandbox.otp('mfa@example.com'),
    RECOVERY_CODE: 'a1b2-c3d4-e5f6',
    CLIENT_SECRET: recording.client.split(':')[1] ?? '',
  }
}

function text(exchange: Sample['exchange']): string {
  return samples.find((sample) => sample.exchange === exchange && sample.tool === 'CLI')?.text ?? ''
}

describe('the samples of the grant pages', () => {
  it('are there for each exchange by each tool', () => {
    for (const exchange of Object.keys(recordings)) {
      const shown = samples.filter((sample) => sample.exchange === exchange)
      expect(shown.map(({ tool }) => tool)).toEqual([...tools])
      expect(shown.filter(({ text: sample }) => sample.trim() === '')).toEqual([])
    }
  })

  it('compile', () => {
    const modules = samples.filter(({ tool }) => languageOf(tool) === 'js')
    const texts = modules.map(({ exchange, tool, text: sample }) => [`${exchange}-${tool}.mjs`, sample])
    expect(typeErrors(Object.fromEntries(texts), docs, plainJavaScript)).toEqual([])
  })

  it.concurrent.each(named)('%s runs, and sends what is shown', async (_, sample) => {
    const { ended, sent, others, live } = await play(sample)
    expect(ended.code, ended.stderr).toBe(0)
    if (languageOf(sample.tool) === 'js') expect(ended.stderr).toBe('')
    expect(others.filter((request) => request.status !== 200)).toEqual([])
    const { grant } = exchanges[sample.exchange]
    const { status, form } = recordings[sample.exchange]
    const same = sent.filter(({ grant_type }) => grant_type === grant)
    if (sample.exchange === 'refresh-developer') {
      expect(same, 'what cannot work is not even sent').toEqual([])
      return
    }
    expect(same.map((request) => request.status)).toEqual([status])
    // The sandbox hides what is secret; had a secret been another one, the status would be, too.
    for (const [name, value] of form) expect([live(value), '[redacted]']).toContain(same[0]?.form?.[name])
    expect(same[0]?.client_id).toBe(clientOf(sample))
    const more = Object.keys(same[0]?.form ?? {}).filter((name) => !form.some(([known]) => known === name))
    expect(more.filter((name) => !ofItsOwn[sample.tool]?.includes(name))).toEqual([])
  })
})
