/** Vite takes style sheets as modules. */
declare module '*.css'

declare module '*.svg?raw' {
  const text: string
  export default text
}
