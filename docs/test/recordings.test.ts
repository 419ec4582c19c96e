import { Buffer } from 'node:buffer'
import { tokenRequest } from '@particle-grants/reference'
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../generator/exchange/exchange.ts'
import { recordAll } from '../generator/exchange/exchanges.ts'

const recordings = await recordAll()
const named = Object.entries(recordings)
const lengthIn = (text: string) => Number(/^content-length: (\d+)$/im.exec(text)?.[1])

describe('the exchanges that pages show', () => {
  it.each(named)('%s is complete: its content-length is the length of its body, in both directions', (_, recording) => {
    for (const text of [recording.request, recording.response])
      expect(lengthIn(text)).toBe(Buffer.byteLength(bodyOf(text)))
  })

  it.each(named)('%s has every header of the response, and the address of Particle', (_, { request, response }) => {
    const head = response.slice(0, response.indexOf('\n\n'))
    for (const header of ['Access-Control-Allow-Origin: *', 'Cache-Control: no-store', 'Date: '])
      expect(head.toLowerCase()).toContain(header.toLowerCase())
    expect(request).toMatch(new RegExp(`^Host: ${new URL(tokenRequest.url).host}$`, 'm'))
    expect(request + response).not.toContain('127.0.0.1')
  })

  it.each(named)('%s sends the fields that it shows', (_, { request, form }) => {
    expect([...new URLSearchParams(bodyOf(request))]).toEqual(form.map((pair) => [...pair]))
  })
})
