export { forgetTotpKey, keepTotpKey, keptTotpKey } from './kept-key.ts'
export { parseTotpKey, type TotpKey } from './key.ts'
export { type SubmitTotpOptions, submitTotp, type TotpSteps, takeCode } from './submit.ts'
