import type { Effect, Refusal } from '../src/machine/effect.ts'

interface HasEffects {
  readonly effects: readonly Effect[]
}

/** Why a step did not get on, if it did not. */
export function refusalOf({ effects }: HasEffects): Refusal | undefined {
  for (const effect of effects) if (effect.type === 'refuse') return effect.refusal
  return undefined
}

/** The token request that a step sends, if it sends one. */
export function requestOf({ effects }: HasEffects) {
  for (const effect of effects) if (effect.type === 'request') return effect.request
  return undefined
}
