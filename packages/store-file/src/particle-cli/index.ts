export {
  type NewParticleCliSignIn,
  type ParticleCliProfile,
  type ParticleCliProfileOptions,
  type ParticleCliSignIn,
  particleCliProfile,
} from './profile.ts'
