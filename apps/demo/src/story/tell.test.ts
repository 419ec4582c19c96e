import { describe, expect, it } from 'vitest'
import { Narrator } from '../terminal/narrator.ts'
import { createPaint } from '../terminal/paint.ts'
import { refusal } from './checks.ts'
import type { Step } from './step.ts'
import { tell } from './tell.ts'

async function told(...runs: Step['run'][]) {
  let text = ''
  const write = (more: string) => {
    text += more
  }
  const narrator = new Narrator({ write, columns: 80, paint: createPaint(false) })
  const steps = runs.map((run, index) => ({ title: `Step ${'ABC'[index]}`, run }))
  const summary = await tell(steps, narrator)
  return { summary, text }
}

describe('tell', () => {
  it('counts claims and requests when all of it holds', async () => {
    const { summary } = await told(
      async ({ expect: claim }) => claim('one', true),
      async ({ fetch, url, expect: claim }) => {
        claim('two', (await fetch(`${url}/v1/devices`)).status === 400)
        await globalThis.fetch(`${url}/v1/user`)
      },
    )
    expect(summary).toMatchObject({ claims: 2, requests: 2, shown: 1 })
  })

  it('shows the requests of another program, where a step asks for them', async () => {
    const { summary, text } = await told(async ({ watch, url, expect: claim }) => {
      const answer = await watch(() =>
        globalThis.fetch(`${url}/v1/user`, { headers: { authorization: 'Bearer 0123456789' } }),
      )
      claim('it is refused', answer.status === 401)
    })
    expect(summary).toMatchObject({ requests: 1, shown: 1 })
    expect(text).toContain('→ GET /v1/user\n')
    expect(text).toContain('authorization: Bearer 0123…\n')
    expect(text).toContain('← 401 Unauthorized\n')
    expect(text).not.toContain('user-agent')
  })

  it('stops at a claim that does not hold, and names step and claim', async () => {
    const { summary, text } = await told(
      async ({ expect: claim }) => claim('the sky is green', false),
      async () => expect.unreachable(),
    )
    expect(summary).toBeUndefined()
    expect(text).toContain('The step "Step A" failed.')
    expect(text).toContain('This does not hold: the sky is green')
    expect(text).not.toContain('Step B')
  })

  it('stops at an error, and says which', async () => {
    const { summary, text } = await told(async () => {
      throw new TypeError('no such thing')
    })
    expect(summary).toBeUndefined()
    expect(text).toContain('TypeError: no such thing')
  })

  it('takes a step that claims nothing for a failure', async () => {
    const { summary, text } = await told(async () => {})
    expect(summary).toBeUndefined()
    expect(text).toContain('claims nothing')
  })

  it('has closed the sandbox afterwards, also after a failure', async () => {
    let address = ''
    await told(async ({ url, expect: claim }) => {
      address = url
      claim('no', false)
    })
    await expect(fetch(address)).rejects.toThrow('fetch failed')
  })
})

describe('refusal', () => {
  it('breaks where the promise went through, or failed otherwise', async () => {
    await expect(refusal(Promise.resolve(), 'not_renewable')).rejects.toThrow('it went through')
    await expect(refusal(Promise.reject(new TypeError('other')), 'not_renewable')).rejects.toThrow('other')
  })
})
