export { createSession, developerClient, productClient, userClient } from '@particle-grants/core'
