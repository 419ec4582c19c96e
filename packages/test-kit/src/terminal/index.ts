export { type Key, keys } from './keys.ts'
export { canOpenTerminals, openTerminal } from './open-terminal.ts'
export {
  type InProcessOptions,
  openTerminalInProcess,
  type SimulatedTerminal,
} from './open-terminal-in-process.ts'
export { type Cell, type Color, type Picture, readPicture } from './picture.ts'
export { renderSvg, type SvgOptions } from './render-svg.ts'
export type { Terminal, TerminalEnd, TerminalOptions, Wait } from './terminal.ts'
