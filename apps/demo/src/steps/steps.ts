import type { Step } from '../story/step.ts'
import { callTheApi } from './call-the-api.ts'
import { concurrentCalls } from './concurrent-calls.ts'
import { logOut } from './log-out.ts'
import { refuseARefresh } from './refuse-a-refresh.ts'
import { renewAProduct } from './renew-a-product.ts'
import { replayTheReport } from './replay-the-report.ts'
import { serveCustomers } from './serve-customers.ts'
import { signInByCore } from './sign-in-by-core.ts'
import { signInByTheCli } from './sign-in-by-the-cli.ts'
import { startTheSandbox } from './start-the-sandbox.ts'

/** The story, in order. A step may use what those before it have left. */
export const steps: readonly Step[] = [
  startTheSandbox,
  replayTheReport,
  signInByCore,
  signInByTheCli,
  callTheApi,
  refuseARefresh,
  renewAProduct,
  serveCustomers,
  concurrentCalls,
  logOut,
]
