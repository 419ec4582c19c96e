import { exchanges } from '../generator/exchange/exchanges.ts'
import type { Cloud } from './cloud.ts'

/** Signs in a developer elsewhere, with particle-cli too, and begins a login that waits for its code. */
export async function prepareAccounts(cloud: Cloud): Promise<{ readonly TOKEN: string; readonly CODE: string }> {
  const { stage } = cloud
  await exchanges.otp.fields(stage)
  const { access_token: TOKEN = '' } = await stage.send('particle:particle', {
    grant_type: 'password',
    username: 'dev@example.com',
    password: 'correct horse',
  })
  cloud.signParticleCliIn(TOKEN)
  return { TOKEN, CODE: stage.sandbox.otp('mfa@example.com') }
}
