export { appearances, leaksIn } from './planted-secrets.ts'
export type { RawHandler } from './raw-server.ts'
export { httpAnswer, rawServer } from './raw-server.ts'
export { SimulatedClock } from './simulated-clock.ts'
