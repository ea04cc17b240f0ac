/** Two installations of one app, of which one is lost: `node main.ts ISSUER`, with the key in CLIENTELE_API_KEY. */
import { Backend } from './backend.ts'
import { getToken, isActive } from './phone.ts'

const [issuer = 'http://127.0.0.1:7591'] = process.argv.slice(2)
const apiKey = process.env.CLIENTELE_API_KEY
if (apiKey === undefined) throw new Error('set CLIENTELE_API_KEY: see README.md')

const backend = new Backend(issuer, apiKey)
const api = await backend.registerInstallation('our servers')
const anas = await backend.registerInstallation("Ana's phone")
const bens = await backend.registerInstallation("Ben's phone")
console.log(`Two installations, two secrets: ${anas.clientSecret !== bens.clientSecret}`)

const anasToken = (await getToken(issuer, anas))!
const bensToken = (await getToken(issuer, bens))!
console.log(`Ana's phone is let in: ${await isActive(issuer, api, anasToken)}`)
console.log(`Ben's phone is let in: ${await isActive(issuer, api, bensToken)}`)

console.log('Ana loses her phone; the backend revokes that installation.')
await backend.revokeInstallation(anas.clientId)

console.log(`The token on Ana's phone still works: ${await isActive(issuer, api, anasToken)}`)
console.log(`Ana's phone gets another one: ${(await getToken(issuer, anas)) !== undefined}`)
console.log(`Ben's phone is let in: ${await isActive(issuer, api, bensToken)}`)
console.log(`Ben's phone gets another token: ${(await getToken(issuer, bens)) !== undefined}`)
