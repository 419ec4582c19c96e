import type { GrantsError } from '../src/errors.ts'
import type { Effect, EffectType } from '../src/machine/event.ts'

interface HasEffects {
  readonly effects: readonly Effect[]
}

/** Why a transition had not the intended effect. */
export function getError({ effects }: HasEffects): GrantsError | undefined {
  for (const effect of effects) if (effect.type === 'reject') return effect.error
  return undefined
}

/** The token request that a transition sends. */
export function getTokenRequest({ effects }: HasEffects) {
  for (const effect of effects) {
    if (effect.type === 'request' && 'grant_type' in effect.request) return effect.request
  }
  return undefined
}

export function getEffectTypes({ effects }: HasEffects): readonly EffectType[] {
  return effects.map(({ type }) => type)
}
