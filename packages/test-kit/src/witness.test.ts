import { describe, expect, it } from 'vitest'
import { enterAlone } from './programs/witness.ts'

describe.runIf(process.platform === 'linux')('enterAlone', () => {
  it('rejects while another caller is inside', async () => {
    const leave = await enterAlone('a test of the witness')
    await expect(enterAlone('a test of the witness')).rejects.toThrow('Two callers are inside at once.')
    await leave()
    const leaveAgain = await enterAlone('a test of the witness')
    await leaveAgain()
  })
})
