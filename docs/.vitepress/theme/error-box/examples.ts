/** Responses to try the box with. Their tokens are made up. */
export const examples = [
  {
    label: 'MFA',
    text: `HTTP/1.1 403 Forbidden
content-type: application/json

{"mfa_token":"6e16f915-29f5-9b2b-b752-451a73ec6102","error":"mfa_required","error_description":"Multi-factor authentication required"}`,
  },
  {
    label: 'Refused refresh',
    text: '{"error":"invalid_grant","error_description":"Invalid refresh token"}',
  },
  { label: 'An error code', text: 'invalid_client' },
  {
    label: 'A proxy',
    text: 'HTTP/1.1 502 Bad Gateway\ncontent-type: text/html\n\n<html><h1>502 Bad Gateway</h1></html>',
  },
] as const
