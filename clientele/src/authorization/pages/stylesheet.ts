import { hash } from 'node:crypto'

/** The stylesheet of every page: one accent colour, the system's fonts, light and dark. */
export const STYLESHEET = `
:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--text:#1c2024;--quiet:#5a636e;--line:#dfe3e8;--field:#8a94a0;--accent:#1f5fbf;--accent-hover:#184c9a;--on-accent:#fff;--note:#fdf6e3;--note-line:#e3cf94;--note-text:#5b4708;--bad:#fdeeee;--bad-line:#e7b3b3;--bad-text:#8c1d1d;--soft:#eef2f8}
@media (prefers-color-scheme:dark){:root{--page:#121417;--card:#1b1e23;--text:#eceff2;--quiet:#a3adb8;--line:#31363d;--field:#6f7985;--accent:#8ab4f8;--accent-hover:#aecbfa;--on-accent:#0d1b33;--note:#2b2614;--note-line:#574a1c;--note-text:#eddb9f;--bad:#331b1b;--bad-line:#6b3333;--bad-text:#f5b8b8;--soft:#232a35}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;background:var(--card);color:var(--text);font:400 1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
main{width:100%;max-width:28rem;flex:1;background:var(--card);padding:2rem 1.5rem}
footer{width:100%;max-width:28rem;padding:1rem 1.5rem 1.5rem;color:var(--quiet);font-size:.8125rem}
footer p{margin:0}
h1{font-size:1.5rem;line-height:1.25;font-weight:650;letter-spacing:-.01em;margin:0 0 .5rem}
h2{font-size:.9375rem;font-weight:650;margin:1.75rem 0 .5rem}
p{margin:0 0 1rem}
.mark{display:block;width:2.25rem;height:2.25rem;margin:0 0 1.25rem;color:var(--accent)}
.lead{color:var(--quiet);margin-bottom:1.5rem}
.lead strong,.lead bdi{color:var(--text)}
.quiet{color:var(--quiet);font-size:.875rem}
.notice,.error{border:1px solid var(--note-line);background:var(--note);color:var(--note-text);border-radius:.625rem;padding:.75rem 1rem;margin:0 0 1.5rem;font-size:.9375rem}
.notice p,.error p{margin:0}
.error{border-color:var(--bad-line);background:var(--bad);color:var(--bad-text)}
label{display:block;font-weight:600;font-size:.9375rem;margin:0 0 .375rem}
input{display:block;width:100%;min-height:3rem;padding:.625rem .875rem;margin:0 0 1.25rem;border:1px solid var(--field);border-radius:.625rem;background:var(--card);color:var(--text);font:inherit}
input[aria-invalid=true]{border-color:var(--bad-text)}
.code-input{font:600 1.5rem/1.2 ui-monospace,"SF Mono",Menlo,Consolas,monospace;letter-spacing:.12em;text-align:center;text-transform:uppercase}
.actions{display:flex;flex-direction:column;gap:.75rem;margin:2rem 0 0}
button,.button{display:block;width:100%;min-height:3rem;padding:.6875rem 1.25rem;border:1px solid transparent;border-radius:.625rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
button:hover,.button:hover{background:var(--accent-hover)}
.second{background:transparent;color:var(--text);border-color:var(--field)}
.second:hover{background:var(--soft)}
a{color:var(--accent);text-underline-offset:.15em}
a.quiet{display:block;text-align:center;padding:.625rem;color:var(--quiet)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
ul.scopes,dl{list-style:none;margin:0;padding:0;border:1px solid var(--line);border-radius:.625rem}
ul.scopes li{padding:.75rem 1rem .75rem 2.75rem;position:relative}
ul.scopes li+li,dl div+div{border-top:1px solid var(--line)}
ul.scopes li::before{content:"";position:absolute;left:1.125rem;top:1.125rem;width:.4375rem;height:.75rem;border:solid var(--accent);border-width:0 2px 2px 0;transform:rotate(45deg)}
ul.scopes span{display:block;color:var(--quiet);font-size:.875rem}
dl div{padding:.75rem 1rem}
dt{color:var(--quiet);font-size:.8125rem}
dd{margin:0}
code{font:.9375em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace}
.code{display:block;margin:0 0 1.5rem;padding:1rem;border-radius:.625rem;background:var(--soft);font:600 1.75rem/1.2 ui-monospace,"SF Mono",Menlo,Consolas,monospace;letter-spacing:.12em;text-align:center}
.links{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:1.25rem 0 0;padding:0;list-style:none;font-size:.875rem}
details{margin:1.5rem 0 0;font-size:.875rem;color:var(--quiet)}
summary{cursor:pointer;padding:.25rem 0}
details dl{margin-top:.5rem}
@media (min-width:36rem){body{justify-content:center;padding:2.5rem 1rem;background:var(--page)}main{flex:none;padding:2.5rem;border:1px solid var(--line);border-radius:1rem;box-shadow:0 1px 2px rgba(0,0,0,.04),0 8px 24px rgba(0,0,0,.05)}footer{text-align:center;padding:1rem}.actions.side{flex-direction:row}.actions.side>*{flex:1}}
@media (forced-colors:active){.mark{color:CanvasText}}
`.trim()

/** What the content security policy allows as a style: this stylesheet and nothing else. */
export const STYLE_SOURCE = `'sha256-${hash('sha256', STYLESHEET, 'base64')}'`
