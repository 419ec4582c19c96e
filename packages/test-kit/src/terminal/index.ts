export { canOpenTerminals, openTerminal } from './open-terminal.ts'
export { type InProcessOptions, openTerminalInProcess } from './open-terminal-in-process.ts'
export type { SvgOptions } from './render-svg.ts'
export {
  type Key,
  keys,
  type SimulatedTerminal,
  type Terminal,
  type TerminalEnd,
  type TerminalOptions,
  type WaitOptions,
} from './terminal.ts'
