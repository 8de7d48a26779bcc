"""How the agent page looks, and the few lines of script that keep it fresh."""

from __future__ import annotations

STYLE = """
:root{--ink:#1d2733;--quiet:#64748b;--line:#dfe5ec;--back:#f3f6f9;--card:#fff;--blue:#1f6feb;
--note:#fff6cf;--noteline:#e8cf6a;--reply:#e7f1ff;--replyline:#b9d5fb;color-scheme:light}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back)}
a{color:var(--blue);text-decoration:none}a:hover{text-decoration:underline}
header{position:sticky;top:0;z-index:1;display:flex;gap:1.5rem;align-items:center;
padding:.7rem 1.2rem;background:#16202c;color:#fff}
header a{color:#cfd8e3}header .brand{font-weight:650;color:#fff}nav{display:flex;gap:1rem}
main{max-width:1080px;margin:0 auto;padding:1rem 1.2rem 4rem}main.wide{max-width:900px}
h1{font-size:1.35rem;line-height:1.3;margin:.6rem 0 1rem}h1 small{color:var(--quiet);font-weight:400}
h2{font-size:.8rem;text-transform:uppercase;letter-spacing:.06em;color:var(--quiet);
margin:1.3rem 0 .5rem}
.number{color:var(--quiet);font-variant-numeric:tabular-nums;font-weight:400}
.quiet,time{color:var(--quiet);font-size:.86rem}.nobody{font-style:italic}.back{margin:.2rem 0}
.tickets{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);
border-radius:10px;overflow:hidden}
.tickets li+li{border-top:1px solid var(--line)}
.tickets li{border-left:4px solid transparent}.tickets li.urgent{border-left-color:#d9480f}
.tickets a{display:flex;flex-wrap:wrap;gap:.15rem .6rem;align-items:center;padding:.6rem .9rem;
color:inherit}
.tickets a:hover{background:#f8fafc;text-decoration:none}
.tickets strong{font-weight:600}.tickets .quiet{order:5;flex-basis:100%}
.tickets .state{margin-left:auto;order:3}.tickets time{order:4}
.tag{display:inline-block;padding:.05rem .5rem;border-radius:99px;background:#e6ebf2;color:#334155;
font-size:.8rem;border:0;line-height:1.5}
.state{display:inline-block;padding:.05rem .55rem;border-radius:6px;font-size:.8rem;
background:#dbeafe;color:#1e40af}
.state.new{background:#fde7d3;color:#9a3412}.state.closed,.state.merged{background:#e2e8f0;
color:#475569}
.state.pending{background:#ede9fe;color:#5b21b6}.state.active,.state.open{background:#d6f5e0;
color:#166534}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 290px;grid-template-rows:auto 1fr;
gap:1.2rem 1.4rem;align-items:start}.columns section{grid-row:span 2}.past h2{margin-top:0}
article{display:flex;gap:.7rem;margin:0 0 .9rem}
.avatar{flex:none;width:2.3rem;height:2.3rem;border-radius:50%;background:#94a3b8;color:#fff;
display:grid;place-items:center;font-size:.8rem;font-weight:600}
.agent .avatar{background:var(--blue)}.note .avatar{background:#a67c00}
.bubble{flex:1;min-width:0;background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:.6rem .9rem}
.agent .bubble{background:var(--reply);border-color:var(--replyline)}
.note .bubble{background:var(--note);border-color:var(--noteline)}
.who{display:flex;flex-wrap:wrap;gap:.1rem .6rem;align-items:baseline;margin:0 0 .25rem}
.who span{font-size:.8rem;color:#5b6675}.who time{margin-left:auto}
.text{margin:0;overflow-wrap:anywhere}.text+.text{margin-top:.5rem}
.mail{display:block;background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:.7rem .9rem}
.mail .quiet{margin:.1rem 0 .4rem}
aside,.card{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:.9rem 1rem}
aside .card{padding:.6rem .8rem;margin-top:1rem}
dl{margin:0;display:grid;gap:.5rem}dl div{display:grid;grid-template-columns:5.2rem 1fr}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}dd small{color:var(--quiet)}
.tags{display:flex;flex-wrap:wrap;gap:.35rem}.inline{display:inline}
.history{margin:0;padding:0;list-style:none;font-size:.88rem;display:grid;gap:.3rem}
form{display:grid;gap:.7rem}details form{margin-top:.8rem}form.inline{display:inline-flex}
summary{cursor:pointer;font-weight:600}main>.card{margin-top:1rem}
label{display:grid;gap:.15rem;font-size:.86rem;color:var(--quiet)}
input,select,textarea{font:inherit;color:var(--ink);padding:.45rem .6rem;border:1px solid #c5cfda;
border-radius:7px;background:#fff;width:100%;min-width:0}
input.small{width:8rem;padding:.05rem .6rem;border-radius:99px;font-size:.8rem}
textarea{resize:vertical}.row{display:flex;gap:.8rem}.row label{flex:1}
.buttons{display:flex;flex-wrap:wrap;gap:.5rem}
button{font:inherit;font-weight:600;padding:.45rem .9rem;border-radius:7px;border:1px solid
transparent;background:var(--blue);color:#fff;cursor:pointer;justify-self:start}
button:hover{filter:brightness(.95)}button.yellow{background:var(--note);color:#5f4700;
border-color:var(--noteline)}
button.light{background:#fff;color:var(--ink);border-color:#c5cfda}
button.tag{font-weight:400;background:#e6ebf2;color:#334155;padding:.05rem .5rem;font-size:.8rem}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
.wrong{background:#fde8e8;border:1px solid #f5b5b5;color:#8a1c1c;padding:.7rem 1rem;
border-radius:8px}
@media (max-width:760px){.columns{grid-template-columns:minmax(0,1fr)}.facts{order:-1}
main{padding:.6rem .7rem 3rem}
.who time{margin-left:0}.avatar{width:1.9rem;height:1.9rem}}
"""

# Links in notes point to the real product's addresses; a page nobody types into refreshes itself.
SCRIPT = """
(function(){var m=location.hash.match(/^#ticket\\/zoom\\/(\\d+)/);
if(m){location.replace('/tickets/'+m[1]);return}
var busy=false;document.addEventListener('input',function(){busy=true});
setInterval(function(){var open=document.querySelector('details[open]');
if(!busy&&!open&&!document.hidden)location.reload()},4000)})()
"""
