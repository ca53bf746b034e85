"""How the page looks: on paper and phones, in light and dark."""

from string import Template

__all__ = ["PAGE", "STYLE"]

STYLE = """\
:root{color-scheme:light dark;--paper:#fff;--card:#f6f7f9;--ink:#1c232b;--soft:#5a6672;
--grid:#dfe3e8;--s0:#1f6fc4;--s1:#0b8a73;--s2:#6b4fc4;--s3:#7a6a00;--leak:#c2500a;--heat:#1f6fc4}
@media screen and (prefers-color-scheme:dark){:root{--paper:#14181d;--card:#1d232a;--ink:#e6eaee;
--soft:#9aa7b4;--grid:#343d47;--s0:#69aef2;--s1:#45c4a8;--s2:#ab96f5;--s3:#d3bd3f;--leak:#f5934b;
--heat:#3f8ade}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:70rem;background:var(--paper);
color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif}
h1{font-size:1.8rem;line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.45rem;margin:3rem 0 .6rem;padding-top:.9rem;border-top:2px solid var(--grid)}
h3{font-size:1.1rem;margin:2rem 0 .3rem}
h4{font-size:.95rem;margin:.8rem 0 .3rem;font-weight:600}
.panel h4{margin-top:0}
p,ul{margin:.4rem 0;max-width:46rem}
ul{padding-left:1.2rem}
a{color:var(--s0)}
code{font:.88em ui-monospace,SFMono-Regular,"Liberation Mono",monospace;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.8rem 0}
.soft,figcaption,.command{color:var(--soft);font-size:.9rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.8rem;
margin:1rem 0}
.tile,.panel{background:var(--card);border-radius:8px;padding:.7rem .8rem}
.tile b{display:block;font-size:1.9rem;line-height:1.15;font-weight:650}
.tile b small{font-size:.95rem;font-weight:400;color:var(--soft);display:inline-block}
.tile p{margin:.15rem 0;font-size:.9rem}
figure{margin:2rem 0}figure h3{margin-top:0}
figcaption{margin:0 0 .6rem;max-width:46rem}
.command{margin:.5rem 0 0;max-width:none;font-size:.8rem}
.command code{display:block}
.grid{display:grid;gap:.8rem;margin:0 0 .8rem;
grid-template-columns:repeat(auto-fill,minmax(var(--w,17rem),1fr))}
.panel{min-width:0}
.scroll{overflow-x:auto}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:var(--f,12px);fill:var(--soft)}
svg text.ink{fill:var(--ink)}
svg text.mid{text-anchor:middle}
svg text.end{text-anchor:end}
.g{stroke:var(--grid);stroke-width:1}
.c0{--c:var(--s0)}.c1{--c:var(--s1)}.c2{--c:var(--s2)}.c3{--c:var(--s3)}.cl{--c:var(--leak)}
.l{stroke:var(--c);stroke-width:2;fill:none;stroke-linejoin:round}
.l.dash{stroke-dasharray:5 4}
.diag{--c:var(--soft);stroke-width:1}
.band{fill:var(--c);opacity:.14}
.dot{fill:var(--c);stroke:var(--card);stroke-width:1}
.cl .dot,.dot.cl{fill:var(--paper);stroke:var(--c);stroke-width:2}
.cl .l{stroke-dasharray:3 3}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.85rem;margin:.3rem 0 .6rem}
.key span{display:inline-flex;align-items:center;gap:.4rem}
.key svg{width:30px;height:12px;flex:none}
.mark{font-size:.75rem;font-weight:600;padding:0 .35em;border:1px solid var(--leak);
border-radius:4px;color:var(--leak);white-space:nowrap}
.mark.unknown{border-color:var(--soft);color:var(--soft);font-weight:400}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
.grid.fit{grid-template-columns:repeat(auto-fit,minmax(min(100%,var(--w)),1fr))}
th,td{padding:.22rem .42rem;text-align:right;border-bottom:1px solid var(--grid)}
td{white-space:nowrap}
th{font-weight:600}
thead th{vertical-align:bottom;color:var(--soft)}
tr>:first-child{text-align:left;padding-left:0}
tbody th{font-weight:400;min-width:5.5rem}
td.leaky,th.leaky{color:var(--leak)}
.strips{width:100%}
.strips td,.strips th{border:0;padding:0 .4rem;line-height:1.25rem}
.strips tbody tr.first>*{border-top:1px solid var(--grid)}
.strips th{vertical-align:top;min-width:9.5rem}
.strips .axis,.strips .strip{width:60%;padding:0 .6rem}
.strips .t{color:var(--soft);font-size:.8rem;text-align:left;white-space:nowrap}
.strips .n{white-space:nowrap}
.strips svg{height:1.25rem}
.strips .cl td,td.cl{color:var(--leak)}
.heat td{padding:.18rem .3rem;text-align:center;border:1px solid var(--paper);
background:color-mix(in srgb,var(--heat) calc(var(--v)*.7%),var(--card))}
.heat td small{display:block;color:inherit;opacity:.75;font-size:.72em;line-height:1.1}
.heat th{border:0;padding:.15rem .4rem}
.heat tbody th{min-width:5.4rem}
.matrix tbody th{min-width:0}
.matrix{width:100%;max-width:32rem;font-size:.8rem}
.matrix td{width:10%}
.matrix thead th{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left;padding:.3rem 0;
vertical-align:middle;margin:auto}
.faces{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.8rem,1fr));gap:.7rem;
font-size:.8rem;line-height:1.35}.faces .soft{font-size:.75rem}
.faces img{width:100%;max-width:6.8rem;height:auto;display:block;
image-rendering:pixelated;border-radius:4px}
.faces.maps{grid-template-columns:repeat(8,minmax(0,1fr));gap:.4rem;text-align:center;
margin:.3rem 0 1rem}.faces.maps img{image-rendering:auto;max-width:none}
.for{--c:#d55e00}.against{--c:#0072b2}.for .l,.against .l{stroke-width:8}
.gains td.m,.strips.gains th.m{text-align:left}.gains td.m{color:var(--soft);font-size:.8rem}
.g.zero{stroke:var(--soft)}
.strips.gains .strip,.strips.gains .axis{width:45%}.strips.gains th{min-width:5.5rem}
.strips.gains .m,.strips.gains .n{padding:0 .2rem;min-width:0}
details{margin:.6rem 0}
summary{cursor:pointer;color:var(--s0);font-size:.9rem}
.ece{font-weight:400;color:var(--soft)}
@media (max-width:40rem){.strips .cl .n::before{content:"leaky ";font-size:.65rem}
body{padding-top:1rem}.tiles,.grid{gap:.5rem}.tile b{font-size:1.4rem}
.tile b small{display:block;font-size:.8rem}.tile,.panel{padding:.5rem .55rem}
.scroll>table:not(.matrix) tbody th{position:sticky;left:0;background:var(--paper)}
.strips .t{display:none}.strips .axis,.strips .strip{width:45%}
.faces.maps{grid-template-columns:repeat(4,minmax(0,1fr))}.gains .n{display:none}

.strips th,.strips .n{font-size:.78rem;padding:0 .15rem;min-width:0}.matrix{font-size:.68rem}
.matrix td,.matrix th{padding:.12rem .1rem}}
@media print{@page{margin:14mm}body{font-size:10pt;max-width:none;padding:0}
nav,details:not([open]){display:none}h2{break-before:page}#summary{break-before:auto}h3,h4{break-after:avoid}
.tile,.panel,.strips tr,.faces div,.heat,figure{break-inside:avoid}.scroll{overflow:visible}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit;text-decoration:none}}
"""

PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Results of fer_classic</title>
<style>
$style</style>
</head>
<body>
$body
</body>
</html>
""")
