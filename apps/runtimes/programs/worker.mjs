// For workerd: `workerd test` calls `test`. The sandbox listens outside.
import { testAll } from './all.mjs'

const worker = {
  /**
   * @param {unknown} _controller
   * @param {{ SANDBOX_URL: string }} env
   */
  async test(_controller, { SANDBOX_URL: url }) {
    const passed = await testAll({ baseUrl: url, controlUrl: url })
    console.log(JSON.stringify({ runtime: navigator.userAgent, passed }))
  },
}

// biome-ignore lint/style/noDefaultExport: workerd calls the default export
export default worker
