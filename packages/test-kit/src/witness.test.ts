import { describe, expect, it } from 'vitest'
import { enterAlone } from './programs/witness.ts'

describe.runIf(process.platform === 'linux')('enterAlone', () => {
  it('rejects while another caller is inside, and names its process', async () => {
    const leave = await enterAlone('a test of the witness')
    await expect(enterAlone('a test of the witness')).rejects.toThrow(
      `two inside at once: process ${process.pid} and ${process.pid} (`,
    )
    await leave()
    const leaveAgain = await enterAlone('a test of the witness')
    await leaveAgain()
  })
})
