import { typeErrors } from '@particle-grants/test-kit/samples'
import { describe, expect, it } from 'vitest'
import { openStage } from '../generator/exchange/exchange.ts'
import { exchanges } from '../generator/exchange/exchanges.ts'
import { recordAll } from '../generator/exchange/recordings.ts'
import { languageOf } from '../generator/samples/sample.ts'
import { allSamples, type Sample } from '../generator/samples/samples.ts'
import { docs, openCloud } from './cloud.ts'
import { plainJavaScript } from './plain-javascript.ts'

const recordings = await recordAll()
const samples = allSamples(recordings)
const named = samples.map((sample) => [`${sample.exchange} by ${sample.tool}`, sample] as const)

/** Plays a sample against a sandbox of its own, and gives how it ended and which token requests it sent. */
async function play({ exchange, tool, text }: Sample) {
  const stage = openStage()
  const { sandbox, placeholders } = stage
  const cloud = await openCloud(sandbox)
  try {
    await exchanges[exchange].fields(stage)
    const before = sandbox.requests().length
    const live = placeholders.reveal(text)
    const ended = await (languageOf(tool) === 'js'
      ? cloud.runModule(live)
      : cloud.runShell(live, secretsOf(exchange, stage)))
    const sent = sandbox.requests().slice(before)
    const isForTokens = ({ path }: { path: string }) => path === '/oauth/token'
    return { ended, sent: sent.filter(isForTokens), others: sent.filter((request) => !isForTokens(request)) }
  } finally {
    await cloud.close()
  }
}

function secretsOf(exchange: Sample['exchange'], { sandbox }: ReturnType<typeof openStage>) {
  const recording = recordings[exchange]
  const username = text(exchange).match(/--username (\S+)/)?.[1]
  const password = sandbox.accounts.find((account) => account.username === username)?.password ?? ''
  return {
    PASSWORD: password,
    CODE: sandbox.otp('mfa@example.com'),
    RECOVERY_CODE: 'a1b2-c3d4-e5f6',
    CLIENT_SECRET: recording.client.split(':')[1] ?? '',
  }
}

function text(exchange: Sample['exchange']): string {
  return samples.find((sample) => sample.exchange === exchange && sample.tool === 'CLI')?.text ?? ''
}

describe('the samples of the grant pages', () => {
  it('are there for each exchange that gets on, by core at least and by hand', () => {
    for (const [exchange, { status }] of Object.entries(recordings)) {
      const tools = samples.filter((sample) => sample.exchange === exchange).map(({ tool }) => tool)
      if (status === 200)
        expect(tools, exchange).toEqual(expect.arrayContaining(['curl', 'fetch', 'core', 'CLI']))
    }
  })

  it('compile', () => {
    const modules = samples.filter(({ tool }) => languageOf(tool) === 'js')
    const texts = modules.map(({ exchange, tool, text: sample }) => [`${exchange}-${tool}.mjs`, sample])
    expect(typeErrors(Object.fromEntries(texts), docs, plainJavaScript)).toEqual([])
  })

  it.concurrent.each(named)('%s runs, and sends what is shown', async (_, sample) => {
    const { ended, sent, others } = await play(sample)
    expect(ended.code, ended.stderr).toBe(0)
    if (languageOf(sample.tool) === 'js') expect(ended.stderr).toBe('')
    expect(others.filter((request) => request.status !== 200)).toEqual([])
    const { grant } = exchanges[sample.exchange]
    const { status, form } = recordings[sample.exchange]
    const same = sent.filter(({ grant_type }) => grant_type === grant)
    if (status !== 200 && status !== 403) {
      expect(same, 'what is refused is not even sent').toEqual([])
      return
    }
    expect(same.map((request) => request.status)).toEqual([status])
    if (sample.tool !== 'curl' && sample.tool !== 'fetch') return
    expect(Object.keys(same[0]?.form ?? {}).toSorted()).toEqual(form.map(([name]) => name).toSorted())
  })
})
