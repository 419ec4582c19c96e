export { findLeaks } from './planted-secrets.ts'
export { SimulatedClock } from './simulated-clock.ts'
