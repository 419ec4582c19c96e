export {
  ClientSecretBasic,
  Configuration,
  clientCredentialsGrant,
  genericGrantRequest,
  refreshTokenGrant,
} from 'openid-client'
