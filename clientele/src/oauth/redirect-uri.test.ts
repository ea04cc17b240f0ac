import { describe, expect, it } from 'vitest'
import { classifyRedirectUri, isRedirectUriAllowed } from './redirect-uri.ts'

const MOST = 2048

describe('a redirect URI on the web', () => {
  it.each([
    'https://client.example',
    'https://client.example/',
    'https://client.example/callback?tenant=1&x=%20',
    'https://client.example:8443/callback',
    'https://client.example/a:b/c',
    'https://CLIENT.example/Callback',
    'https://xn--bcher-kva.example/callback',
    'https://under_score.example/callback',
    'https://192.0.2.7/callback',
    'https://[2001:db8::1]:8443/callback',
    'https://localhost/callback',
    'https://client.example/...',
    'https://client.example/.well-known/callback',
    'https://client.example?code=here',
    'HTTPS://client.example/callback',
  ])('is https and absolute: %s (RFC 9700 §2.6)', (uri) => {
    expect(classifyRedirectUri(uri)).toStrictEqual({ class: 'https' })
  })

  it('of an installed program is claimed https (RFC 8252 §7.2)', () => {
    expect(classifyRedirectUri('https://client.example/callback', true)).toStrictEqual({
      class: 'claimed-https',
    })
  })
})

describe('a loopback redirect URI', () => {
  it.each([
    'http://127.0.0.1',
    'http://127.0.0.1/',
    'http://127.0.0.1:33418/callback',
    'http://127.0.0.1?x=1',
    'http://[::1]',
    'http://[::1]:8080/callback',
    'http://localhost:8787/callback',
    'http://LOCALHOST/callback',
    'HTTP://127.0.0.1/callback',
    'http://localhost:65535/',
  ])('names this machine: %s (RFC 8252 §7.3)', (uri) => {
    expect(classifyRedirectUri(uri).class).toBe('loopback')
    expect(classifyRedirectUri(uri, true).class).toBe('loopback')
  })
})

describe('a private-use redirect URI', () => {
  it.each([
    'io.element.android:/',
    'com.example.app:/oauth/callback',
    'com.example.app:callback',
    'com.example.app://callback',
    'com.example.app:///callback',
    'Com.Example.App:/callback',
    'edu.kit.data.oidc-agent:/redirect',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'oc://android.owncloud.com',
    'oc://android.owncloud.com:8080/x',
  ])('has a scheme of its own: %s (RFC 8252 §7.1)', (uri) => {
    expect(classifyRedirectUri(uri).class).toBe('private-use')
  })

  it.each(['myapp:/callback', 'myapp:callback', 'myapp:///callback', 'a.:/callback', 'a..b:/callback'])(
    'that anyone might claim is refused: %s (RFC 8252 §8.4)',
    (uri) => {
      expect(classifyRedirectUri(uri)).toMatchObject({
        class: 'forbidden',
        reason: 'redirect_uri.scheme_without_period',
        rule: 'RFC 8252 §8.4',
      })
    },
  )
})

const FORBIDDEN_SCHEMES =
  'about afp blob chrome cid content data dav dns feed file filesystem ftp ftps geo git gopher help ' +
  'imap intent ipp irc ircs jar javascript ldap ldaps livescript mailto magnet mhtml mid mms mocha ' +
  'ms-appinstaller ms-cxh ms-msdt ms-officecmd ms-settings news nfs nntp pop res resource rtsp search ' +
  'search-ms sftp shell sip sips sms smsto smb ssh svn tel telnet urn vbscript view-source vnc wais ' +
  'ws wss wyciwyg xmpp'

describe('a scheme that is not the client’s own', () => {
  it.each(FORBIDDEN_SCHEMES.split(' '))('%s is refused in every form and case (RFC 7591 §5)', (scheme) => {
    for (const rest of [':x', ':/x', '://host/x', ':///x']) {
      for (const written of [scheme, scheme.toUpperCase()]) {
        expect(classifyRedirectUri(written + rest).class, written + rest).toBe('forbidden')
      }
    }
    expect(classifyRedirectUri(`${scheme}://host/x`).reason).toBe('redirect_uri.forbidden_scheme')
  })
})

describe('a bad redirect URI', () => {
  const cases: readonly (readonly [uri: string, fault: string])[] = [
    ['', 'not_absolute'],
    ['callback', 'not_absolute'],
    ['/callback', 'not_absolute'],
    ['//client.example/callback', 'not_absolute'],
    ['://client.example', 'not_absolute'],
    ['1http://client.example/', 'not_absolute'],
    ['client.example/callback', 'not_absolute'],
    [' https://client.example/', 'bad_character'],
    ['https://client.example/ ', 'bad_character'],
    ['https://client.example/a b', 'bad_character'],
    ['https://client.example/\r\nSet-Cookie:a', 'bad_character'],
    ['https://client.example/\n', 'bad_character'],
    ['ht\ttps://client.example/', 'bad_character'],
    ['java\nscript:alert(1)', 'bad_character'],
    ['https://client.example/\0', 'bad_character'],
    ['https://client.example\\@evil.example/', 'bad_character'],
    ['https:\\\\client.example\\', 'bad_character'],
    ['https://bücher.example/', 'bad_character'],
    ['https://client.example/é', 'bad_character'],
    ['https://client.example/\ud800', 'bad_character'],
    ['https://client.example/\u202eexe', 'bad_character'],
    ['https://client。example/', 'bad_character'],
    ['https://client.example/%', 'bad_character'],
    ['https://client.example/%2', 'bad_character'],
    ['https://client.example/%zz', 'bad_character'],
    ['https://client.example/"onload="', 'bad_character'],
    ['https://client.example/<b>', 'bad_character'],
    ['https://{tenant}.example/', 'bad_character'],
    ['https://client.example/#', 'has_fragment'],
    ['https://client.example/#x', 'has_fragment'],
    ['com.example.app:/#x', 'has_fragment'],
    ['https:', 'empty'],
    ['com.example.app:', 'empty'],
    ['https:cb', 'bad_host'],
    ['https:/client.example/cb', 'bad_host'],
    ['https:///cb', 'bad_host'],
    ['https://', 'bad_host'],
    ['https://?x', 'bad_host'],
    ['http:///127.0.0.1/', 'bad_host'],
    ['https://*.client.example/', 'bad_host'],
    ['https://.client.example/', 'bad_host'],
    ['https://client..example/', 'bad_host'],
    ['https://client.example./', 'bad_host'],
    ['https://-client.example/', 'bad_host'],
    ['https://client-.example/', 'bad_host'],
    [`https://${'a'.repeat(64)}.example/`, 'bad_host'],
    ['https://evil%2eexample/', 'bad_host'],
    ['https://good.example%2f.evil.example/', 'bad_host'],
    ['https://good.example%00.evil.example/', 'bad_host'],
    ['https://a,b/', 'bad_host'],
    ['https://2130706433/', 'bad_host'],
    ['https://0x7f.1/', 'bad_host'],
    ['https://0x7f000001/', 'bad_host'],
    ['https://127.1/', 'bad_host'],
    ['https://0177.0.0.1/', 'bad_host'],
    ['https://127.0.0.1.5/', 'bad_host'],
    ['https://256.0.0.1/', 'bad_host'],
    ['https://[::1/', 'bad_host'],
    ['https://::1/', 'bad_host'],
    ['https://[::1].evil/', 'bad_host'],
    ['https://[::::]/', 'bad_host'],
    ['https://[1:2:3:4:5:6:7:8:9]/', 'bad_host'],
    ['https://[fe80::1%25eth0]/', 'bad_host'],
    ['https://[]/', 'bad_host'],
    ['https://client.example:/', 'bad_port'],
    ['https://client.example:0/', 'bad_port'],
    ['https://client.example:00443/', 'bad_port'],
    ['https://client.example:65536/', 'bad_port'],
    ['https://client.example:99999999999/', 'bad_port'],
    ['https://client.example:80a/', 'bad_port'],
    ['https://client.example:-1/', 'bad_port'],
    ['https://client.example:80:80/', 'bad_port'],
    ['https://client.example:8*/', 'bad_port'],
    ['https://good@evil/', 'has_userinfo'],
    ['https://good:secret@evil/', 'has_userinfo'],
    ['https://@evil/', 'has_userinfo'],
    ['https://good.example%40@evil.example/', 'has_userinfo'],
    ['http://127.0.0.1@evil/', 'has_userinfo'],
    ['https://client.example/.', 'dot_segment'],
    ['https://client.example/..', 'dot_segment'],
    ['https://client.example/a/../b', 'dot_segment'],
    ['https://client.example/a/./b', 'dot_segment'],
    ['https://client.example/a/%2e%2e/b', 'dot_segment'],
    ['https://client.example/a/%2E./b', 'dot_segment'],
    ['https://client.example/a/.%2e', 'dot_segment'],
    ['com.example.app:/a/../b', 'dot_segment'],
    ['http://client.example/callback', 'http_not_loopback'],
    ['http://localhost.evil/', 'http_not_loopback'],
    ['http://127.0.0.1.evil/', 'http_not_loopback'],
    ['http://evil.localhost/', 'http_not_loopback'],
    ['http://0.0.0.0/', 'http_not_loopback'],
    ['http://127.0.0.2/', 'http_not_loopback'],
    ['http://10.0.0.1/', 'http_not_loopback'],
    ['http://169.254.169.254/', 'http_not_loopback'],
    ['http://[::]/', 'http_not_loopback'],
    ['http://[::ffff:127.0.0.1]/', 'http_not_loopback'],
    ['http://[0:0:0:0:0:0:0:1]/', 'http_not_loopback'],
    ['http://2130706433/', 'bad_host'],
    ['http://0x7f.1/', 'bad_host'],
    ['http://[::1].evil/', 'bad_host'],
    ['http://localhost:/', 'bad_port'],
    ['http://localhost:0/', 'bad_port'],
    ['http://localhost/../', 'dot_segment'],
  ]
  it.each(cases)('%j is refused: %s (RFC 6749 §3.1.2)', (uri, fault) => {
    const judged = classifyRedirectUri(uri)
    expect(judged).toMatchObject({ class: 'forbidden', reason: `redirect_uri.${fault}` })
    expect(judged.message).toMatch(/^[\x20-\x7e]+$/)
    expect(judged.rule).toMatch(/§|bounds/)
  })

  it('is one that is longer than the bound, and the bound itself is not', () => {
    const head = 'https://client.example/'
    expect(classifyRedirectUri(head + 'a'.repeat(MOST - head.length)).class).toBe('https')
    expect(classifyRedirectUri(head + 'a'.repeat(MOST - head.length + 1)).reason).toBe(
      'redirect_uri.too_long',
    )
  })

  it('says nothing of the value in its message', () => {
    expect(JSON.stringify(classifyRedirectUri('https://secret-host@evil.example/'))).not.toMatch(
      /secret|evil/,
    )
  })
})

describe('a presented redirect URI', () => {
  const isAllowed = (registered: string, presented: string) => isRedirectUriAllowed([registered], presented)

  it.each([
    ['https://client.example/callback', 'https://client.example/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:49152/callback'],
    ['http://127.0.0.1:33418/callback', 'http://127.0.0.1:1/callback'],
    ['http://127.0.0.1:33418/callback', 'http://127.0.0.1/callback'],
    ['http://127.0.0.1', 'http://127.0.0.1:5555'],
    ['http://127.0.0.1?a=b', 'http://127.0.0.1:5555?a=b'],
    ['http://[::1]/', 'http://[::1]:49152/'],
    ['http://[::1]:1/x?y=z', 'http://[::1]:2/x?y=z'],
    ['http://localhost:8080/callback', 'http://localhost:9090/callback'],
    ['com.example.app:/callback', 'com.example.app:/callback'],
  ])('%s allows %s (RFC 8252 §7.3)', (registered, presented) => {
    expect(isAllowed(registered, presented)).toBe(true)
  })

  it.each([
    ['https://client.example/callback', 'https://client.example/callback/'],
    ['https://client.example/callback', 'https://client.example/Callback'],
    ['https://client.example/callback', 'https://client.example/callback?x=1'],
    ['https://client.example/callback', 'https://client.example/callback#'],
    ['https://client.example/callback', 'https://client.example/callbackevil'],
    ['https://client.example/callback', 'https://client.example'],
    ['https://client.example/callback', 'https://CLIENT.example/callback'],
    ['https://client.example/callback', 'https://client.example:443/callback'],
    ['https://client.example/callback', 'https://client.example/%63allback'],
    ['https://client.example/a', 'https://client.example/b/../a'],
    ['https://client.example:8443/callback', 'https://client.example:9443/callback'],
    ['https://localhost:8443/callback', 'https://localhost:9443/callback'],
    ['http://127.0.0.1/callback', 'http://localhost/callback'],
    ['http://localhost/callback', 'http://127.0.0.1/callback'],
    ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    ['http://127.0.0.1/callback', 'https://127.0.0.1/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:1/callback/'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:1/CALLBACK'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:1/callback?x=1'],
    ['http://127.0.0.1/callback?x=1', 'http://127.0.0.1:1/callback?x=2'],
    ['http://127.0.0.1', 'http://127.0.0.1:1/'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:0/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:65536/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:1@evil.example/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1.evil.example/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:1/callback#x'],
    ['http://127.0.0.1/callback', 'HTTP://127.0.0.1:1/callback'],
    ['http://localhost/callback', 'http://LOCALHOST:1/callback'],
    ['oc://android.owncloud.com:1/x', 'oc://android.owncloud.com:2/x'],
  ])('%s does not allow %s (RFC 9700 §2.1)', (registered, presented) => {
    expect(isAllowed(registered, presented)).toBe(false)
  })

  it('may be any one of several, and no one of none', () => {
    expect(isRedirectUriAllowed(['https://a.example/', 'http://[::1]/'], 'http://[::1]:7/')).toBe(true)
    expect(isRedirectUriAllowed([], 'https://a.example/')).toBe(false)
  })
})
