import { describe, expect, it } from 'vitest'
import { leaksIn } from '../planted-secrets.ts'
import type { InScene } from './scene.ts'

const texts = {
  'of one line': '{"status":"signed_in"}',
  'of several lines, with every kind of line end': 'one\ntwo\r\nthree\rfour\u2028five\n\n',
  'of several scripts': 'Grüße, 你好, 🔑🇺🇦, é and e\u0301, \u200e',
  'that looks like JSON, a path or a command': '{"version":"1","value":"x"}\\u0000 ../../x $(id) %s \\n "\'`',
  'that starts with a byte order mark and ends in blanks': '\ufeff value \t ',
  'that is empty': '',
}

const longestKey = `session-${'0123456789abcdef'.repeat(4)}-${'z'.repeat(7)}`
const keys = ['session-a', 'session-a-b', 'session', 'a', '0', 'session-a-lock', longestKey]

const secret = 'planted-token-5up3r/+=5ecret'

/** Loading, saving, removing and listing records. */
export function describeRecords(inScene: InScene, largest: number): void {
  describe('records', () => {
    it(
      'are not there before they are saved',
      inScene(async ({ first }) => {
        expect(await first.load('session-a')).toBeUndefined()
        expect(await first.list()).toEqual([])
      }),
    )

    for (const [name, text] of Object.entries({ ...texts, 'as long as it gets': longText(largest) })) {
      it(
        `come back to every handle as they were saved: a text ${name}`,
        inScene(async ({ first, second }) => {
          const version = await first.save('session-a', text, null)
          expect(await first.load('session-a')).toEqual({ version, value: text })
          expect(await second.load('session-a')).toEqual({ version, value: text })
        }),
      )
    }

    it(
      'are replaced whole',
      inScene(async ({ first, second }) => {
        const long = await first.save('session-a', longText(largest), null)
        const short = await second.save('session-a', 'short', long)
        expect(await first.load('session-a')).toEqual({ version: short, value: 'short' })
      }),
    )

    it(
      'do not mix under keys that resemble each other',
      inScene(async ({ first, second }) => {
        expect(longestKey).toHaveLength(80)
        const versions = new Map<string, string>()
        for (const key of keys) versions.set(key, await first.save(key, `value of ${key}`, null))
        for (const key of keys) {
          expect(await second.load(key)).toEqual({ version: versions.get(key), value: `value of ${key}` })
        }
        await second.remove('session-a', versions.get('session-a') ?? null)
        const left = keys.filter((key) => key !== 'session-a')
        expect([...(await first.list())].sort()).toEqual([...left].sort())
        for (const key of left) expect((await first.load(key))?.value).toBe(`value of ${key}`)
      }),
    )

    it(
      'are listed by their keys, whoever saved them',
      inScene(async ({ first, second, third }) => {
        await first.save('session-a', 'a', null)
        const version = await second.save('session-b', 'b', null)
        await second.exclusively('session-c', async () => {})
        expect([...(await third.list())].sort()).toEqual(['session-a', 'session-b'])
        await first.remove('session-b', version)
        expect(await second.list()).toEqual(['session-a'])
      }),
    )

    it(
      'are gone once removed, and a removal of what is not there says nothing',
      inScene(async ({ first, second }) => {
        await first.remove('session-a', null)
        const version = await first.save('session-a', 'a', null)
        await second.remove('session-a', version)
        expect(await first.load('session-a')).toBeUndefined()
        expect(await first.list()).toEqual([])
        await first.remove('session-a', null)
      }),
    )

    it(
      'stay when a handle is closed',
      inScene(async ({ first, open }) => {
        const closing = await open()
        const version = await closing.save('session-a', 'a', null)
        await closing.close()
        expect(await first.load('session-a')).toEqual({ version, value: 'a' })
        expect((await (await open()).load('session-a'))?.value).toBe('a')
      }),
    )

    it(
      'show in no name and in no error',
      inScene(async ({ first, second, names }) => {
        const version = await first.save('session-a', secret, null)
        const seen: unknown[] = [await names?.(), first, second, await first.list()]
        const attempts = [
          second.save('session-a', `${secret}-new`, null),
          second.save('session-a', `${secret}-new`, 'never-a-version'),
          second.remove('session-a', 'never-a-version'),
          second.exclusively('session-a', async () => second.save('session-a', `${secret}-new`, null)),
        ]
        seen.push(
          ...(await Promise.all(attempts.map((attempt) => attempt.catch((thrown: unknown) => thrown)))),
        )
        expect((await first.load('session-a'))?.value).toBe(secret)
        await first.save('session-a', `${secret}-next`, version)
        seen.push(await names?.())
        expect(leaksIn(seen, [secret])).toEqual([])
      }),
    )
  })
}

/** A text of exactly so many bytes, none of it repeating in a way that a cut would not show. */
function longText(bytes: number): string {
  let text = ''
  for (let index = 0; text.length < bytes; index += 1) text += `${index.toString(36)}.`
  return text.slice(0, bytes)
}
