// @ts-check
// A product's calls with Axios. The token is requested at the first call, and renewed automatically.
import { attachSession } from '@particle-grants/axios'
import { createSession, productClient } from '@particle-grants/core'
import axios from 'axios'

const { PARTICLE_CLIENT_ID: id = '', PARTICLE_CLIENT_SECRET: secret = '' } = process.env
const { PARTICLE_BASE_URL: baseUrl = 'https://api.particle.io' } = process.env

const session = createSession({ client: productClient({ id, secret }), baseUrl })
const api = axios.create({ baseURL: baseUrl })
attachSession(api, session)

const { data: devices } = await api.get('/v1/devices')
console.log(devices)
await api.post('/v1/devices/events', { name: 'hello', data: 'from Axios' })
